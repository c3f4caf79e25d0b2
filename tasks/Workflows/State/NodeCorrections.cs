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
        for (var i = 0; i < replay.Count; i++)
        {
            if (state == WorkflowState.Succeeded)
            {
                replay.SetState(i, NodeState.Done);
            }
            else if (replay.StateOf(i) != NodeState.Done)
            {
                replay.SetState(i, NodeState.Unknown);
            }
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

        var seen = new HashSet<int>();
        foreach (var job in jobs)
        {
            if (replay.Find(job.Node) is >= 0 and var node && !(replay.Courses[node].Cluster > job.Cluster))
            {
                _ = seen.Add(node);
                Correct(ref replay.Courses[node], job, replay.Reasons);
            }
        }

        var missing = 0;
        for (var i = 0; i < replay.Count; i++)
        {
            if (replay.StateOf(i) is NodeState.Held or NodeState.Running or NodeState.Idle && !seen.Contains(i))
            {
                if (dagmans is { Count: 0 })
                {
                    replay.SetState(i, NodeState.Unknown);
                }
                else
                {
                    missing++;
                }
            }
        }

        return missing;
    }

    private static void Correct(ref NodeCourse node, QueueJob job, WordList reasons)
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
                    ? (
                        job.HoldReason is { } reason ? reasons.Of(reason) + 1 : node.HoldReason,
                        job.HoldCode ?? node.HoldCode,
                        job.HoldSubcode ?? node.HoldSubcode
                    )
                    : (0, null, null);
        }

        node.Memory = new Amount(true, job.MemoryMb ?? node.Memory.Used, node.Memory.Requested);
        node.Disk = new Amount(true, job.DiskKb ?? node.Disk.Used, node.Disk.Requested);
    }
}
