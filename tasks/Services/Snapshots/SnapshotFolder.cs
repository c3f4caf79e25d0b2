using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Runs;
using Outsource.Services.Rucio;
using Outsource.Services.RunDb;

namespace Outsource.Services.Snapshots;

/// <summary>
/// What the sources answered, as files that are sources again (<c>--save-snapshot</c>): the same selection gives the same artifacts on
/// them. Holds no secret, since none of what is kept has one: run documents in the fields we use, files of datasets, a context document.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">Where to. Absolute.</param>
public sealed class SnapshotFolder(IFileSystem disk, string folder)
{
    public const string RunsFile = "runs.jsonl",
        RucioFile = "rucio.jsonl",
        ContextsFile = "contexts.json";

    private static readonly JsonWriterOptions Options = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    private string Runs => Path.Combine(folder, RunsFile);

    /// <summary>The options that ask it instead of the services.</summary>
    public string Replay =>
        $"--rundb={ShellText.Quote($"file:{Runs}")} --rucio={ShellText.Quote($"file:{Path.Combine(folder, RucioFile)}")} "
        + $"--context-file={ShellText.Quote(Path.Combine(folder, ContextsFile))}";

    /// <summary>Makes the folder, or says why not.</summary>
    /// <exception cref="UsageException">It cannot be written.</exception>
    public void Prepare()
    {
        try
        {
            disk.Directory.CreateDirectory(folder);
            using var probe = AtomicFile.Create(disk, Runs);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"--save-snapshot={folder}: nothing can be written there: {DiskFault.Why(error, folder)}. Name a folder of yours."
            );
        }
    }

    /// <summary>Keeps the context document.</summary>
    public void Save(ContextDocument context)
    {
        ArgumentNullException.ThrowIfNull(context);
        AtomicFile.Write(
            disk,
            Path.Combine(folder, ContextsFile),
            stream =>
            {
                using var json = new Utf8JsonWriter(stream, Options with { Indented = true });
                json.WriteStartArray();
                json.WriteStartObject();
                void Text(string name, string? value)
                {
                    if (value is not null)
                    {
                        json.WriteString(name, value);
                    }
                }

                Text("name", context.Name);
                Text("tag", context.Tag);
                Text("xedocs_version", context.XedocsVersion);
                Text("straxen_version", context.StraxenVersion);
                Text("strax_version", context.StraxVersion);
                Text("cutax_version", context.CutaxVersion);
                if (context.DateAdded is { } date)
                {
                    json.WriteString("date_added", date.UtcDateTime);
                }

                json.WriteStartObject("hashes");
                foreach (var (type, hash) in context.Hashes)
                {
                    json.WriteString(type, hash);
                }

                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndArray();
            }
        );
    }

    /// <summary>A source that keeps what it gives.</summary>
    public IRunSource Recording(IRunSource source) => new RunRecorder(source, disk, Runs);

    /// <summary>A source that keeps what it gives. Its listings must keep their files.</summary>
    public RecordedDatasets Recording(IDatasetSource source) => new(source, disk, Path.Combine(folder, RucioFile));

    /// <summary>Leaves only these runs in the snapshot.</summary>
    /// <param name="runs">The runs to keep.</param>
    /// <returns>Runs left out.</returns>
    public int KeepOnly(IReadOnlySet<int> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (!disk.File.Exists(Runs))
        {
            return 0;
        }

        var reader = new RunDocumentReader(records: true);
        using var kept = new SortedLines<int>(disk, Runs);
        byte[]? header = null;
        var dropped = 0;
        foreach (var piece in new JsonLines(disk, Runs, "run snapshot").Documents())
        {
            if (header is null)
            {
                header = [.. piece.Json.Span, (byte)'\n'];
            }
            else if (reader.Read(piece.Json.Span, piece.Position).Number is { } number && runs.Contains(number))
            {
                kept.Add(number, [.. piece.Json.Span, (byte)'\n']);
            }
            else
            {
                dropped++;
            }
        }

        kept.Commit(header);
        return dropped;
    }

    /// <summary>
    /// Writes every document it gives; asks for entries of every type, so that the snapshot can answer other questions too.
    /// </summary>
    private sealed class RunRecorder(IRunSource source, IFileSystem disk, string path) : IRunSource, IProgressSource
    {
        public string Name => source.Name;

        public QueryCost Cost => source.Cost;

        public Action<long>? TotalKnown
        {
            get => (source as IProgressSource)?.TotalKnown;
            set
            {
                if (source is IProgressSource telling)
                {
                    telling.TotalKnown = value;
                }
            }
        }

        public Action<long>? Listed
        {
            get => (source as IProgressSource)?.Listed;
            set
            {
                if (source is IProgressSource telling)
                {
                    telling.Listed = value;
                }
            }
        }

        public async IAsyncEnumerable<RunDocument> QueryAsync(
            RunScope scope,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
        )
        {
            using var lines = new SortedLines<int>(disk, path);
            using var text = new MemoryStream();
            using var json = RunRecords.Writer(text);
            await foreach (var run in source.QueryAsync(scope with { AllTypes = true }, cancel).ConfigureAwait(false))
            {
                text.SetLength(0);
                json.Reset();
                RunRecords.Write(json, run);
                await json.FlushAsync(cancel).ConfigureAwait(false);
                text.WriteByte((byte)'\n');
                lines.Add(run.Number ?? int.MaxValue, text.GetBuffer().AsSpan(0, (int)text.Length));
                yield return scope.AllTypes ? run : run with { Data = Wanted(run.Data, scope) };
            }

            lines.Commit(Header(source.Name));
        }

        private static ImmutableArray<DataEntry> Wanted(ImmutableArray<DataEntry> data, RunScope scope) =>
            [.. data.Where(e => e.Type is not null && scope.DataTypes.Contains(e.Type))];

        private static byte[] Header(string source)
        {
            using var text = new MemoryStream();
            using (var json = new Utf8JsonWriter(text, Options))
            {
                json.WriteStartObject();
                json.WriteString("schema", SnapshotRunSource.Schema);
                json.WriteString("source", source);
                json.WriteEndObject();
            }

            text.WriteByte((byte)'\n');
            return text.ToArray();
        }
    }
}

/// <summary>Writes every listing it gives, those of unknown datasets left out, in the order of DIDs.</summary>
public sealed class RecordedDatasets : IDatasetSource, IDisposable
{
    private readonly IDatasetSource _source;
    private readonly SortedLines<string> _lines;
    private volatile bool _any;

    internal RecordedDatasets(IDatasetSource source, IFileSystem disk, string path)
    {
        _source = source;
        _lines = new SortedLines<string>(disk, path, StringComparer.Ordinal);
    }

    public string Name => _source.Name;

    public async Task<DatasetListing?> ListAsync(string did, CancellationToken cancel)
    {
        try
        {
            var listing = await _source.ListAsync(did, cancel).ConfigureAwait(false);
            if (listing is not null)
            {
                Add(did, listing, null);
                listing.ForgetFiles();
            }

            return listing;
        }
        catch (SourceErrorException error)
        {
            Add(did, null, error.Message);
            throw;
        }
    }

    /// <summary>Writes the file: all has been asked.</summary>
    public void Commit() => _lines.Commit(_any ? [] : "{}\n"u8);

    public void Dispose() => _lines.Dispose();

    private void Add(string did, DatasetListing? listing, string? error)
    {
        using var text = new MemoryStream();
        using var json = RunRecords.Writer(text);
        void Line(string? name, long? bytes)
        {
            json.WriteStartObject();
            json.WriteString("did"u8, did);
            if (error is not null)
            {
                json.WriteString("error"u8, error);
            }

            if (name is not null)
            {
                json.WriteString("name"u8, name);
            }

            if (bytes is { } size)
            {
                json.WriteNumber("bytes"u8, size);
            }

            json.WriteEndObject();
            json.Flush();
            json.Reset();
            text.WriteByte((byte)'\n');
        }

        var files = listing is null ? [] : listing.Files ?? throw new InvalidOperationException("the listing did not keep its files");
        if (files.Count == 0)
        {
            Line(null, null);
        }

        foreach (var (name, bytes) in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            Line(name, bytes);
        }

        _any = true;
        _lines.Add(did, text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
