namespace Outsource.Engines.Records;

/// <summary>Applies DAGMan's log to the planned nodes, as DAGMan itself does when it recovers.</summary>
public sealed class NodeReplay
{
    private readonly Dictionary<string, NodeStatus> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<int, NodeStatus> _clusters = [];
    private readonly HashSet<string> _strays = new(StringComparer.Ordinal);
    private readonly StateHistory _history = new();

    /// <param name="dag">The nodes.</param>
    /// <param name="rescue">What an earlier DAGMan left, or null. A node that is done stays done, so the newest file is right whenever it
    /// was written.</param>
    public NodeReplay(DagFile dag, RescueFile? rescue)
    {
        foreach (var node in dag.Nodes.Values)
        {
            node.Retries = rescue?.Retries.GetValueOrDefault(node.Name, node.Retries) ?? node.Retries;
            _nodes[node.Name] = new NodeStatus(node, NodeName.Parse(node.Name))
            {
                State = rescue?.Done.Contains(node.Name) == true ? NodeState.Done : NodeState.Unready,
            };
        }

        _history.Begin(_nodes.Values);
    }

    /// <summary>Every change of a node's state, by all DAGMans, ascending in time. Before the first one all nodes wait.</summary>
    public IEnumerable<StateChange> Changes => _history.Changes(FirstAt);

    /// <summary>The nodes, in the order of the DAG.</summary>
    public IReadOnlyCollection<NodeStatus> Nodes => _nodes.Values;

    /// <summary>Time of the first event, or null.</summary>
    public DateTimeOffset? FirstAt { get; private set; }

    /// <summary>Time of the last event, or null.</summary>
    public DateTimeOffset? LastAt { get; private set; }

    /// <summary>Time of the first event of any DAGMan of the workflow, or null.</summary>
    public DateTimeOffset? BeganAt { get; private set; }

    /// <summary>How often any DAGMan submitted a node again.</summary>
    public int Retried => _nodes.Values.Sum(n => Math.Max(0, n.Tries - 1));

    /// <summary>How many nodes in the log are not in the DAG.</summary>
    public int Strays => _strays.Count;

    /// <summary>The node of that name, or null.</summary>
    public NodeStatus? Find(string? name) => name is null ? null : _nodes.GetValueOrDefault(name);

    /// <summary>Applies one event.</summary>
    public void Add(LogEvent happened)
    {
        FirstAt ??= happened.At;
        BeganAt ??= happened.At;
        LastAt = happened.At;
        if (happened is { Number: 0, Node: { } name })
        {
            if (Find(name) is not { } begun)
            {
                _ = _strays.Add(name);
                return;
            }

            _clusters[happened.Cluster] = begun;
            begun.Attempts++;
            begun.Tries++;
            begun.Cluster = happened.Cluster;
            NodeEvents.Forget(begun);
            _history.Note(happened.At, begun.State, NodeState.Idle);
            begun.State = NodeState.Idle;
        }
        else if (_clusters.TryGetValue(happened.Cluster, out var node) || (node = Find(happened.Node)) is not null)
        {
            var before = node.State;
            NodeEvents.Apply(node, happened);
            _history.Note(happened.At, before, node.State);
        }
    }

    /// <summary>
    /// Adds what earlier DAGMans did, from the jobs' own log. A DAGMan that starts from a rescue file starts a new log; HTCondor continues
    /// the jobs' log. This adds tries, times and memory. It changes no state: the state comes from the rescue file.
    /// </summary>
    /// <param name="events">The jobs' own log. Events that <see cref="Add"/> already had are skipped.</param>
    public void AddEarlier(IEnumerable<LogEvent> events)
    {
        var open = new Dictionary<int, NodeStatus>();
        var (first, known) = (BeganAt, _clusters.Keys.ToHashSet());
        foreach (var happened in events)
        {
            if (happened is { Number: 0, Node: { } name } && !known.Contains(happened.Cluster) && Find(name) is { } begun)
            {
                begun.Tries++;
                open[happened.Cluster] = new NodeStatus(begun.Node, begun.Name) { State = NodeState.Idle };
                _history.NoteEarlier(happened.At, open[happened.Cluster]);
                first = first < happened.At ? first : happened.At;
            }
            else if (open.TryGetValue(happened.Cluster, out var then))
            {
                NodeEvents.Apply(then, happened);
                _history.NoteEarlier(happened.At, then);
                if (happened.Number is 5 or 9)
                {
                    Earlier(_nodes[then.Node.Name], then, happened);
                    _ = open.Remove(happened.Cluster);
                }
            }
        }

        BeganAt = first;
    }

    /// <summary>Marks the jobs whose machines HTCondor has lost and not found again; DAGMan's log does not contain this.</summary>
    /// <param name="events">The jobs' own log.</param>
    public void MarkLost(IEnumerable<LogEvent> events)
    {
        foreach (var happened in events.Where(e => e.Number is 1 or 5 or 9 or 12 or 22 or 23 or 24))
        {
            if (_clusters.TryGetValue(happened.Cluster, out var node) && node.Cluster == happened.Cluster)
            {
                node.LostAt = happened.Number == 22 ? node.LostAt ?? happened.At : null;
            }
        }
    }

    private static void Earlier(NodeStatus node, NodeStatus then, LogEvent ended)
    {
        node.Wall += then.Wall;
        node.Lost += then.Lost;
        if (ended.Number == 5 && then.ExitCode is not (null or 0))
        {
            node.FailedTries++;
            node.FailedCode ??= then.ExitCode;
        }

        if (then.Memory?.Used > (node.Memory?.Used ?? -1))
        {
            node.Memory = then.Memory;
        }

        if (then.Disk?.Used > (node.Disk?.Used ?? -1))
        {
            node.Disk = then.Disk;
        }

        // The rescue file says that it is done; this is the time.
        node.EndedAt = node is { State: NodeState.Done, Attempts: 0 } && then.ExitCode == 0 ? ended.At : node.EndedAt;
    }

    /// <summary>DAGMan has ended: no node is in the queue any more. Before <see cref="Settle"/>.</summary>
    /// <param name="rescue">What it left, or null.</param>
    public void End(RescueFile? rescue)
    {
        foreach (var node in _nodes.Values.Where(n => n.State != NodeState.Done))
        {
            node.State = Ended(node, rescue?.Failed.Contains(node.Node.Name) == true);
        }
    }

    /// <summary>Settles what depends on other nodes, when all events are in.</summary>
    public void Settle()
    {
        foreach (
            var node in _nodes.Values.Where(n =>
                n.State == NodeState.Unready && n.Node.Parents.All(p => _nodes[p.Name].State == NodeState.Done)
            )
        )
        {
            node.State = NodeState.Ready;
        }

        MarkFutile();
    }

    /// <summary>DAGMan ended: its jobs in the queue were removed or lost.</summary>
    private static NodeState Ended(NodeStatus node, bool failed) =>
        node switch
        {
            _ when failed => NodeState.Failed,
            { State: NodeState.Failed } => NodeState.Failed,
            { RemovalReason: not null } or { State: NodeState.Ready or NodeState.Post or NodeState.Unready } => NodeState.Unready,
            _ => NodeState.Unknown,
        };

    /// <summary>
    /// Nodes after a failed one cannot run. The file may list parents before or after children, so this follows the edges.
    /// </summary>
    private void MarkFutile()
    {
        var children = _nodes
            .Values.SelectMany(n => n.Node.Parents.Select(p => (p.Name, n)))
            .ToLookup(e => e.Name, e => e.n, StringComparer.Ordinal);
        var open = new Stack<NodeStatus>(_nodes.Values.Where(n => n.State == NodeState.Failed));
        while (open.TryPop(out var above))
        {
            foreach (var below in children[above.Node.Name].Where(n => n.State is NodeState.Unready or NodeState.Ready))
            {
                below.State = NodeState.Futile;
                open.Push(below);
            }
        }
    }
}
