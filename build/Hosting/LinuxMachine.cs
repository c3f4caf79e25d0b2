using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Build.Hosting;

/// <summary>
/// This machine. Jobs are submitted from Linux. On other systems locks exclude others too, but are not inherited by programs, and the free
/// space is unknown.
/// </summary>
internal sealed partial class LinuxMachine : IMachine
{
    /// <summary>EWOULDBLOCK of Linux, and of the BSDs.</summary>
    private const int WouldBlock = 11,
        WouldBlockElsewhere = 35;

    private static readonly System.IO.Abstractions.FileSystem Disk = new();

    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    public int Process => Environment.ProcessId;

    public long? User { get; } = OperatingSystem.IsLinux() ? EffectiveUser() : null;

    /// <summary>
    /// Removes write access of group and others, also if the umask is less strict. A stricter umask stays, except for the user's own
    /// access. Programs that we start inherit it.
    /// </summary>
    public static void CloseToOthers()
    {
        if (!OperatingSystem.IsWindows())
        {
            // 022 and 700.
            const uint Writers = 0x12,
                Ourselves = 0x1C0;
            _ = UMask((UMask(Writers) | Writers) & ~Ourselves);
        }
    }

    public Ownership? OwnershipOf(string path)
    {
        if (FileStatus.OfLink(path) is not { } found)
        {
            return null;
        }

        var kind = found.Type switch
        {
            0x8000 => PathKind.File,
            0x4000 => PathKind.Folder,
            0xA000 => PathKind.Link,
            _ => PathKind.Other,
        };
        return new Ownership(found.User, found.Group, found.Permissions, kind);
    }

    public IDisposable? TryLock(string path)
    {
        OwnedFile.MakeFolderOf(Disk, path);
        SafeFileHandle handle;
        try
        {
            // The runtime takes an advisory lock (flock) for FileShare.None. It belongs to the open file, not to the process.
            OwnedFile.RefuseLink(Disk, path);
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            OwnedFile.SetMode(Disk, path);
        }
        catch (IOException error) when (error.HResult is WouldBlock or WouldBlockElsewhere)
        {
            return null;
        }

        if (!Holds(path))
        {
            handle.Dispose();
            throw new UsageException(
                $"the file system of '{path}' has no locks, or DOTNET_SYSTEM_IO_DISABLEFILELOCKING is set: two commands could submit "
                    + "the same workflow. Put work_dir on a local disk or a network file system with flock, and unset that "
                    + "variable."
            );
        }

        // The runtime closes its own handles in child processes; a duplicate is inherited, and the lock with it.
        return new Held(handle, OperatingSystem.IsLinux() ? Duplicate(handle) : null);
    }

    /// <summary>Whether our new lock excludes others: if the file system has no locks, the runtime continues without one.</summary>
    private static bool Holds(string path)
    {
        try
        {
            using var second = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    public bool Runs(int process)
    {
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public FreeSpace? FreeAt(string path)
    {
        var folder = path;
        while (!Directory.Exists(folder))
        {
            folder = Path.GetDirectoryName(folder);
            if (folder is null)
            {
                return null;
            }
        }

        // struct statvfs of every 64-bit Linux: f_bsize, f_frsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_favail, …
        var values = new ulong[32];
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess || StatVfs(folder, values) != 0)
        {
            return null;
        }

        return new FreeSpace(
            (long)UInt128.Min((UInt128)values[1] * values[4], long.MaxValue),
            values[5] == 0 ? null : (long)Math.Min(values[7], long.MaxValue)
        );
    }

    public void Wait(TimeSpan time, CancellationToken cancel)
    {
        cancel.WaitHandle.WaitOne(time);
        cancel.ThrowIfCancellationRequested();
    }

    private static SafeFileHandle? Duplicate(SafeFileHandle handle)
    {
        var copy = Dup((int)handle.DangerousGetHandle());
        return copy < 0 ? null : new SafeFileHandle(copy, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Dup(int descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint UMask(uint mask);

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatVfs(string path, [Out] ulong[] values);

    private sealed class Held(SafeFileHandle handle, SafeFileHandle? passedOn) : IDisposable
    {
        public void Dispose()
        {
            passedOn?.Dispose();
            handle.Dispose();
        }
    }
}
