
namespace Outsource.Engines.Local;

/// <summary>
/// Holds jobs that exceed what they asked for, and removes held ones, as HTCondor does: by memory, disk, and the expressions of the submit
/// description.
/// </summary>
/// <param name="parts">What the parts of the runner share.</param>
internal sealed class LimitWatch(RunnerParts parts)
{
    /// <summary>Longer than any hold by a limit lasts on the grid.</summary>
    private static readonly TimeSpan OfTheGrid = TimeSpan.FromSeconds(1801);

    /// <summary>Measures the running jobs, and ends those that are to be held.</summary>
    public void Look(IEnumerable<JobRun> runs)
    {
        var running = runs.Where(r => r.IsRunning && r.Hold is null && r.Removed is null).ToList();
        if (running.Count == 0)
        {
            return;
        }

        var (now, memory) = (parts.Now, parts.Meter.Memory());
        foreach (var run in running)
        {
            run.MemoryKb = memory.GetValueOrDefault(run.Session);
            run.PeakMemoryKb = Math.Max(run.PeakMemoryKb ?? 0, run.MemoryKb);
            if (now >= run.NextDisk)
            {
                run.NextDisk = now + parts.Order.Pace.Disk;
                run.PeakDiskKb = Math.Max(run.PeakDiskKb ?? 0, parts.Folder.UsedKb(run.Node));
            }

            run.Hold = CauseToHold(run, now);
            if (run.Hold is not null)
            {
                run.Kill();
            }
        }
    }

    /// <summary>
    /// Removes held jobs as their submit description says. For those that a limit held, the grid's half a minute or half an hour is over
    /// after the time that the pace says.
    /// </summary>
    /// <returns>Whether one was removed.</returns>
    public bool RemoveHeld()
    {
        var (now, removed) = (parts.Now, false);
        foreach (var node in parts.Board.Held.ToList())
        {
            var limit = node.Hold?.IsLimit == true;
            if (limit && now - node.HeldAt < parts.Order.Pace.Removal)
            {
                continue;
            }

            var ask = parts.AskOf(node);
            var ad = new JobAd { Retry = node.Retry, Status = QueueJob.Held, Since = node.HeldAt, Hold = node.Hold, Ask = ask };
            if (ad.Holds(ask.Description["periodic_remove"], limit ? now + OfTheGrid : now))
            {
                parts.Abort(node, "The job attribute PeriodicRemove expression evaluated to TRUE");
                removed = true;
            }
        }

        return removed;
    }

    private static HoldCause? CauseToHold(JobRun run, DateTimeOffset now)
    {
        var mb = (run.MemoryKb + 1023) / 1024;
        if (run.Ask.MemoryMb is { } asked && mb > asked)
        {
            return HoldCause.Memory(mb, asked);
        }

        if (run.Ask.DiskKb is { } diskKb && run.PeakDiskKb > diskKb)
        {
            return HoldCause.Disk(run.PeakDiskKb.Value, diskKb);
        }

        var ad = new JobAd
        {
            Retry = run.Ask.Retry,
            Status = QueueJob.Running,
            Since = run.StartedAt,
            Ask = run.Ask,
            MemoryMb = mb,
            DiskKb = run.PeakDiskKb,
        };
        return ad.Holds(run.Ask.Description["periodic_hold"], now)
            ? new HoldCause("The job attribute PeriodicHold expression evaluated to TRUE", HoldCause.ByPolicy, 0)
            : null;
    }
}
