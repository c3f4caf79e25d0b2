using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Engines.State;

namespace Outsource.Workflows.State;

/// <summary>Corrects the states of nodes that the log alone does not tell: from the queue, or because the log is lost.</summary>
internal static class NodeCorrections
{
    /// <summary>If the log of nodes is lost, only the end of the whole workflow is known.</summary>
    public static void WithoutLog(NodeReplay replay, WorkflowState state)
    {
        if (state != WorkflowState.Succeeded)
        {
            Doubt(replay, n => n.State != NodeState.Done);
            return;
        }

        foreach (var node in replay.Nodes)
        {
            node.State = NodeState.Done;
        }
    }

    /// <summary>The queue has the newer state of its jobs; a job whose end is in the log has ended.</summary>
    /// <returns>How many nodes are in the queue by the log but not by the queue.</returns>
    public static int FromQueue(NodeReplay replay, IReadOnlyList<QueueJob>? jobs, IReadOnlyList<QueueJob>? dagmans)
    {
        if (jobs is null)
        {
            return 0;
        }

        // Compared by reference: the equality of a node changes with its properties.
        var seen = new HashSet<NodeStatus>(ReferenceEqualityComparer.Instance);
        foreach (var job in jobs)
        {
            if (replay.Find(job.Node) is { } node && (node.Cluster is null || node.Cluster <= job.Cluster))
            {
                seen.Add(node);
                Correct(node, job);
            }
        }

        if (dagmans is { Count: 0 })
        {
            Doubt(replay, n => n.InQueue && !seen.Contains(n));
        }

        return replay.Nodes.Count(n => n.InQueue && !seen.Contains(n));
    }

    private static void Correct(NodeStatus node, QueueJob job)
    {
        var ended = node.State is NodeState.Done or NodeState.Failed or NodeState.Post && node.Cluster == job.Cluster;
        if (!ended)
        {
            node.State = job.Status switch
            {
                QueueJob.Idle => NodeState.Idle,
                QueueJob.Held => NodeState.Held,
                QueueJob.Running or QueueJob.MovingOutput or QueueJob.Suspended => NodeState.Running,
                _ => node.State,
            };
            node.Cluster = job.Cluster;
            (node.HoldReason, node.HoldCode, node.HoldSubcode) =
                job.Status == QueueJob.Held
                    ? (job.HoldReason ?? node.HoldReason, job.HoldCode ?? node.HoldCode, job.HoldSubcode ?? node.HoldSubcode)
                    : (null, null, null);
        }

        node.Memory = new Usage(job.MemoryMb ?? node.Memory?.Used, node.Memory?.Requested);
        node.Disk = new Usage(job.DiskKb ?? node.Disk?.Used, node.Disk?.Requested);
    }

    private static void Doubt(NodeReplay replay, Func<NodeStatus, bool> which)
    {
        foreach (var node in replay.Nodes.Where(which))
        {
            node.State = NodeState.Unknown;
        }
    }
}
