namespace Outsource.Engines.Records;

/// <summary>A node went from one state to another.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="From">Its state before.</param>
/// <param name="To">Its state after.</param>
public readonly record struct StateChange(DateTimeOffset At, NodeState From, NodeState To);

/// <summary>
/// The changes of the states of all nodes. The log of the last DAGMan begins with what its rescue file says; what earlier DAGMans did is
/// known from the jobs' own log.
/// </summary>
internal sealed class StateHistory
{
    private readonly List<StateChange> _changes = [];
    private readonly List<StateChange> _earlier = [];
    private readonly Dictionary<string, NodeState> _earlierStates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeState> _atStart = new(StringComparer.Ordinal);

    /// <summary>The nodes as they are before the first event of the last DAGMan.</summary>
    public void Begin(IEnumerable<NodeStatus> nodes)
    {
        foreach (var node in nodes)
        {
            _atStart[node.Node.Name] = node.State;
        }
    }

    /// <summary>Takes a change that the log of the last DAGMan tells.</summary>
    public void Note(DateTimeOffset at, NodeState from, NodeState to)
    {
        if (from != to)
        {
            _changes.Add(new StateChange(at, from, to));
        }
    }

    /// <summary>Takes the state of a try of an earlier DAGMan.</summary>
    /// <param name="at">When.</param>
    /// <param name="attempt">The try. The jobs' log does not have the end of its script, so the job's exit code decides.</param>
    public void NoteEarlier(DateTimeOffset at, NodeStatus attempt)
    {
        var name = attempt.Node.Name;
        var before = _earlierStates.GetValueOrDefault(name, NodeState.Unready);
        var after =
            attempt.State != NodeState.Post ? attempt.State
            : attempt.ExitCode == 0 ? NodeState.Done
            : NodeState.Ready;
        _earlierStates[name] = after;
        if (before != after)
        {
            _earlier.Add(new StateChange(at, before, after));
        }
    }

    /// <summary>All changes, ascending in time; before the first one every node is <see cref="NodeState.Unready"/>.</summary>
    /// <param name="lastBegan">First event of the last DAGMan, or null.</param>
    public IEnumerable<StateChange> Changes(DateTimeOffset? lastBegan) =>
        _earlier.Concat(lastBegan is { } at ? Restart(at) : []).Concat(_changes).OrderBy(c => c.At);

    /// <summary>Where the last DAGMan begins, each node is what its rescue file says of it.</summary>
    private IEnumerable<StateChange> Restart(DateTimeOffset at) =>
        _atStart
            .Select(n => new StateChange(at, _earlierStates.GetValueOrDefault(n.Key, NodeState.Unready), n.Value))
            .Where(c => c.From != c.To);
}
