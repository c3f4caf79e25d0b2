using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Runs;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;

namespace Outsource.Services.Snapshots;

/// <summary>
/// The answers of the sources, as files that can be used as sources (<c>--save-snapshot</c>): the same selection gives the same artifacts
/// from them. It contains no secret: run documents in the fields we use, files of datasets, a context document.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The folder. Absolute.</param>
public sealed class SnapshotFolder(IFileSystem disk, string folder)
{
    public const string RunsFile = "runs.jsonl",
        RucioFile = "rucio.jsonl",
        ContextsFile = "contexts.json";

    internal static readonly JsonWriterOptions Options = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    private string Runs => Path.Combine(folder, RunsFile);

    /// <summary>The options that use it instead of the services.</summary>
    public string Replay =>
        $"--rundb={Quoted(Runs)} --rucio={Quoted(Path.Combine(folder, RucioFile))} "
        + $"--context-file={ShellText.Quote(Path.Combine(folder, ContextsFile))}";

    private static string Quoted(string file) => ShellText.Quote(new SourceChoice.Snapshot(file).Text);

    /// <summary>Makes the folder.</summary>
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
                $"--save-snapshot={folder}: cannot be written: {DiskFault.Why(error, folder)}. Name another folder."
            );
        }
    }

    /// <summary>Saves the context document.</summary>
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

    /// <summary>A source that saves what it gives.</summary>
    public IRunSource Recording(IRunSource source) => new RecordedRuns(source, disk, Runs);

    /// <summary>A source that saves what it gives. Its listings must keep their files.</summary>
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

        var reader = new RunDocumentReader { ReadsRecords = true };
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
}
