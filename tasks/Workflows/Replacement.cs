using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Workflows;

/// <summary>
/// <c>--replace</c> replaces an existing workflow as a whole, and so does a command on a workflow that was only written: the new one is
/// made in a folder beside it, and takes its place in one step when it is complete. Until then the old one stays unchanged, also after an
/// error.
/// </summary>
public static class Replacement
{
    /// <summary>Where to create the artifacts of a workflow.</summary>
    public static string FolderFor(IFileSystem disk, LoadedConfiguration loaded, Invocation invocation)
    {
        var settings = loaded.Settings;
        var final = settings.GeneratedFolder;
        if (
            (!invocation.Replaces && !loaded.OverWritten)
            || loaded.Resumes
            || invocation.Exclusive
            || invocation.Options.Reuse
            || !disk.File.Exists(Path.Combine(final, WorkflowFolder.Workflow))
        )
        {
            return final;
        }

        var beside = Beside(final, "new");
        if (disk.Directory.Exists(beside))
        {
            disk.Directory.Delete(beside, recursive: true);
        }

        return beside;
    }

    /// <summary>Restores an old folder if the replacement was stopped between its two moves.</summary>
    public static void Repair(IFileSystem disk, OutsourceSettings settings)
    {
        var (final, old) = (settings.GeneratedFolder, Beside(settings.GeneratedFolder, "old"));
        if (!disk.Directory.Exists(final) && disk.Directory.Exists(old))
        {
            disk.Directory.Move(old, final);
        }
    }

    /// <summary>Moves the new folder to the place of the old one.</summary>
    public static void Commit(IFileSystem disk, string made, string final)
    {
        Discard(disk, final);
        var old = Beside(final, "old");
        disk.Directory.Move(final, old);
        disk.Directory.Move(made, final);
        Discard(disk, final);
    }

    /// <summary>
    /// Deletes the old folder. It is renamed first: a folder with the name "old" must be complete, since it may be restored.
    /// </summary>
    private static void Discard(IFileSystem disk, string final)
    {
        var (old, gone) = (Beside(final, "old"), Beside(final, "gone"));
        if (disk.Directory.Exists(gone))
        {
            disk.Directory.Delete(gone, recursive: true);
        }

        if (disk.Directory.Exists(old))
        {
            disk.Directory.Move(old, gone);
            disk.Directory.Delete(gone, recursive: true);
        }
    }

    private static string Beside(string final, string what) =>
        Path.Combine(Path.GetDirectoryName(final)!, $".{Path.GetFileName(final)}.{what}");
}
