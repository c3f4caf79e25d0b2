using System.Collections;
using System.IO.Abstractions;
using Outsource.Engines.Records;

namespace Outsource.Workflows.State;

/// <summary>
/// The jobs of a part that is still to be planned, of which only a list of names is there. They are all in one state. The list is read
/// again when one is looked at: of a large workflow most parts are still to come, and their sums are enough.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The list. Absolute.</param>
/// <param name="state">State of each.</param>
internal sealed class ListedJobs(IFileSystem disk, string path, NodeState state) : IReadOnlyList<NodeStatus>
{
    private readonly Lazy<IReadOnlyList<NodeStatus>> _all = new(() => Read(disk, path, state)?.Nodes ?? []);

    public int Count { get; private set; }

    public NodeStatus this[int index] => _all.Value[index];

    /// <summary>The jobs as nodes of a DAG without edges; null: there is no list.</summary>
    public NodeReplay? Replay()
    {
        var replay = Read(disk, path, state);
        Count = replay?.Count ?? 0;
        return replay;
    }

    public IEnumerator<NodeStatus> GetEnumerator() => _all.Value.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static NodeReplay? Read(IFileSystem disk, string path, NodeState state)
    {
        if (!disk.File.Exists(path))
        {
            return null;
        }

        var replay = new NodeReplay(DagFile.Read(disk, path), rescue: null);
        for (var i = 0; i < replay.Count; i++)
        {
            replay.SetState(i, state);
        }

        return replay;
    }
}
