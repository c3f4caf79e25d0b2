using System.IO.Abstractions;
using Outsource.Foundation.Files;
using Outsource.Model.Runs;
using Outsource.Services.Rucio;

namespace Outsource.Services.Snapshots;

/// <summary>Writes every listing it gives to a snapshot, except those of unknown datasets, in the order of DIDs.</summary>
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

    public int AtOnce => _source.AtOnce;

    public async Task<IReadOnlyDictionary<string, DatasetListing>> ListManyAsync(IReadOnlyList<string> dids, CancellationToken cancel)
    {
        var found = await _source.ListManyAsync(dids, cancel).ConfigureAwait(false);
        foreach (var (did, listing) in found)
        {
            Add(did, listing, null);
            listing.ForgetFiles();
        }

        return found;
    }

    /// <summary>Writes the file, at the end.</summary>
    public void Commit() => _lines.Commit(_any ? [] : "{}\n"u8);

    public void Dispose() => _lines.Dispose();

    private void Add(string did, DatasetListing? listing, string? error)
    {
        using var text = new MemoryStream();
        using var lines = new JsonLineWriter(text, RunRecords.Options);
        void Line(string? name, long? bytes)
        {
            var json = lines.Json;
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
            lines.EndLine();
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

        lines.Complete();
        _any = true;
        _lines.Add(did, text.GetBuffer().AsSpan(0, (int)text.Length));
    }
}
