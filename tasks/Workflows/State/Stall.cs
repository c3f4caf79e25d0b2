using System.Globalization;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Workflows.State;

/// <summary>Finds workflows in which nothing moves though their DAGMan is in the queue. Each message says what to do.</summary>
/// <param name="submit">The submit directory.</param>
/// <param name="logs">Reads its logs.</param>
public sealed class Stall(SubmitDirectory submit, ReplayReader logs)
{
    /// <summary>
    /// DAGMan reads its log every few seconds, and a Pegasus script that checks a job takes seconds. No sign for longer means that it does
    /// not work.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    /// <summary>A pool with free machines starts jobs within a few negotiation cycles.</summary>
    public static readonly TimeSpan LongWait = TimeSpan.FromMinutes(30);

    /// <summary>How long HTCondor waits for a lost machine by default (<c>job_lease_duration</c>, HTCondor manual).</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(40);

    /// <summary>The message without its full stop; null: it moves.</summary>
    /// <param name="status">The status so far; its DAGMan is in the queue and running.</param>
    /// <param name="replay">The nodes.</param>
    /// <param name="queue">The workflow's jobs in the queue, DAGMan's own included.</param>
    /// <param name="outcome">DAGMan's log, or null.</param>
    /// <param name="missing">Nodes that are in the queue by the log, but not by the queue.</param>
    public string? Of(WorkflowStatus status, NodeReplay replay, IReadOnlyList<QueueJob> queue, DagmanOut? outcome, int missing)
    {
        var (counts, last) = (status.Counts, Latest(status.LastEventAt, outcome?.LastLineAt));
        if (
            counts[NodeState.Held] > 0
            && counts[NodeState.Running] + counts[NodeState.Idle] + counts[NodeState.Post] + counts[NodeState.Ready] == 0
        )
        {
            return $"nothing moves: {All(counts[NodeState.Held])} in the queue {Counted.Word(counts[NodeState.Held], "is", "are")} "
                + $"held, and everything else waits for {Counted.Word(counts[NodeState.Held], "it", "them")}. --target=Analyze shows "
                + $"why; when the cause is fixed, --target=Release continues {Counted.Word(counts[NodeState.Held], "it", "them")}";
        }

        return submit.Engine != EngineKind.Pegasus
            || last is not { } at
            || status.AsOf - at < Silence
            || counts[NodeState.Done] == counts.Total
            ? null
            : OfSilence(status, replay, queue, (at, missing));
    }

    /// <summary>The message about a workflow of DAGMan that has been silent for long; null: that is usual.</summary>
    private string? OfSilence(
        WorkflowStatus status,
        NodeReplay replay,
        IReadOnlyList<QueueJob> queue,
        (DateTimeOffset At, int Missing) silence
    )
    {
        var (counts, (at, missing)) = (status.Counts, silence);

        var left = counts[NodeState.Post] + counts[NodeState.Ready] + missing;
        if (left > 0 && !queue.Any(j => j.Node is not null && j.Status is not QueueJob.Completed))
        {
            return $"nothing moves since {Time(at)}: HTCondor has only the DAGMan of this workflow, which has written nothing since, "
                + $"while {Counted.Of(left, "node waits", "nodes wait")} for it. Its program (condor_dagman) was probably killed. "
                + "--target=Remove, then --target=Resubmit start it again; finished results are kept";
        }

        if (missing > 0)
        {
            return $"{Counted.Of(missing, "job is", "jobs are")} in DAGMan's log and not in HTCondor's queue, and nothing has happened "
                + $"since {Time(at)}: the pool lost {Counted.Word(missing, "it", "them")}, and DAGMan will wait for "
                + $"{Counted.Word(missing, "its end", "their ends")} for ever. --target=Remove, then --target=Resubmit try "
                + $"{Counted.Word(missing, "it", "them")} again; finished results are kept";
        }

        return counts[NodeState.Running] > 0 ? Lost(status, replay)
            : counts[NodeState.Idle] > 0 && status.AsOf - at >= LongWait
                ? $"nothing runs: {Counted.Of(counts[NodeState.Idle], "job waits", "jobs wait")} for a machine, and nothing has "
                    + $"happened since {Time(at)}. 'condor_q -better-analyze "
                    + $"{replay.StatusOf(replay.In(NodeState.Idle).First()).Cluster?.ToString(CultureInfo.InvariantCulture)}' shows "
                    + "which requirement no machine of the pool meets"
            : null;
    }

    private string? Lost(WorkflowStatus status, NodeReplay replay)
    {
        try
        {
            logs.MarkLost(replay);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        var lost = replay.In(NodeState.Running).Select(replay.StatusOf).Where(n => n.LostAt is not null).ToList();
        if (lost.Count == 0)
        {
            return null;
        }

        var since = lost.Min(n => n.LostAt!.Value);
        return $"{Counted.Of(lost.Count, "job counts", "jobs count")} as running, but HTCondor has lost "
            + $"{Counted.Word(lost.Count, "its machine", "their machines")} since {Time(since)} "
            + $"({string.Join(", ", lost.Take(3).Select(n => n.Node.Name))}{(lost.Count > 3 ? ", …" : "")}): "
            + (
                status.AsOf - since < Lease
                    ? "it waits for the machine to come back, usually 40 minutes, and then runs the job elsewhere automatically"
                    : "longer than it usually waits. 'condor_vacate_job -fast "
                        + $"{string.Join(' ', lost.Take(5).Select(n => n.Cluster))}{(lost.Count > 5 ? " …" : "")}' "
                        + $"makes it run {Counted.Word(lost.Count, "it", "them")} elsewhere"
            );
    }

    private static string All(int number) => number == 1 ? "the one job" : $"all {Counted.Of(number, "job")}";

    private static DateTimeOffset? Latest(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
