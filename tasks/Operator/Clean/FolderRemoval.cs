using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Clean;

/// <summary>
/// Deletes the folders of a workflow. All are renamed before the first file is deleted: a deletion that is stopped leaves nothing that
/// counts as a workflow, and the next Clean finishes it.
/// </summary>
/// <param name="disk">The disk.</param>
public sealed class FolderRemoval(IFileSystem disk)
{
    /// <summary>Deletes them.</summary>
    /// <param name="folders">That of the artifacts first, then the submit directories; or what is called gone already. Absolute.</param>
    public void Do(IReadOnlyList<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var named = folders.Where(f => !IsGone(f)).ToList();
        foreach (var old in named.Select(WorkflowPlaces.Gone).Where(gone => !folders.Contains(gone)))
        {
            Delete(old);
        }

        if (named.Count > 0 && named[0] == folders[0] && disk.Directory.Exists(named[0]))
        {
            AtomicFile.WriteText(
                disk,
                Path.Combine(named[0], WorkflowPlaces.ListFile),
                string.Concat(named.Skip(1).Select(folder => folder + "\n"))
            );
        }

        foreach (var folder in named.Where(disk.Directory.Exists))
        {
            disk.Directory.Move(folder, WorkflowPlaces.Gone(folder));
        }

        // The list goes last: it tells what belongs to it.
        foreach (var folder in folders.Reverse())
        {
            Delete(IsGone(folder) ? folder : WorkflowPlaces.Gone(folder));
        }
    }

    private static bool IsGone(string folder) => Path.GetFileName(folder).StartsWith('.');

    private void Delete(string folder)
    {
        if (disk.Directory.Exists(folder))
        {
            // A link in it is deleted, and what it points to stays.
            disk.Directory.Delete(folder, recursive: true);
        }
    }
}
