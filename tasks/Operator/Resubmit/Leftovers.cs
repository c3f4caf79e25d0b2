using System.IO.Abstractions;
using Outsource.Engines.Pegasus;

namespace Outsource.Operator.Resubmit;

/// <summary>Takes away what stops pegasus-run and means nothing any more.</summary>
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

        // pegasus-run takes it away too, but ends well without starting anything where it finds a monitor's pid file beside it.
        submit.TakeHaltAway();
    }
}
