using System.Runtime.InteropServices;

namespace Outsource.Foundation.Files;

/// <summary>
/// Owner, type and permissions of a path, from Linux. <c>struct statx</c> is 256 bytes long, and the same on every Linux (statx(2)).
/// </summary>
/// <param name="User">Number of the owner.</param>
/// <param name="Group">Number of the group.</param>
/// <param name="Mode">Type and permissions.</param>
public readonly partial record struct FileStatus(uint User, uint Group, ushort Mode)
{
    private const int StatxLength = 256,
        UserAt = 20,
        GroupAt = 24,
        ModeAt = 28,
        InodeAt = 32,
        SizeAt = 40,
        SecondsAt = 112,
        NanosecondsAt = 120,
        MajorAt = 136,
        MinorAt = 140,
        CurrentFolder = -100,
        NoFollow = 0x100;

    private const uint Basics = 0x7ff;

    /// <summary>Number of the file on its device.</summary>
    public ulong Inode { get; init; }

    /// <summary>Number of the device.</summary>
    public ulong Device { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>When it was last written, in nanoseconds of Unix time.</summary>
    public long WrittenAt { get; init; }

    /// <summary>The bits of <see cref="Mode"/> with the type.</summary>
    public int Type => Mode & 0xf000;

    /// <summary>The permissions.</summary>
    public UnixFileMode Permissions => (UnixFileMode)(Mode & 0xfff);

    /// <summary>Of the target of links; null: there is nothing, or this is not Linux.</summary>
    public static FileStatus? Of(string path) => Ask(path, 0);

    /// <summary>Of the path itself, also when it is a link; null: there is nothing, or this is not Linux.</summary>
    public static FileStatus? OfLink(string path) => Ask(path, NoFollow);

    private static FileStatus? Ask(string path, int flags)
    {
        var answer = new byte[StatxLength];
        try
        {
            return OperatingSystem.IsLinux() && Statx(CurrentFolder, path, flags, Basics, answer) == 0
                ? new FileStatus(
                    BitConverter.ToUInt32(answer, UserAt),
                    BitConverter.ToUInt32(answer, GroupAt),
                    BitConverter.ToUInt16(answer, ModeAt)
                )
                {
                    Inode = BitConverter.ToUInt64(answer, InodeAt),
                    Device = ((ulong)BitConverter.ToUInt32(answer, MajorAt) << 32) | BitConverter.ToUInt32(answer, MinorAt),
                    Size = BitConverter.ToInt64(answer, SizeAt),
                    WrittenAt = (BitConverter.ToInt64(answer, SecondsAt) * 1_000_000_000) + BitConverter.ToUInt32(answer, NanosecondsAt),
                }
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int folder, string path, int flags, uint mask, [Out] byte[] answer);
}
