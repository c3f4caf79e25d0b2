using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.LoadConfig;

/// <summary>Whether we may write below a work_dir.</summary>
public static class WorkDirProbe
{
    /// <summary>Writes a file there and deletes it again; a missing folder is created.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="machine">Its process number makes the file name unique.</param>
    /// <param name="workDir">Absolute.</param>
    /// <returns>Why it is not writable, a clause without its full stop; null: it is.</returns>
    public static string? ErrorIn(HostEnvironment host, IMachine machine, string workDir)
    {
        var probe = Path.Combine(workDir, $".outsource-{machine.Process}.probe");
        try
        {
            AtomicFile.WriteText(host.Disk, probe, "");
            host.Disk.File.Delete(probe);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is the file that is denied, not the folder.
            return error is UnauthorizedAccessException
                ? $"{DiskFault.Why(error, probe)} for {host.User}"
                : DiskFault.Why(error, workDir);
        }
    }
}
