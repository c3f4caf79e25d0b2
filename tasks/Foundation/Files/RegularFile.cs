using System.IO.Abstractions;

namespace Outsource.Foundation.Files;

/// <summary>
/// A file that is not read: a pipe or a device where a file is expected, or a file that is too large. The message says which, and the
/// limit.
/// </summary>
/// <param name="message">Names the file, what is wrong with it, and what to do.</param>
/// <param name="why">What is wrong with it, as a clause: <c>it is a folder where a file is expected</c>.</param>
public sealed class UnfitFileException(string message, string why) : IOException(message)
{
    /// <summary>What is wrong with it, as a clause without its full stop.</summary>
    public string Why { get; } = why;
}

/// <summary>
/// Opens files that other programs or users may have written. Reading a pipe could wait for ever, and a device such as <c>/dev/zero</c>
/// never ends.
/// </summary>
public static class RegularFile
{
    /// <summary>Opens a file to read it, while another process may write it.</summary>
    /// <exception cref="UnfitFileException">It is a pipe, a device, a socket or a folder.</exception>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static FileSystemStream Open(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        Check(disk, path);
        return disk.FileStream.New(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Refuses what is not a regular file. A missing file is not refused.</summary>
    /// <exception cref="UnfitFileException">It is a pipe, a device, a socket or a folder.</exception>
    public static void Check(IFileSystem disk, string path)
    {
        // Only a real disk has pipes and devices.
        var kind =
            disk is FileSystem && OperatingSystem.IsLinux() ? KindOf(path)
            : disk!.Directory.Exists(path) ? "a folder"
            : null;
        if (kind is not null)
        {
            throw new UnfitFileException(
                $"'{path}' is {kind} where a file is expected, so it is not read. Move it away.",
                $"it is {kind} where a file is expected"
            );
        }
    }

    private static string? KindOf(string path) =>
        FileStatus.Of(path)?.Type switch
        {
            0x1000 => "a named pipe (FIFO)",
            0x2000 or 0x6000 => "a device",
            0x4000 => "a folder",
            0xc000 => "a socket",
            _ => null,
        };
}
