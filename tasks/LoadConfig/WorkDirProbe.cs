using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.LoadConfig;

/// <summary>Whether we may write below a work_dir.</summary>
public static class WorkDirProbe
{
    /// <summary>Writes a file there and takes it away again; the folder is made when it is not there.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="machine">Its number makes the file ours alone.</param>
    /// <param name="workDir">Absolute.</param>
    /// <returns>Why it cannot be written, a clause without its full stop; null: it can.</returns>
    public static string? ErrorIn(HostEnvironment host, IMachine machine, string workDir)
    {
        try
        {
            var probe = Path.Combine(workDir, $".outsource-{machine.Process}.probe");
            AtomicFile.WriteText(host.Disk, probe, "");
            host.Disk.File.Delete(probe);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return DiskFault.Why(error, workDir);
        }
    }
}
