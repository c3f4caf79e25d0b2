using Outsource.Engines.Records;
using Outsource.Engines.State;

namespace Outsource.Workflows.State;

/// <summary>Estimates when a running workflow is done, from the rate of its jobs so far.</summary>
internal static class FinishEstimate
{
    /// <summary>With fewer ended jobs a rate is not meaningful.</summary>
    private const int LeastForRate = 3;

    /// <summary>Jobs per hour, and the time of the last one's end, UTC; null where there is too little to go on.</summary>
    /// <param name="status">The status so far, with its tally.</param>
    /// <param name="began">Time of the first event of any DAGMan of it, or null.</param>
    /// <param name="job">The history of DAGMan's job.</param>
    public static (double? Rate, DateTimeOffset? Eta) Of(WorkflowStatus status, DateTimeOffset? began, DagmanJob job)
    {
        var (done, ahead, moves) = status.Tally;
        if (status.State != WorkflowState.Running || done < LeastForRate || began is not { } from || status.AsOf <= from)
        {
            return (null, null);
        }

        if (!moves)
        {
            // Nothing moves: everything that is left waits for held jobs.
            return (null, null);
        }

        // The time in which the workflow was stopped does not count.
        var ran = job.RanFor(from, status.AsOf);
        var rate = done / (ran > TimeSpan.Zero ? ran : status.AsOf - from).TotalHours;
        var hours = ahead / rate;
        return (rate, ahead == 0 || hours > 24 * 366 ? null : status.AsOf.AddHours(hours));
    }

    /// <summary>Counts the nodes of a DAG.</summary>
    public static JobTally Count(NodeReplay replay) =>
        Count(Enumerable.Range(0, replay.Count).Select(i => (replay.StateOf(i), replay.Dag.Plans[i].Run >= 0, replay.TriesOf(i))));

    /// <summary>Counts nodes.</summary>
    public static JobTally Count(IEnumerable<NodeStatus> nodes) => Count(nodes.Select(n => (n.State, n.Name.Ours, n.Tries)));

    private static JobTally Count(IEnumerable<(NodeState State, bool Ours, int Tries)> nodes)
    {
        var (done, ahead, moves) = (0, 0, false);
        foreach (var (state, ours, tries) in nodes)
        {
            var goes = state is NodeState.Running or NodeState.Idle or NodeState.Ready or NodeState.Post;
            done += ours && state == NodeState.Done && tries > 0 ? 1 : 0;
            ahead += ours && (goes || state == NodeState.Unready) ? 1 : 0;
            moves |= goes;
        }

        return new JobTally(done, ahead, moves);
    }
}

/// <summary>Our jobs, as far as an estimate needs them.</summary>
/// <param name="Done">Those that are done and were tried.</param>
/// <param name="Ahead">Those that are not done and can be.</param>
/// <param name="Moves">Whether anything moves, also of the planner's.</param>
internal readonly record struct JobTally(int Done, int Ahead, bool Moves)
{
    public static JobTally operator +(JobTally a, JobTally b) => new(a.Done + b.Done, a.Ahead + b.Ahead, a.Moves || b.Moves);
}
