using Outsource.Artifacts;
using Outsource.Services.Rucio;

namespace Outsource.Services.LocalData;

/// <summary>The files of raw data in local folders, in the place of Rucio's listing (<c>no_remote</c>).</summary>
/// <param name="folders">The local folders.</param>
/// <param name="files">What is kept of a listing.</param>
public sealed class LocalDatasetSource(LocalFolders folders, ListedFiles files = ListedFiles.Sized) : IDatasetSource
{
    /// <inheritdoc/>
    public string Name => "local folders";

    /// <inheritdoc/>
    public Task<DatasetListing?> ListAsync(string did, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(did);
        return Task.FromResult(folders.Find(did) is { } data ? Listing(did, data) : null);
    }

    private DatasetListing Listing(string did, StraxFolder data)
    {
        var name = did[(did.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var listing = new DatasetListing(did, files);
        foreach (var chunk in data.Chunks)
        {
            // A chunk without items has no file, but is a chunk: the metadata says so.
            listing.Add($"{name}-{chunk.Number:D6}", Bytes(data, chunk));
        }

        listing.Add($"{name}-metadata.json", null);
        return listing;
    }

    private static decimal? Bytes(StraxFolder data, StraxChunk chunk)
    {
        try
        {
            return data.FileBytes(chunk);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
