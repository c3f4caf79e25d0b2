using System.Collections;
using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;

namespace Outsource.Workflows.State;

/// <summary>The nodes of a workflow in parts, as the workflow sees them. The objects are made when one is looked at.</summary>
/// <param name="own">Nodes of the workflow's own DAG.</param>
/// <param name="parts">For each part whether it is planned, and its nodes.</param>
internal sealed class PartedNodes(
    IReadOnlyList<NodeStatus> own,
    ImmutableArray<(WorkflowPartPlace Place, bool IsPlanned, IReadOnlyList<NodeStatus> Nodes)> parts
) : IReadOnlyList<NodeStatus>
{
    private readonly Lazy<NodeStatus[]> _all = new(() =>
        [
            .. own,
            .. parts.SelectMany(p => p.IsPlanned ? p.Nodes.Select(n => n with { Node = p.Place.Seen(n.Node) }) : p.Nodes),
        ]
    );

    public int Count { get; } = own.Count + parts.Sum(p => p.Nodes.Count);

    public NodeStatus this[int index] => _all.Value[index];

    public IEnumerator<NodeStatus> GetEnumerator() => ((IEnumerable<NodeStatus>)_all.Value).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
