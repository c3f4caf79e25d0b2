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
        Of(status, replay.Nodes, replay.BeganAt, job);

    /// <summary>The same of nodes.</summary>
    public static (double? Rate, DateTimeOffset? Eta) Of(
        WorkflowStatus status,
        IReadOnlyCollection<NodeStatus> nodes,
        DateTimeOffset? began,
        DagmanJob job
    )
    {
        var done = nodes.Count(n => n is { State: NodeState.Done, Tries: > 0, Name.Ours: true });
        var ahead = nodes.Count(n =>
            n.Name.Ours && n.State is NodeState.Running or NodeState.Idle or NodeState.Ready or NodeState.Unready or NodeState.Post
        );
        if (status.State != WorkflowState.Running || done < LeastForRate || began is not { } from || status.AsOf <= from)
        {
            return (null, null);
        }

        if (!nodes.Any(n => n.State is NodeState.Running or NodeState.Idle or NodeState.Post or NodeState.Ready))
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
}
