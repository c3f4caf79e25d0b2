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
        var nodes = replay.Nodes.ToImmutableArray();
        var (rate, eta) = FinishEstimate.Of(status, replay, seen.Job);
        var counts = StateCounts.Count(nodes);
        return status with
        {
            AsOf = replay.LastAt > status.AsOf ? replay.LastAt.Value : status.AsOf, // the log went on while it was read
            LastEventAt = replay.LastAt ?? seen.Outcome?.LastLineAt,
            Nodes = nodes,
            Changes = [.. replay.Changes],
            Counts = counts,
            JobNames =
            [
                .. nodes
                    .GroupBy(n => (n.Name.Ours, n.Name.Job))
                    .OrderByDescending(g => g.Key.Ours)
                    .ThenBy(g => g.Key.Job, StringComparer.Ordinal)
                    .Select(g => new JobNameStatus(g.Key.Job, g.Key.Ours, StateCounts.Count(g))),
            ],
            Runs = [.. RunStates.Of(nodes)],
            Holds = HoldReasons.Group(nodes.Where(n => n.State == NodeState.Held)),
            Retried = replay.Retried,
            Strays = replay.Strays,
            JobsPerHour = rate,
            Eta = eta,
            Warnings =
            [
                .. Warnings(status, counts, replay.Strays, seen),
                .. gap is null ? Array.Empty<string>() : [gap],
            ],
        };
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
