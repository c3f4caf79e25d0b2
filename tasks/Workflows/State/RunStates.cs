using Outsource.Engines.Records;

namespace Outsource.Workflows.State;

/// <summary>The state of each run, from its jobs and from the planner's jobs that transfer its results.</summary>
internal static class RunStates
{
    /// <summary>The runs, ascending.</summary>
    /// <param name="nodes">All nodes.</param>
    public static IEnumerable<RunStatus> Of(IReadOnlyCollection<NodeStatus> nodes)
    {
        var transfers = Transfers(nodes);
        return nodes
            .Where(n => n.Name.Run is not null)
            .GroupBy(n => n.Name.Run!.Value)
            .OrderBy(g => g.Key)
            .Select(g => RunOf(g.Key, StateCounts.Count(g), [.. transfers[g.Key].Distinct()]));
    }

    /// <summary>Run → the jobs of the planner that transfer its results: one job transfers the files of several runs.</summary>
    private static ILookup<int, NodeStatus> Transfers(IEnumerable<NodeStatus> nodes)
    {
        var all = nodes.ToDictionary(n => n.Node.Name, StringComparer.Ordinal);
        IEnumerable<(int Run, NodeStatus Node)> Of(NodeStatus node)
        {
            var above = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<DagNode>(node.Node.Parents);
            while (open.TryPop(out var parent))
            {
                if (!above.Add(parent.Name) || !all.TryGetValue(parent.Name, out var status))
                {
                    continue;
                }

                if (status.Name.Run is { } run)
                {
                    yield return (run, node);
                }
                else
                {
                    // A registration follows a stage-out.
                    foreach (var next in parent.Parents)
                    {
                        open.Push(next);
                    }
                }
            }
        }

        return all.Values.Where(n => n.Name.Job is "stage_out" or "register").SelectMany(Of).ToLookup(t => t.Run, t => t.Node);
    }

    private static RunStatus RunOf(int run, StateCounts counts, IReadOnlyList<NodeStatus> transfers)
    {
        var back = transfers.All(t => t.State == NodeState.Done);
        var moving = counts[NodeState.Running] + counts[NodeState.Post] > 0;
        return new(
            run,
            counts[NodeState.Failed] > 0 || (counts[NodeState.Done] == counts.Total && transfers.Any(t => t.State is NodeState.Failed))
                    ? RunState.Failed
                : counts[NodeState.Held] > 0 ? RunState.Held
                : counts[NodeState.Unknown] > 0 ? RunState.Unknown
                : counts[NodeState.Done] == counts.Total && back ? RunState.Finished
                : moving || (counts[NodeState.Done] == counts.Total && transfers.Any(t => t.State is NodeState.Running or NodeState.Post))
                    ? RunState.Running
                : counts[NodeState.Idle] + counts[NodeState.Done] > 0 ? RunState.Queued
                : RunState.Waiting,
            counts
        );
    }
}
