using System.IO.Abstractions;

namespace Outsource.Foundation.Files;

/// <summary>
/// A file that appears completely or not at all: written under a temporary name in the same folder, flushed to disk, renamed.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    /// <summary>Everyone may read.</summary>
    public const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>For files with secrets: 0600.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly IFileSystem _disk;
    private readonly string _path;
    private readonly string _temporary;
    private bool _committed;

    private AtomicFile(IFileSystem disk, string path, UnixFileMode mode)
    {
        _disk = disk;
        _path = path;
        _temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        OwnedFile.MakeFolderOf(disk, path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 1 << 16,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        Stream = disk.FileStream.New(_temporary, options);
    }

    /// <summary>Where to write.</summary>
    public Stream Stream { get; }

    /// <summary>Begins a file. Without <see cref="Commit"/> or <see cref="CommitNew"/> nothing remains of it.</summary>
    public static AtomicFile Create(IFileSystem disk, string path, UnixFileMode mode = Public) => new(disk, path, mode);

    /// <summary>Writes a file at once.</summary>
    public static void Write(IFileSystem disk, string path, Action<Stream> write, UnixFileMode mode = Public)
    {
        using var file = Create(disk, path, mode);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Writes a text at once, as UTF-8.</summary>
    public static void WriteText(IFileSystem disk, string path, string text, UnixFileMode mode = Public) =>
        Write(disk, path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)), mode);

    /// <summary>Writes a text at once, as UTF-8, where no file is yet.</summary>
    /// <exception cref="IOException">A file is there already; it is not changed.</exception>
    public static void WriteNewText(IFileSystem disk, string path, string text, UnixFileMode mode = Public)
    {
        using var file = Create(disk, path, mode);
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.CommitNew();
    }

    /// <summary>Flushes and renames: from now on the file is there, in place of an older one.</summary>
    public void Commit() => Rename(overwrite: true);

    /// <summary>Flushes and renames where no file is yet.</summary>
    /// <exception cref="IOException">A file is there already; it is not changed.</exception>
    public void CommitNew() => Rename(overwrite: false);

    /// <summary>
    /// Renames without waiting for the disk: for a file that can be made again, and whose reader sees when a crash has cut it.
    /// </summary>
    public void CommitUnflushed()
    {
        Stream.Dispose();
        _disk.File.Move(_temporary, _path, overwrite: true);
        _committed = true;
    }

    /// <summary>Whether it belongs to the owner of another file; true where owners are unknown.</summary>
    public bool HasOwnerOf(string other) =>
        _disk is not FileSystem
        || FileStatus.Of(_temporary) is not { } own
        || FileStatus.Of(other) is not { } theirs
        || own.User == theirs.User;

    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        // On a full disk closing fails as writing did, because of what is still in the buffer. That was reported; nothing may be left.
        try
        {
            Stream.Dispose();
        }
        catch (Exception error) when (DiskFault.Is(error)) { }

        try
        {
            _disk.File.Delete(_temporary);
        }
        catch (Exception error) when (DiskFault.Is(error)) { }
    }

    private void Rename(bool overwrite)
    {
        (Stream as System.IO.Abstractions.FileSystemStream)?.Flush(flushToDisk: true);
        Stream.Dispose();
        _disk.File.Move(_temporary, _path, overwrite);
        _committed = true;
    }
}
