using Outsource.Engines.Records;

namespace Outsource.Engines.Local;

/// <summary>A runner, as others see it: its queue, and how far it has come.</summary>
/// <param name="parts">What the parts of the runner share.</param>
/// <param name="jobs">The running jobs.</param>
internal sealed class RunnerView(RunnerParts parts, JobDesk jobs)
{
    private readonly int _doneBefore = parts.Board.Counts.Done;

    /// <summary>Its jobs, and itself as DAGMan's.</summary>
    public IEnumerable<QueueJob> Queue()
    {
        yield return Job(parts.Cluster, parts.Paused ? QueueJob.Held : QueueJob.Running) with { HoldReason = parts.PausedBecause };
        foreach (var run in jobs.Runs.Where(r => r.Node.Cluster is not null))
        {
            yield return Job(run.Node.Cluster!.Value, run.IsRunning ? QueueJob.Running : QueueJob.Idle) with
            {
                Node = run.Node.Name,
                MemoryMb = run.MemoryKb / 1024,
                DiskKb = run.PeakDiskKb,
            };
        }

        foreach (var node in parts.Board.Held)
        {
            yield return Job(node.Cluster!.Value, QueueJob.Held) with
            {
                Node = node.Name,
                HoldReason = node.Hold?.Reason,
                HoldCode = node.Hold?.Code,
                HoldSubcode = node.Hold?.Subcode,
            };
        }
    }

    /// <summary>How far it has come.</summary>
    public LocalProgress Progress(DateTimeOffset now)
    {
        var counts = parts.Board.Counts;
        var hours = (now - parts.Begun).TotalHours;
        double? pace = counts.Done > _doneBefore && hours > 0 ? (counts.Done - _doneBefore) / hours : null;
        var open = counts.Total - counts.Done - counts.Failed - counts.Futile;
        return new LocalProgress(now, counts.Total, counts.Done, counts.Failed, counts.Running)
        {
            Held = counts.Held,
            Ready = counts.Ready + counts[NodeState.Idle],
            Waiting = counts.Waiting,
            Futile = counts.Futile,
            Slots = parts.Room.Slots,
            SlotsInUse = parts.Room.SlotsInUse,
            MemoryMb = parts.Room.MemoryMb,
            MemoryInUseMb = parts.Room.MemoryInUseMb,
            JobsPerHour = pace,
            ReadyAt = pace is { } each ? now + TimeSpan.FromHours(open / each) : null,
            Paused = parts.Paused,
            WaitsForRelease = jobs.Runs.Count == 0 && counts.Held > 0 && counts.Ready == 0,
        };
    }

    private QueueJob Job(int cluster, int status) => new(cluster, 0, status) { Owner = parts.Host.User };
}
