using System.IO.Abstractions;
using Outsource.Engines.Pegasus;

namespace Outsource.Operator.Resubmit;

/// <summary>Deletes outdated files that stop pegasus-run.</summary>
public static class Leftovers
{
    /// <summary>
    /// A monitor that was killed leaves its pid file; the queue and the process table have been asked before this is called.
    /// </summary>
    public static void Clear(IFileSystem disk, SubmitDirectory submit)
    {
        if (disk.File.Exists(submit.MonitorPid) && !Precondition.MonitorRuns(disk, submit.MonitorPid))
        {
            disk.File.Delete(submit.MonitorPid);
        }

        // pegasus-run deletes it too, but if a monitor's pid file exists, it exits with 0 without starting anything.
        submit.TakeHaltAway();
    }
}
