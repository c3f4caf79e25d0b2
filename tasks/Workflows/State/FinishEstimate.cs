using Outsource.Engines.Records;
using Outsource.Engines.State;

namespace Outsource.Workflows.State;

/// <summary>Estimates when a running workflow is done, from the rate of its jobs so far.</summary>
internal static class FinishEstimate
{
    /// <summary>With fewer ended jobs a rate is not meaningful.</summary>
    private const int LeastForRate = 3;

    /// <summary>Jobs per hour, and the time of the last one's end, UTC; null where there is too little to go on.</summary>
    /// <param name="status">The status so far.</param>
    /// <param name="replay">The nodes.</param>
    /// <param name="job">The history of DAGMan's job.</param>
    public static (double? Rate, DateTimeOffset? Eta) Of(WorkflowStatus status, NodeReplay replay, DagmanJob job) =>
        status.State == WorkflowState.Running ? Of(status, Count(replay), replay.BeganAt, job) : (null, null);

    /// <summary>The same of nodes.</summary>
    public static (double? Rate, DateTimeOffset? Eta) Of(
        WorkflowStatus status,
        IEnumerable<NodeStatus> nodes,
        DateTimeOffset? began,
        DagmanJob job
    ) => Of(status, Count(nodes.Select(n => (n.State, n.Name.Ours, n.Tries))), began, job);

    private static (double? Rate, DateTimeOffset? Eta) Of(
        WorkflowStatus status,
        (int Done, int Ahead, bool Moves) nodes,
        DateTimeOffset? began,
        DagmanJob job
    )
    {
        var (done, ahead, moves) = nodes;
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

    private static (int Done, int Ahead, bool Moves) Count(NodeReplay replay) =>
        Count(Enumerable.Range(0, replay.Count).Select(i => (replay.StateOf(i), replay.Dag.Plans[i].Run >= 0, replay.TriesOf(i))));

    /// <summary>Our jobs that are done, and those ahead; and whether anything moves.</summary>
    private static (int Done, int Ahead, bool Moves) Count(IEnumerable<(NodeState State, bool Ours, int Tries)> nodes)
    {
        var (done, ahead, moves) = (0, 0, false);
        foreach (var (state, ours, tries) in nodes)
        {
            var goes = state is NodeState.Running or NodeState.Idle or NodeState.Ready or NodeState.Post;
            done += ours && state == NodeState.Done && tries > 0 ? 1 : 0;
            ahead += ours && (goes || state == NodeState.Unready) ? 1 : 0;
            moves |= goes;
        }

        return (done, ahead, moves);
    }
}
