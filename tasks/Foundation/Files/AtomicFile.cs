using System.IO.Abstractions;

namespace Outsource.Foundation.Files;

/// <summary>A file that appears whole or not at all: written under a temporary name beside its own, flushed to disk, renamed.</summary>
public sealed class AtomicFile : IDisposable
{
    /// <summary>Everyone may read.</summary>
    public const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>For files that hold secrets: 0600.</summary>
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

    /// <summary>Begins a file. Without <see cref="Commit"/> nothing remains of it.</summary>
    public static AtomicFile Create(IFileSystem disk, string path, UnixFileMode mode = Public) => new(disk, path, mode);

    /// <summary>Writes a file in one go.</summary>
    public static void Write(IFileSystem disk, string path, Action<Stream> write, UnixFileMode mode = Public)
    {
        using var file = Create(disk, path, mode);
        write(file.Stream);
        file.Commit();
    }

    /// <summary>Writes a text in one go, as UTF-8.</summary>
    public static void WriteText(IFileSystem disk, string path, string text, UnixFileMode mode = Public) =>
        Write(disk, path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)), mode);

    /// <summary>Writes a text in one go, as UTF-8, where nothing is yet.</summary>
    /// <exception cref="IOException">Something is there already, if only since a moment ago; it is left as it is.</exception>
    public static void WriteNewText(IFileSystem disk, string path, string text, UnixFileMode mode = Public)
    {
        using var file = Create(disk, path, mode);
        file.Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Commit(overwrite: false);
    }

    /// <summary>Flushes and renames: from now on the file is there, in place of an older one.</summary>
    /// <param name="overwrite">Whether there may be an older one.</param>
    public void Commit(bool overwrite = true)
    {
        (Stream as System.IO.Abstractions.FileSystemStream)?.Flush(flushToDisk: true);
        Stream.Dispose();
        _disk.File.Move(_temporary, _path, overwrite);
        _committed = true;
    }

    public void Dispose()
    {
        if (_committed)
        {
            return;
        }

        // On a full disk closing fails as writing did, for what is still in the buffer. Whoever wrote has heard of it; nothing may be left.
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
}
