using System.IO.Abstractions;
using Outsource.Engines.Records;

namespace Outsource.Operator.Clean;

/// <summary>What folders hold. Links in them are neither followed nor counted.</summary>
/// <param name="Bytes">Size of all files.</param>
/// <param name="Newest">When a file was last written, UTC; without files: a folder. What a look at a workflow keeps does not count.</param>
public sealed record FolderContent(long Bytes, DateTimeOffset Newest)
{
    /// <summary>Looks at them.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folders">Those that are not there are left out. Absolute.</param>
    /// <param name="cancel">Ends it at once.</param>
    public static FolderContent Of(IFileSystem disk, IReadOnlyCollection<string> folders, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var there = folders.Where(disk.Directory.Exists).ToList();
        var left = new Stack<string>(there);
        var (bytes, newest) = (0L, DateTime.MinValue);
        while (left.TryPop(out var folder))
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var entry in disk.DirectoryInfo.New(folder).EnumerateFileSystemInfos())
            {
                if (IsLink(entry))
                {
                    continue;
                }

                if (entry is IFileInfo file)
                {
                    bytes += file.Length;
                    newest = file.LastWriteTimeUtc > newest && !RecordPaths.IsCache(file.Name) ? file.LastWriteTimeUtc : newest;
                }
                else
                {
                    left.Push(entry.FullName);
                }
            }
        }

        if (newest == DateTime.MinValue && there.Count > 0)
        {
            newest = there.Max(disk.Directory.GetLastWriteTimeUtc);
        }

        return new FolderContent(bytes, new DateTimeOffset(newest, TimeSpan.Zero));
    }

    /// <summary>Whether it is a symbolic link.</summary>
    public static bool IsLink(IFileSystemInfo entry) => entry?.Attributes.HasFlag(FileAttributes.ReparsePoint) == true;
}
