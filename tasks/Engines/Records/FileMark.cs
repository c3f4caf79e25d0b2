using System.IO.Abstractions;
using System.Runtime.InteropServices;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>By what a file is known again. A cache holds it as it is in memory.</summary>
/// <param name="Device">Of the file; 0: unknown.</param>
/// <param name="Inode">Of the file; 0: unknown.</param>
/// <param name="Size">Bytes; -1: it is not there.</param>
/// <param name="WrittenAt">When it was last written.</param>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct FileMark(ulong Device, ulong Inode, long Size, long WrittenAt)
{
    /// <summary>How many bytes at the beginning and before a place are compared.</summary>
    private const int Compared = 4096;

    /// <summary>A file that is not there.</summary>
    public static FileMark None { get; } = new(0, 0, -1, 0);

    /// <summary>The file as it is now. Ask for it before reading: what is written meanwhile is then seen as new.</summary>
    public static FileMark Of(IFileSystem disk, string? path)
    {
        if (path is null)
        {
            return None;
        }

        if (disk is FileSystem && OperatingSystem.IsLinux())
        {
            return FileStatus.Of(path) is { } status ? new(status.Device, status.Inode, status.Size, status.WrittenAt) : None;
        }

        return disk.File.Exists(path) ? new(0, 0, disk.FileInfo.New(path).Length, disk.File.GetLastWriteTimeUtc(path).Ticks) : None;
    }

    /// <summary>Whether a log is still the same, and has only grown.</summary>
    /// <param name="now">The log as it is now.</param>
    /// <param name="place">To where it was read.</param>
    public bool HasGrownTo(FileMark now, long place) =>
        Size < 0
            ? place == 0
            : now.Device == Device
                && now.Inode == Inode
                && now.Size >= place
                && (now.Size == Size ? now.WrittenAt == WrittenAt : now.Size > Size);

    /// <summary>A checksum of the first bytes of a log, and of those before a place. A log that was rewritten has others.</summary>
    /// <exception cref="IOException">It cannot be read, or is shorter.</exception>
    public static ulong Around(IFileSystem disk, string path, long place)
    {
        if (place == 0)
        {
            return 0;
        }

        var bytes = new byte[(int)Math.Min(Compared, place)];
        using var stream = RegularFile.Open(disk, path);
        stream.ReadExactly(bytes);
        var sum = default(Checksum);
        sum.Add(bytes);
        _ = stream.Seek(place - bytes.Length, SeekOrigin.Begin);
        stream.ReadExactly(bytes);
        sum.Add(bytes);
        return sum.Value;
    }
}
