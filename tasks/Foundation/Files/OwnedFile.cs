using System.IO.Abstractions;
using Outsource.Foundation.Errors;

namespace Outsource.Foundation.Files;

/// <summary>
/// Files that are written in place, a line at a time or as a lock: never through a link, and with a mode of their own whatever the umask
/// is.
/// </summary>
public static class OwnedFile
{
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    /// <summary>
    /// Opens a file to write in, created when it is not there: 0600, and writable for the group where the group may write in its folder.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">Absolute.</param>
    /// <param name="mode">Whether what is there is kept.</param>
    /// <exception cref="UsageException">It is a link.</exception>
    public static FileSystemStream Open(IFileSystem disk, string path, FileMode mode)
    {
        ArgumentNullException.ThrowIfNull(disk);
        MakeFolderOf(disk, path);
        RefuseLink(disk, path);
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite,
        };
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = AtomicFile.Private;
        }

        var stream = disk.FileStream.New(path, options);
        try
        {
            SetMode(disk, path);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Creates the folder of a file when it is not there, with a mode with which no other user can write in it.</summary>
    public static void MakeFolderOf(IFileSystem disk, string path) => MakeFolder(disk, Path.GetDirectoryName(path)!, FolderMode);

    /// <summary>Creates a folder and its parents, when they are not there.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">Absolute.</param>
    /// <param name="mode">Of each new folder, less what the umask removes; all of it where a group shares the folder.</param>
    public static void MakeFolder(IFileSystem disk, string folder, UnixFileMode mode)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (disk.Directory.Exists(folder))
        {
            return;
        }

        if (OperatingSystem.IsWindows())
        {
            disk.Directory.CreateDirectory(folder);
            return;
        }

        if (Path.GetDirectoryName(folder) is { } parent)
        {
            MakeFolder(disk, parent, mode);
        }

        disk.Directory.CreateDirectory(folder);
        var made = disk.File.GetUnixFileMode(folder);
        var wanted = mode.HasFlag(UnixFileMode.SetGroup) ? mode : mode & made;
        if (made != wanted)
        {
            disk.File.SetUnixFileMode(folder, wanted);
        }
    }

    /// <summary>Refuses to open a link.</summary>
    /// <exception cref="UsageException">It is one.</exception>
    public static void RefuseLink(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (disk.FileInfo.New(path).LinkTarget is not null)
        {
            throw new UsageException(
                $"'{path}' is a link, so another file would be written. Check who made it ('ls -l {path}'), and delete "
                    + "it."
            );
        }
    }

    /// <summary>
    /// Sets the mode of a file that was just opened, which the umask of its creation may have changed.
    /// </summary>
    public static void SetMode(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode GroupToo = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        var mode =
            AtomicFile.Private
            | (disk.File.GetUnixFileMode(Path.GetDirectoryName(path)!).HasFlag(UnixFileMode.GroupWrite) ? GroupToo : UnixFileMode.None);
        try
        {
            if (disk.File.GetUnixFileMode(path) != mode)
            {
                disk.File.SetUnixFileMode(path, mode);
            }
        }
        catch (UnauthorizedAccessException)
        {
            // The file belongs to another operator, who shares the folder with us.
        }
    }
}
