using Outsource.Engines.Records;

namespace Outsource.Workflows.State;

/// <summary>The state of each run, from its jobs and from the planner's jobs that transfer its results.</summary>
internal static class RunStates
{
    /// <summary>The runs, ascending.</summary>
    /// <param name="replay">All nodes.</param>
    public static IEnumerable<RunStatus> Of(NodeReplay replay)
    {
        var (runs, indexes) = Runs(replay);
        var counts = new int[runs.Length * StateCounts.States];
        for (var i = 0; i < indexes.Length; i++)
        {
            if (indexes[i] >= 0)
            {
                counts[(indexes[i] * StateCounts.States) + (int)replay.StateOf(i)]++;
            }
        }

        var transfers = Transfers(replay, indexes, runs.Length);
        for (var run = 0; run < runs.Length; run++)
        {
            yield return RunOf(runs[run], new StateCounts(counts.AsSpan(run * StateCounts.States, StateCounts.States)), transfers[run]);
        }
    }

    /// <summary>The run numbers, ascending, and for each node the index of its own; -1: none.</summary>
    private static (int[] Runs, int[] Indexes) Runs(NodeReplay replay)
    {
        var plans = replay.Dag.Plans;
        var (known, indexes) = (new Dictionary<int, int>(), new int[plans.Length]);
        var (last, at) = (-1, -1);
        for (var i = 0; i < plans.Length; i++)
        {
            if (plans[i].Run != last)
            {
                last = plans[i].Run;
                if (last < 0)
                {
                    at = -1;
                }
                else if (!known.TryGetValue(last, out at))
                {
                    known.Add(last, at = known.Count);
                }
            }

            indexes[i] = at;
        }

        var runs = known.Keys.Order().ToArray();
        var places = new int[runs.Length];
        for (var i = 0; i < runs.Length; i++)
        {
            places[known[runs[i]]] = i;
        }

        foreach (ref var index in indexes.AsSpan())
        {
            index = index < 0 ? -1 : places[index];
        }

        return (runs, indexes);
    }

    /// <summary>What the jobs of the planner that transfer a run's results are like: one job transfers the files of several runs.</summary>
    private static Transfer[] Transfers(NodeReplay replay, int[] runs, int count)
    {
        var transfers = new Transfer[count];
        var dag = replay.Dag;
        var moves = Enumerable.Range(0, dag.Jobs.Count).Select(j => dag.Jobs[j] is "stage_out" or "register").ToArray();
        var (seen, open) = (new int[dag.Count], new Stack<int>());
        for (var node = 0; node < dag.Count; node++)
        {
            if (!moves[dag.Plans[node].Job])
            {
                continue;
            }

            var state = replay.StateOf(node);
            var kind =
                (state == NodeState.Done ? Transfer.None : Transfer.Open)
                | (state == NodeState.Failed ? Transfer.Failed : Transfer.None)
                | (state is NodeState.Running or NodeState.Post ? Transfer.Moving : Transfer.None);
            Push(open, dag.ParentsOf(node));
            while (open.TryPop(out var parent))
            {
                if (seen[parent] == node + 1)
                {
                    continue;
                }

                seen[parent] = node + 1;
                if (runs[parent] >= 0)
                {
                    transfers[runs[parent]] |= kind;
                }
                else
                {
                    // A registration follows a stage-out.
                    Push(open, dag.ParentsOf(parent));
                }
            }
        }

        return transfers;
    }

    private static void Push(Stack<int> open, ReadOnlySpan<int> nodes)
    {
        foreach (var node in nodes)
        {
            open.Push(node);
        }
    }

    private static RunStatus RunOf(int run, StateCounts counts, Transfer transfers)
    {
        var back = !transfers.HasFlag(Transfer.Open);
        var moving = counts[NodeState.Running] + counts[NodeState.Post] > 0;
        var total = counts.Total;
        return new(
            run,
            counts[NodeState.Failed] > 0 || (counts[NodeState.Done] == total && transfers.HasFlag(Transfer.Failed)) ? RunState.Failed
                : counts[NodeState.Held] > 0 ? RunState.Held
                : counts[NodeState.Unknown] > 0 ? RunState.Unknown
                : counts[NodeState.Done] == total && back ? RunState.Finished
                : moving || (counts[NodeState.Done] == total && transfers.HasFlag(Transfer.Moving)) ? RunState.Running
                : counts[NodeState.Idle] + counts[NodeState.Done] > 0 ? RunState.Queued
                : RunState.Waiting,
            counts
        );
    }

    /// <summary>States that occur among the transfers of a run.</summary>
    [Flags]
    private enum Transfer : byte
    {
        None = 0,

        /// <summary>Not all are done.</summary>
        Open = 1,
        Failed = 2,
        Moving = 4,
    }
}
