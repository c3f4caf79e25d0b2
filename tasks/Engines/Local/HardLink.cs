using System.IO.Abstractions;
using System.Runtime.InteropServices;

namespace Outsource.Engines.Local;

/// <summary>Gives a file a second name, so that nothing is copied.</summary>
internal static partial class HardLink
{
    /// <summary>A link where the file system can make one, else a copy. What is at the new name is replaced.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="from">The file.</param>
    /// <param name="to">Its second name.</param>
    public static void OrCopy(IFileSystem disk, string from, string to)
    {
        if (disk is FileSystem && OperatingSystem.IsLinux())
        {
            disk.File.Delete(to);
            if (Link(from, to) == 0)
            {
                return;
            }
        }

        disk.File.Copy(from, to, overwrite: true);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);
}
