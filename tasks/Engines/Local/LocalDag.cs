using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Local;

/// <summary>The nodes with what earlier runners did.</summary>
/// <param name="Nodes">In the order of the DAG.</param>
/// <param name="LastCluster">The last cluster that was ever used.</param>
/// <param name="Interrupted">Whether the last runner was killed, so that its log is continued.</param>
internal sealed record LocalDag(IReadOnlyList<LocalNode> Nodes, int LastCluster, bool Interrupted)
{
    /// <summary>Nodes whose job ended, but not yet the node: by their job's exit code (null: it was removed).</summary>
    public IReadOnlyList<(LocalNode Node, int? ExitCode)> Unjudged { get; init; } = [];

    /// <summary>Nodes whose job ran when the last runner was killed.</summary>
    public IReadOnlyList<LocalNode> Cut { get; init; } = [];

    /// <summary>When something was last heard of the earlier runner, or null.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>
    /// Reads the DAG. If the last runner ended by itself, its rescue file says what is done; if it was killed, its log says so too.
    /// </summary>
    /// <exception cref="OutsourceException">The DAG is missing or damaged.</exception>
    public static LocalDag Read(IFileSystem disk, SubmitDirectory directory)
    {
        var dag = DagOf(disk, directory);
        var outcome = directory.OutcomeIn(TimeZoneInfo.Local);
        var interrupted = outcome is { ExitStatus: null } && disk.File.Exists(directory.NodesLog);
        var replay = new NodeReplay(dag, directory.Rescue);
        var last = directory.DagmanIn(TimeZoneInfo.Local).Clusters.DefaultIfEmpty(0).Max();
        if (disk.File.Exists(directory.JobLog))
        {
            last = Math.Max(last, UserLog.LastSubmitted(disk, directory.JobLog, TimeZoneInfo.Local, Newest(disk, directory.JobLog)));
        }

        // A runner that ended has left a rescue file, and the next log is a new one. But what is done stays done, also without that file.
        var log = interrupted || !disk.File.Exists(directory.NodesLog) ? replay : new NodeReplay(dag, null);
        if (disk.File.Exists(directory.NodesLog))
        {
            last = Math.Max(last, log.Read(disk, directory.NodesLog, TimeZoneInfo.Local, Newest(disk, directory.NodesLog)));
        }

        for (var i = 0; i < replay.Count; i++)
        {
            replay.SetState(i, log.StateOf(i) == NodeState.Done ? NodeState.Done : replay.StateOf(i));
        }

        return Made(replay, last, interrupted) with
        {
            LastAt = log.LastAt is { } at && !(outcome?.LastLineAt > at) ? at : outcome?.LastLineAt,
        };
    }

    private static DagFile DagOf(IFileSystem disk, SubmitDirectory directory)
    {
        if (!directory.IsPlanned)
        {
            throw new UsageException($"'{directory.Path}' is not planned, or its planning did not finish. Plan the workflow again.");
        }

        var dag = DagFile.Read(disk, directory.Dag);
        return dag.Count > 0
            ? dag
            : throw new OutsourceException($"'{directory.Dag}' has no jobs: it is damaged. Plan the workflow again, or restore the file.");
    }

    private static DateTimeOffset Newest(IFileSystem disk, string log) => new(disk.File.GetLastWriteTimeUtc(log), TimeSpan.Zero);

    private static LocalDag Made(NodeReplay replay, int last, bool interrupted)
    {
        var all = replay.Nodes;
        var nodes = new List<LocalNode>(all.Count);
        var byName = new Dictionary<string, LocalNode>(StringComparer.Ordinal);
        var (unjudged, cut) = (new List<(LocalNode, int?)>(), new List<LocalNode>());
        foreach (var seen in all)
        {
            var node = new LocalNode(seen.Node.Name, nodes.Count, seen.Node.SubmitFile)
            {
                Retries = seen.Node.Retries,
                LeftAlone = seen.Node.LeftAlone,
                Retry = seen.Attempts - (seen.InQueue ? 1 : 0),
                Cluster = seen.InQueue || seen.State == NodeState.Post ? seen.Cluster : null,
                State = seen.State switch
                {
                    NodeState.Done or NodeState.Failed or NodeState.Held => seen.State,
                    _ => NodeState.Unready,
                },
                Hold = seen.State == NodeState.Held
                    ? new HoldCause(seen.HoldReason ?? "no reason given", seen.HoldCode ?? HoldCause.ByUser, seen.HoldSubcode ?? 0)
                    : null,
                HeldAt = replay.LastAt ?? DateTimeOffset.UnixEpoch,
            };
            if (seen.State == NodeState.Post)
            {
                unjudged.Add((node, seen.RemovalReason is null ? seen.ExitCode : null));
                node.Retry = seen.Attempts - 1;
            }
            else if (seen.State == NodeState.Running)
            {
                cut.Add(node);
            }

            nodes.Add(node);
            byName[node.Name] = node;
        }

        Link(all, nodes, byName);
        return new LocalDag(nodes, last, interrupted) { Unjudged = unjudged, Cut = cut };
    }

    private static void Link(IEnumerable<NodeStatus> seen, List<LocalNode> nodes, Dictionary<string, LocalNode> byName)
    {
        var children = new Dictionary<LocalNode, List<LocalNode>>();
        foreach (var (status, node) in seen.Zip(nodes))
        {
            node.Parents = [.. status.Node.Parents.Select(p => byName[p.Name]).Distinct()];
            foreach (var parent in node.Parents)
            {
                (children.TryGetValue(parent, out var known) ? known : children[parent] = []).Add(node);
            }
        }

        foreach (var (parent, below) in children)
        {
            parent.Children = [.. below];
        }
    }
}
