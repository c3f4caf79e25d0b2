using System.Collections;
using Outsource.Engines.Records;

namespace Outsource.Workflows.State;

/// <summary>The nodes of a workflow. Most commands only need their sums: the objects are made when one is looked at.</summary>
/// <param name="replay">The nodes; they must not change any more.</param>
internal sealed class NodeList(NodeReplay replay) : IReadOnlyList<NodeStatus>
{
    private readonly Lazy<IReadOnlyList<NodeStatus>> _all = new(() => replay.Nodes);

    public int Count { get; } = replay.Count;

    public NodeStatus this[int index] => _all.Value[index];

    public IEnumerator<NodeStatus> GetEnumerator() => _all.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
