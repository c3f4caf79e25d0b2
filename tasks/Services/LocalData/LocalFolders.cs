using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Runs;

namespace Outsource.Services.LocalData;

/// <summary>A folder of data of a run.</summary>
/// <param name="Below">The folder in which it is. Absolute.</param>
/// <param name="Run">Run number.</param>
/// <param name="Type">Data type.</param>
/// <param name="Hash">Lineage hash.</param>
public readonly record struct LocalFolder(string Below, int Run, string Type, string Hash)
{
    /// <summary>The DID that Rucio would have for it.</summary>
    public string Did => $"{DataEntry.Scope}{RunDocument.Padded(Run)}:{Type}-{Hash}";

    /// <summary>Reads its metadata; null: there is none, or it cannot be read.</summary>
    /// <param name="disk">The disk.</param>
    public StraxFolder? Read(IFileSystem disk) =>
        StraxFolder.Read(disk, Path.Combine(Below, StraxFolder.NameOf(Run, Type, Hash)), $"{Type}-{Hash}");
}

/// <summary>The local folders of strax data (<c>local_data</c>). Those that do not exist here are passed over.</summary>
/// <param name="disk">The disk.</param>
/// <param name="folders">The folders, the first one that is asked first. Absolute.</param>
public sealed class LocalFolders(IFileSystem disk, ImmutableArray<string> folders)
{
    /// <summary>The folders of data of runs, in the order of the local folders. Each folder is listed once.</summary>
    /// <param name="scope">The runs and types.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="OutsourceException">A folder is there, and cannot be listed.</exception>
    public ILookup<int, LocalFolder> List(RunScope scope, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(scope);

        // A folder can hold hundreds of thousands; the names of types and hashes recur.
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        string Shared(string name) => names.TryGetValue(name, out var known) ? known : names[name] = name;
        return folders
            .SelectMany(below => Names(below).Select(name => (Below: below, Named: StraxFolder.Named(name))))
            .Where(f =>
            {
                cancel.ThrowIfCancellationRequested();
                return f.Named is { } named && scope.Contains(named.Run) && (scope.AllTypes || scope.DataTypes.Contains(named.Type));
            })
            .Select(f => new LocalFolder(f.Below, f.Named!.Value.Run, Shared(f.Named.Value.Type), Shared(f.Named.Value.Hash)))
            .ToLookup(f => f.Run);
    }

    /// <summary>The first folder that has data whole; null: none.</summary>
    /// <param name="did"><c>xnt_007157:raw_records-rfzvpzj4mf</c>.</param>
    public StraxFolder? Find(string did)
    {
        ArgumentNullException.ThrowIfNull(did);
        return StraxFolder.Named(did.Replace(DataEntry.Scope, "", StringComparison.Ordinal).Replace(':', '-')) is { } named
            ? folders
                .Where(disk.Directory.Exists)
                .Select(below => new LocalFolder(below, named.Run, named.Type, named.Hash).Read(disk))
                .FirstOrDefault(data => data?.HasAllFiles() == true)
            : null;
    }

    private IEnumerable<string> Names(string below)
    {
        if (!disk.Directory.Exists(below))
        {
            return [];
        }

        try
        {
            return disk.Directory.EnumerateDirectories(below).Select(f => Path.GetFileName(f));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OutsourceException(
                $"local_data: '{below}' cannot be listed: {DiskFault.Why(error, below)}. Correct it, or leave it out of local_data.",
                ExitCodes.Failed
            );
        }
    }
}
