using System.Globalization;
using Outsource.Artifacts;
using Outsource.Engines.Records;

namespace Outsource.Engines.Local;

/// <summary>
/// The nodes and what happens to them. Each event is in the log before anything follows from it, so that the next runner goes on from
/// there. Used by one thread.
/// </summary>
/// <param name="dag">The nodes, with what earlier runners did.</param>
/// <param name="log">The log of the jobs.</param>
/// <param name="clock">The time, UTC.</param>
/// <param name="forget">Deletes what a job made for others.</param>
internal sealed class NodeBoard(LocalDag dag, EventLog log, Func<DateTimeOffset> clock, Action<LocalNode> forget)
{
    private readonly SortedSet<LocalNode> _ready = new(Comparer<LocalNode>.Create((a, b) => a.Index.CompareTo(b.Index)));

    /// <summary>Held nodes.</summary>
    private readonly SortedSet<LocalNode> _held = new(Comparer<LocalNode>.Create((a, b) => a.Index.CompareTo(b.Index)));

    private readonly Dictionary<string, LocalNode> _names = new(StringComparer.Ordinal);

    private int _lastCluster = dag.LastCluster;

    public IReadOnlyList<LocalNode> Nodes => dag.Nodes;

    public NodeCounts Counts { get; } = new();

    /// <summary>Nodes that can start, in the order of the DAG.</summary>
    public IEnumerable<LocalNode> Ready => _ready;

    public IReadOnlyCollection<LocalNode> Held => _held;

    /// <summary>The node of that name, or null.</summary>
    public LocalNode? Find(string name) => _names.GetValueOrDefault(name);

    /// <summary>The next cluster.</summary>
    public int NextCluster() => ++_lastCluster;

    /// <summary>Begins where the last runner stopped.</summary>
    public void Begin()
    {
        foreach (var node in Nodes)
        {
            Counts.Add(node.State);
            _names[node.Name] = node;
            node.OpenParents = node.Parents.Count(p => p.State != NodeState.Done);
            node.OpenChildren = node.Children.Count(c => c.State != NodeState.Done);
            if (node.State == NodeState.Held)
            {
                _ = _held.Add(node);
            }
        }

        foreach (var cut in dag.Cut)
        {
            log.Evicted(cut.Cluster!.Value, clock());
        }

        foreach (var (node, code) in dag.Unjudged)
        {
            Judge(node, code);
        }

        foreach (var node in Nodes)
        {
            if (node.State == NodeState.Failed)
            {
                MarkFutile(node);
            }
            else if (node is { State: NodeState.Unready, OpenParents: 0 })
            {
                MakeReady(node);
            }
        }
    }

    /// <summary>It is about to start: it is in the queue, if it is not from before.</summary>
    public void Submit(LocalNode node)
    {
        _ = _ready.Remove(node);
        if (node.Cluster is null)
        {
            node.Cluster = NextCluster();
            log.Submitted(node.Cluster.Value, clock(), node.Name);
        }

        Counts.Move(node, NodeState.Idle);
    }

    /// <summary>Its program starts.</summary>
    public void Execute(LocalNode node, DateTimeOffset at)
    {
        log.Executing(node.Cluster!.Value, at, "slot1@local");
        Counts.Move(node, NodeState.Running);
    }

    /// <summary>Its job ended by itself.</summary>
    /// <param name="node">The node.</param>
    /// <param name="code">Exit code; negative: ended by that signal.</param>
    /// <param name="usage">What it used.</param>
    public void Ended(LocalNode node, int code, JobUsage usage)
    {
        log.Terminated(node.Cluster!.Value, clock(), code, usage);
        Judge(node, code);
    }

    /// <summary>It is held; if it ran, it was ended.</summary>
    public void Hold(LocalNode node, HoldCause cause)
    {
        var at = clock();
        if (node.Cluster is null)
        {
            node.Cluster = NextCluster();
            log.Submitted(node.Cluster.Value, at, node.Name);
        }

        log.Held(node.Cluster.Value, at, cause);
        (node.Hold, node.HeldAt) = (cause, at);
        _ = _ready.Remove(node);
        _ = _held.Add(node);
        Counts.Move(node, NodeState.Held);
    }

    /// <summary>It may start again, at the same attempt.</summary>
    public void Release(LocalNode node, string reason)
    {
        log.Released(node.Cluster!.Value, clock(), reason);
        node.Hold = null;
        _ = _held.Remove(node);
        MakeReady(node);
    }

    /// <summary>Its job is removed: the node failed, and may be tried again.</summary>
    public void Abort(LocalNode node, string reason)
    {
        log.Aborted(node.Cluster!.Value, clock(), reason);
        node.Hold = null;
        _ = _held.Remove(node);
        Judge(node, null);
    }

    /// <summary>Its job is removed because all is: it counts as if it had never been tried.</summary>
    public void Withdraw(LocalNode node, string reason)
    {
        log.Aborted(node.Cluster!.Value, clock(), reason);
        node.Hold = null;
        _ = _held.Remove(node);
        Counts.Move(node, NodeState.Unready);
    }

    /// <summary>Its program did not come to an end, and not by its fault: it starts again, at the same attempt.</summary>
    public void Evict(LocalNode node)
    {
        log.Evicted(node.Cluster!.Value, clock());
        MakeReady(node);
    }

    /// <summary>It waits for a slot again: an earlier attempt has not ended yet.</summary>
    public void Postpone(LocalNode node, DateTimeOffset until)
    {
        node.NotBefore = until;
        MakeReady(node);
    }

    /// <summary>Decides about the node after its job, as DAGMan does after the node's script.</summary>
    private void Judge(LocalNode node, int? code)
    {
        var result =
            code == 0 ? 0
            : code is { } known && PayloadExitCodes.NotRetried.Contains(known) ? LocalPlanner.Final
            : 1;
        log.NodeEnded(node.Cluster!.Value, clock(), node.Name, result);
        node.Cluster = null;
        if (result == 0)
        {
            Finish(node);
        }
        else if (result != LocalPlanner.Final && node.Retry < node.Retries)
        {
            node.Retry++;
            MakeReady(node);
        }
        else
        {
            Counts.Move(node, NodeState.Failed);
            MarkFutile(node);
        }
    }

    private void Finish(LocalNode node)
    {
        Counts.Move(node, NodeState.Done);
        foreach (var child in node.Children)
        {
            if (--child.OpenParents == 0 && child.State == NodeState.Unready)
            {
                MakeReady(child);
            }
        }

        // Outputs live until no open job needs them.
        foreach (var parent in node.Parents)
        {
            if (--parent.OpenChildren == 0)
            {
                forget(parent);
            }
        }
    }

    private void MakeReady(LocalNode node)
    {
        if (node.LeftAlone)
        {
            Counts.Move(node, NodeState.Failed);
            MarkFutile(node);
            return;
        }

        node.Ask = null;
        Counts.Move(node, NodeState.Ready);
        _ = _ready.Add(node);
    }

    /// <summary>Whatever waits for a failed node cannot run; each node is marked once.</summary>
    private void MarkFutile(LocalNode node)
    {
        var open = new Stack<LocalNode>([node]);
        while (open.TryPop(out var above))
        {
            foreach (var below in above.Children.Where(c => c.State == NodeState.Unready))
            {
                Counts.Move(below, NodeState.Futile);
                open.Push(below);
            }
        }
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Counts.Done} of {Counts.Total} nodes done, {Counts.Failed} failed");
}
