using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;

namespace Outsource.Workflows.State;

/// <summary>A part of a workflow.</summary>
/// <param name="Place">Which one.</param>
/// <param name="State">State of its node: <see cref="NodeState.Unready"/> or <see cref="NodeState.Ready"/>, if it is still to come.</param>
/// <param name="IsPlanned">Whether Pegasus has planned it.</param>
public sealed record PartStatus(WorkflowPartPlace Place, NodeState State, bool IsPlanned)
{
    /// <summary>Whether it was removed from the queue before it ended.</summary>
    public bool IsRemoved { get; init; }
}

/// <summary>
/// Joins the status of a workflow's own DAG and those of its parts to one, as if the workflow were in one piece. It adds the sums of the
/// parts: nodes are only looked at one by one where somebody asks for them.
/// </summary>
/// <param name="root">The status of the workflow's own DAG.</param>
/// <param name="job">The history of its DAGMan's job.</param>
internal sealed class PartedStatus(WorkflowStatus root, DagmanJob job)
{
    private readonly List<(PartStatus Part, WorkflowStatus Status)> _parts = [];
    private readonly List<(WorkflowPartPlace Part, string Warning)> _warnings = [];
    private readonly List<NodeStatus> _nodes = [.. root.Nodes.Where(n => PartNode.IdOf(n.Node.Name) is null)];

    /// <summary>Adds a part.</summary>
    /// <param name="place">Which one.</param>
    /// <param name="node">Its node in the workflow's DAG.</param>
    /// <param name="status">What is known of its nodes.</param>
    public void Add(WorkflowPartPlace place, NodeStatus node, WorkflowStatus status)
    {
        var removed = node.RemovalReason is not null && node.State != NodeState.Done;
        _parts.Add((new PartStatus(place, node.State, place.Directory.HasDag) { IsRemoved = removed }, status));
        if (!removed && node.State == NodeState.Failed && status.Counts[NodeState.Failed] == 0)
        {
            // It could not be planned, or its DAGMan was lost: no node of its own shows that.
            _nodes.Add(node);
        }
    }

    /// <summary>Adds a warning about a part, which is added after it.</summary>
    public void Warn(WorkflowPartPlace place, string warning) => _warnings.Add((place, warning));

    /// <summary>The status of the whole workflow.</summary>
    public WorkflowStatus Whole()
    {
        var all = _parts.Select(p => p.Status).ToList();
        var whole = root with
        {
            Nodes = new PartedNodes(_nodes, [.. _parts.Select(p => (p.Part.Place, p.Part.IsPlanned, p.Status.Nodes))]),
            Parts = [.. _parts.Select(p => p.Part)],

            // The workflow's own nodes are its parts and few others.
            Changes = [.. all.SelectMany(s => s.Changes).OrderBy(c => c.At)],
            Counts = StateCounts.Sum(all.Select(s => s.Counts).Append(StateCounts.Count(_nodes))),
            JobNames = JobNames(all),
            Runs = [.. all.SelectMany(s => s.Runs).OrderBy(r => r.Run)],
            Holds = HoldReasons.Join([
                .. _parts.SelectMany(p => p.Status.Holds.Select(h => Named(p.Part, h))),
                .. HoldReasons.Group(_nodes.Where(n => n.State == NodeState.Held)),
            ]),
            Tally = all.Aggregate(FinishEstimate.Count(_nodes), (sum, s) => sum + s.Tally),
            Retried = root.Retried + all.Sum(s => s.Retried),
            Strays = root.Strays + all.Sum(s => s.Strays),
            AsOf = all.Select(s => s.AsOf).Append(root.AsOf).Max(),
            LastEventAt = all.Select(s => s.LastEventAt).Append(root.LastEventAt).Max(),
            Warnings =
            [
                .. root.Warnings,
                .. _warnings.Select(w => $"{NameOf(w.Part)}: {w.Warning}"),
                .. _parts.SelectMany(p => p.Status.Warnings.Except(root.Warnings).Select(w => $"{NameOf(p.Part.Place)}: {w}")),
            ],
            Standstill = root.Standstill ?? Standstill(),
        };
        var (rate, eta) = FinishEstimate.Of(whole, whole.BeganAt, job);
        return whole with { JobsPerHour = rate, Eta = eta };
    }

    /// <summary>The sums of all parts by job name: ours first.</summary>
    private ImmutableArray<JobNameStatus> JobNames(List<WorkflowStatus> all)
    {
        var own = _nodes
            .GroupBy(n => (n.Name.Job, n.Name.Ours))
            .Select(g => new JobNameStatus(g.Key.Job, g.Key.Ours, StateCounts.Count(g)));
        return
        [
            .. all.SelectMany(s => s.JobNames)
                .Concat(own)
                .GroupBy(n => (n.Name, n.Ours))
                .OrderByDescending(g => g.Key.Ours)
                .ThenBy(g => g.Key.Name, StringComparer.Ordinal)
                .Select(g => new JobNameStatus(g.Key.Name, g.Key.Ours, StateCounts.Sum(g.Select(n => n.Counts)))),
        ];
    }

    private static HoldGroup Named(PartStatus part, HoldGroup held) =>
        part.IsPlanned ? held with { Nodes = [.. held.Nodes.Select(part.Place.NameOf)] } : held;

    /// <summary>Nothing moves if nothing moves in any part that runs.</summary>
    private string? Standstill()
    {
        var running = _parts.Where(p => p.Part.IsPlanned && p.Part.State is NodeState.Running or NodeState.Held).ToList();
        return running.Count > 0 && running.All(p => p.Status.Standstill is not null)
            ? $"{NameOf(running[0].Part.Place)}: {running[0].Status.Standstill}"
            : null;
    }

    private string NameOf(WorkflowPartPlace part) => $"part {part.Number + 1} of {_parts.Count}";
}
