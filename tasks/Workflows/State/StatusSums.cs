using System.Collections.Immutable;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;

namespace Outsource.Workflows.State;

/// <summary>Sums up the nodes of a workflow: by state, job name, run and reason of a hold, with warnings where sources disagree.</summary>
internal static class StatusSums
{
    /// <summary>Adds the sums.</summary>
    /// <param name="status">The status so far.</param>
    /// <param name="replay">The nodes.</param>
    /// <param name="seen">What the state was found from.</param>
    /// <param name="gap">Why sums are incomplete, or null.</param>
    public static WorkflowStatus Add(WorkflowStatus status, NodeReplay replay, DagEvidence seen, string? gap)
    {
        status = Of(status, replay);
        var (rate, eta) = FinishEstimate.Of(status, replay.BeganAt, seen.Job);
        return status with
        {
            AsOf = replay.LastAt > status.AsOf ? replay.LastAt.Value : status.AsOf, // the log went on while it was read
            LastEventAt = replay.LastAt ?? seen.Outcome?.LastLineAt,
            Nodes = new NodeList(replay),
            Changes = [.. replay.Changes],
            Holds = HoldReasons.Group(replay.In(NodeState.Held).Select(replay.StatusOf)),
            Retried = replay.Retried,
            Strays = replay.Strays,
            JobsPerHour = rate,
            Eta = eta,
            Warnings =
            [
                .. Warnings(status, status.Counts, replay.Strays, seen),
                .. gap is null ? Array.Empty<string>() : [gap],
            ],
        };
    }

    /// <summary>The status with what adds up from the states of nodes alone.</summary>
    public static WorkflowStatus Of(WorkflowStatus status, NodeReplay replay) =>
        status with
        {
            Counts = Count(replay),
            JobNames = JobNames(replay),
            Runs = [.. RunStates.Of(replay)],
            Tally = FinishEstimate.Count(replay),
        };

    private static StateCounts Count(NodeReplay replay)
    {
        var counts = new int[StateCounts.States];
        foreach (ref readonly var node in replay.Courses)
        {
            counts[(int)node.State]++;
        }

        return new StateCounts(counts);
    }

    /// <summary>The sums by job name: ours first, then those that the planner added.</summary>
    private static ImmutableArray<JobNameStatus> JobNames(NodeReplay replay)
    {
        var plans = replay.Dag.Plans;
        var counts = new int[replay.Dag.Jobs.Count * 2 * StateCounts.States];
        for (var i = 0; i < plans.Length; i++)
        {
            counts[(((plans[i].Job * 2) + (plans[i].Run < 0 ? 1 : 0)) * StateCounts.States) + (int)replay.StateOf(i)]++;
        }

        return
        [
            .. Enumerable
                .Range(0, replay.Dag.Jobs.Count * 2)
                .Select(g => new JobNameStatus(
                    replay.Dag.Jobs[g / 2],
                    g % 2 == 0,
                    new StateCounts(counts.AsSpan(g * StateCounts.States, StateCounts.States))
                ))
                .Where(j => j.Counts.Total > 0)
                .OrderByDescending(j => j.Ours)
                .ThenBy(j => j.Name, StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> Warnings(WorkflowStatus status, StateCounts counts, int strays, DagEvidence seen)
    {
        var names = seen.Directory.Names;
        if (seen.Dagmans.Silence is { } silence && !status.Ended)
        {
            yield return $"{names.System} does not answer ({silence}): all of this is from {names.TheManager}'s files and may be outdated";
        }

        if (seen.Dagmans.Jobs is { Count: > 1 } dagmans)
        {
            yield return $"{dagmans.Count} {names.Manager}s run this workflow at the same time (clusters "
                + $"{string.Join(", ", dagmans.Select(d => d.Cluster).Order())}): each submits every job. Remove it with "
                + "--target=Remove, then --target=Resubmit";
        }

        if (strays > 0)
        {
            yield return $"the jobs' log contains {Counted.Of(strays, "node")} that '{SubmitDirectory.DagName}' does not list: that "
                + "file and these counts are incomplete";
        }

        // A node whose submission failed leaves no event.
        if (seen.Outcome?.Counts?.GetValueOrDefault("Failed") is { } failed && failed > counts[NodeState.Failed])
        {
            yield return $"{EngineNames.AtStart(names.TheManager)} counts {Counted.Of(failed, "failed node")}, its log shows "
                + $"{counts[NodeState.Failed]}: the others were never submitted; '{SubmitDirectory.DagName}.dagman.out' shows why";
        }
    }
}
