using System.IO.Abstractions;
using System.Runtime.CompilerServices;
using Outsource.Model.Runs;
using Outsource.Services.RunDb;

namespace Outsource.Services.LocalData;

/// <summary>
/// The run database, with the data of local folders in place of that of its documents: what jobs cannot read does not count
/// (<c>no_remote</c>). Data with the context's hash is looked into; of another hash it is only said that it is there.
/// </summary>
/// <param name="source">The run database.</param>
/// <param name="disk">The disk.</param>
/// <param name="folders">The local folders.</param>
/// <param name="hashOf">Lineage hash of a type in the context, or null.</param>
public sealed class LocalRunSource(IRunSource source, IFileSystem disk, LocalFolders folders, Func<string, string?> hashOf)
    : WrappedRunSource(source)
{
    /// <summary>Status of a folder that lacks its metadata or a file.</summary>
    public const string Incomplete = "incomplete";

    /// <inheritdoc/>
    public override async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
    {
        var there = folders.List(scope, cancel);
        await foreach (var run in Source.QueryAsync(scope, cancel).ConfigureAwait(false))
        {
            var found = run is { Number: { } number, ListingOnly: false, Fault: null } ? there[number] : [];
            yield return run with { Data = [.. found.Select(Entry)] };
        }
    }

    private DataEntry Entry(LocalFolder folder)
    {
        var entry = new DataEntry(folder.Type, DataEntry.LocalHost, folder.Below, folder.Did, DataEntry.Transferred);
        if (hashOf(folder.Type) != folder.Hash)
        {
            return entry;
        }

        var data = folder.Read(disk);
        return data?.HasAllFiles() == true
            ? entry with
            {
                SizeMb = data.Bytes / 1e6,
                FileCount = data.Chunks.Count(c => c.File is not null) + 1,
            }
            : entry with
            {
                Status = Incomplete,
            };
    }
}
