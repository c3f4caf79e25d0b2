using System.IO.Abstractions;
using System.Text;

namespace Outsource.Engines.Records;

/// <summary>
/// Applies DAGMan's log to the planned nodes, as DAGMan itself does when it recovers. Nodes have their numbers of the DAG; objects are
/// only made of those that are asked for.
/// </summary>
public sealed class NodeReplay
{
    private readonly NodeCourse[] _nodes;
    private readonly int[] _rescueFailed;
    private readonly ClusterMap _clusters;
    private readonly NameIndex _strays;
    private readonly WordList _reasons;
    private readonly Dictionary<int, long> _lostAt = [];
    private EarlierTries? _earlier;
    private StateHistory? _history;
    private long _firstAt;
    private long _lastAt;

    /// <param name="dag">The nodes.</param>
    /// <param name="rescue">What an earlier DAGMan left, or null. A node that is done stays done, so the newest file is right whenever it
    /// was written.</param>
    public NodeReplay(DagFile dag, RescueFile? rescue)
    {
        ArgumentNullException.ThrowIfNull(dag);
        (Dag, _nodes) = (dag, new NodeCourse[dag.Count]);
        (_clusters, _strays, _reasons, _rescueFailed) = (new ClusterMap(), new NameIndex(), new WordList(), []);
        var done = rescue?.Mark(dag);
        _rescueFailed = done?.Failed ?? [];
        for (var i = 0; i < _nodes.Length; i++)
        {
            _nodes[i].State = done?.Done[i] == true ? NodeState.Done : NodeState.Unready;
        }
    }

    private NodeReplay(DagFile dag, CacheReader cache)
    {
        (Dag, _nodes) = (dag, cache.Next<NodeCourse>());
        _rescueFailed = cache.Next<int>();
        var numbers = cache.Next<long>();
        _clusters = ClusterMap.Load(cache, dag.Count);
        (_strays, _reasons) = (NameIndex.Load(cache), WordList.Load(cache));
        if (
            _nodes.Length != dag.Count
            || numbers.Length != 4
            || _rescueFailed.Any(n => n < 0 || n >= dag.Count)
        )
        {
            throw new InvalidDataException("replay");
        }

        (_firstAt, _lastAt, Place) = (numbers[0], numbers[1], new LogPlace(numbers[2], numbers[3]));
    }

    /// <summary>How many nodes there are.</summary>
    public int Count => _nodes.Length;

    /// <summary>Every change of a node's state, by all DAGMans, ascending in time. Before the first one all nodes wait. None, where
    /// <see cref="KeepChanges"/> was not called.</summary>
    public IEnumerable<StateChange> Changes => _history?.Changes(FirstAt) ?? [];

    /// <summary>The nodes as objects, in the order of the DAG; made at each call.</summary>
    public IReadOnlyList<NodeStatus> Nodes => StatusesOf(Dag.All());

    /// <summary>Time of the first event, or null.</summary>
    public DateTimeOffset? FirstAt => Time(_firstAt);

    /// <summary>Time of the last event, or null.</summary>
    public DateTimeOffset? LastAt => Time(_lastAt);

    /// <summary>Time of the first event of any DAGMan of the workflow, or null.</summary>
    public DateTimeOffset? BeganAt => FirstAt is { } first && !(_earlier?.BeganAt < first) ? first : _earlier?.BeganAt;

    /// <summary>How often any DAGMan submitted a node again.</summary>
    public int Retried
    {
        get
        {
            var sum = 0;
            for (var i = 0; i < _nodes.Length; i++)
            {
                sum += Math.Max(0, TriesOf(i) - 1);
            }

            return sum;
        }
    }

    /// <summary>How many nodes in the log are not in the DAG.</summary>
    public int Strays => _strays.Count;

    /// <summary>The nodes as planned.</summary>
    internal DagFile Dag { get; }

    /// <summary>Where the log was read to.</summary>
    internal LogPlace Place { get; private set; }

    /// <summary>What happened to each node.</summary>
    internal Span<NodeCourse> Courses => _nodes;

    internal ClusterMap Clusters => _clusters;

    internal StateHistory? History => _history;

    /// <summary>Reasons of holds and removals.</summary>
    internal WordList Reasons => _reasons;

    /// <summary>Keeps the changes of states from now on: 24 bytes each.</summary>
    public void KeepChanges() => _history = new StateHistory(_nodes);

    /// <summary>Number of the node of that name; -1: unknown.</summary>
    public int Find(string? name) => name is null ? -1 : Dag.Names.Find(Encoding.UTF8.GetBytes(name));

    /// <summary>State of a node.</summary>
    public NodeState StateOf(int node) => _nodes[node].State;

    /// <summary>The nodes in a state.</summary>
    public IEnumerable<int> In(NodeState state) => Enumerable.Range(0, Count).Where(i => _nodes[i].State == state);

    /// <summary>When the last job of a node ended, or null.</summary>
    public DateTimeOffset? EndOf(int node) => Time(_nodes[node].EndedAt);

    /// <summary>The parts of a node's name.</summary>
    public NodeName NameOf(int node) => NodeName.Parse(Dag.Names[node]);

    /// <summary>Sets the state of a node.</summary>
    public void SetState(int node, NodeState state) => _nodes[node].State = state;

    /// <summary>How often all DAGMans submitted a node.</summary>
    public int TriesOf(int node) => _nodes[node].Attempts + (_earlier?.Of(node).Attempts ?? 0);

    /// <summary>Applies a log to its end.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The log.</param>
    /// <param name="zone">The submit host's time zone.</param>
    /// <param name="newest">No event is later.</param>
    /// <returns>The greatest cluster in it; -1: none.</returns>
    public int Read(IFileSystem disk, string path, TimeZoneInfo zone, DateTimeOffset newest)
    {
        using var log = new EventReader(disk, path, new EventTime(zone, newest));
        var greatest = -1;
        while (log.Next())
        {
            greatest = Math.Max(greatest, log.Cluster);
            Take(log);
        }

        return greatest;
    }

    /// <summary>Applies a log from <see cref="Place"/> on.</summary>
    /// <returns>Whether a last event is left that has no end yet: <see cref="Take"/> it when the rest is kept.</returns>
    internal bool ReadOn(EventReader log)
    {
        while (log.Next())
        {
            if (!log.IsWhole)
            {
                Place = log.End;
                return true;
            }

            Take(log);
        }

        Place = log.End;
        return false;
    }

    /// <summary>Applies one event.</summary>
    internal void Take(EventReader happened)
    {
        _firstAt = _firstAt == 0 ? happened.At : _firstAt;
        _lastAt = happened.At;
        if (happened.Number == 0 && happened.TryNode(out var name))
        {
            if (Dag.Names.Find(name) is not (>= 0 and var begun))
            {
                _ = _strays.Add(name);
                return;
            }

            _clusters.Set(happened.Cluster, begun);
            ref var node = ref _nodes[begun];
            node.Attempts++;
            node.Cluster = happened.Cluster;
            NodeEvents.Forget(ref node);
            _history?.Note(happened.At, node.State, NodeState.Idle);
            node.State = NodeState.Idle;
        }
        else if (_clusters.Find(happened.Cluster) is >= 0 and var known)
        {
            Apply(known, happened);
        }
        else if (happened.TryNode(out var named) && Dag.Names.Find(named) is >= 0 and var other)
        {
            Apply(other, happened);
        }
    }

    /// <summary>
    /// Adds what earlier DAGMans did, from the jobs' own log. This adds tries, times and memory. It changes no state: the state comes from
    /// the rescue file.
    /// </summary>
    internal void Add(EarlierTries earlier)
    {
        _earlier = earlier;
        for (var i = 0; i < _nodes.Length; i++)
        {
            var sum = earlier.Of(i);
            if (sum.Attempts == 0)
            {
                continue;
            }

            ref var node = ref _nodes[i];
            node.Wall += sum.Wall;
            node.Lost += sum.Lost;
            node.FailedTries += sum.FailedTries;
            node.FailedCode ??= sum.FailedCode;
            node.Memory = EarlierTries.Greater(node.Memory, sum.Memory);
            node.Disk = EarlierTries.Greater(node.Disk, sum.Disk);

            // The rescue file says that it is done; this is the time.
            node.EndedAt = node is { State: NodeState.Done, Attempts: 0 } && sum.EndedAt != 0 ? sum.EndedAt : node.EndedAt;
        }
    }

    /// <summary>Marks the jobs whose machines HTCondor has lost and not found again; DAGMan's log does not contain this.</summary>
    internal void MarkLost(EarlierTries jobs)
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].Cluster is { } cluster && _clusters.Find(cluster) == i && jobs.LostAt(cluster) is { } at)
            {
                _lostAt[i] = at;
            }
        }
    }

    /// <summary>DAGMan has ended: no node is in the queue any more. Before <see cref="Settle"/>.</summary>
    public void End()
    {
        var failed = _rescueFailed.ToHashSet();
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].State != NodeState.Done)
            {
                _nodes[i].State = Ended(_nodes[i], failed.Contains(i));
            }
        }
    }

    /// <summary>Settles what depends on other nodes, when all events are in.</summary>
    public void Settle()
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].State == NodeState.Unready && AreDone(Dag.ParentsOf(i)))
            {
                _nodes[i].State = NodeState.Ready;
            }
        }

        MarkFutile();
    }

    /// <summary>What is known of one node; its parents are left out.</summary>
    internal NodeStatus StatusOf(int node) => StatusOf(node, Dag.NodeOf(node));

    /// <summary>Adds this to a cache.</summary>
    internal void Save(CacheWriter cache)
    {
        cache.Add<NodeCourse>(_nodes);
        cache.Add<int>(_rescueFailed);
        cache.Add([_firstAt, _lastAt, Place.Bytes, Place.Lines]);
        _clusters.Save(cache);
        _strays.Save(cache);
        _reasons.Save(cache);
    }

    /// <summary>Takes it from a cache.</summary>
    internal static NodeReplay Load(DagFile dag, CacheReader cache) => new(dag, cache);

    private NodeStatus[] StatusesOf(DagNode[] nodes)
    {
        var all = new NodeStatus[nodes.Length];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = StatusOf(i, nodes[i]);
        }

        return all;
    }

    private NodeStatus StatusOf(int number, DagNode planned)
    {
        ref readonly var node = ref _nodes[number];
        return new NodeStatus(planned, NodeName.Parse(planned.Name))
        {
            State = node.State,
            Attempts = node.Attempts,
            Tries = TriesOf(number),
            FailedTries = node.FailedTries,
            FailedCode = node.FailedCode,
            LostAt = _lostAt.TryGetValue(number, out var at) ? Time(at) : null,
            Cluster = node.Cluster,
            ExitCode = node.ExitCode,
            PostCode = node.PostCode,
            HoldReason = node.HoldReason == 0 ? null : _reasons[node.HoldReason - 1],
            HoldCode = node.HoldCode,
            HoldSubcode = node.HoldSubcode,
            RemovalReason = node.RemovalReason == 0 ? null : _reasons[node.RemovalReason - 1],
            Memory = node.Memory.Shown,
            Disk = node.Disk.Shown,
            ExecutedAt = Time(node.ExecutedAt),
            EndedAt = Time(node.EndedAt),
            Wall = new TimeSpan(node.Wall),
            Lost = new TimeSpan(node.Lost),
        };
    }

    private static DateTimeOffset? Time(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    private void Apply(int number, EventReader happened)
    {
        ref var node = ref _nodes[number];
        var before = node.State;
        NodeEvents.Apply(ref node, Dag.Plans[number], happened, _reasons);
        _history?.Note(happened.At, before, node.State);
    }

    private bool AreDone(ReadOnlySpan<int> nodes)
    {
        foreach (var node in nodes)
        {
            if (_nodes[node].State != NodeState.Done)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>DAGMan ended: its jobs in the queue were removed or lost.</summary>
    private static NodeState Ended(in NodeCourse node, bool failed) =>
        failed || node.State == NodeState.Failed ? NodeState.Failed
        : node.RemovalReason != 0 || node.State is NodeState.Ready or NodeState.Post or NodeState.Unready ? NodeState.Unready
        : NodeState.Unknown;

    /// <summary>
    /// Nodes after a failed one cannot run. The file may list parents before or after children, so this follows the edges.
    /// </summary>
    private void MarkFutile()
    {
        var open = new Stack<int>();
        for (var i = 0; i < _nodes.Length; i++)
        {
            if (_nodes[i].State == NodeState.Failed)
            {
                open.Push(i);
            }
        }

        if (open.Count == 0)
        {
            return;
        }

        var children = Dag.Children();
        while (open.TryPop(out var above))
        {
            foreach (var below in children.Of(above))
            {
                if (_nodes[below].State is NodeState.Unready or NodeState.Ready)
                {
                    _nodes[below].State = NodeState.Futile;
                    open.Push(below);
                }
            }
        }
    }
}
