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
    private readonly NodeState[] _earlierStates;
    private readonly NodeState[] _atStart;

    /// <param name="nodes">The nodes as they are before the first event of the last DAGMan.</param>
    public StateHistory(ReadOnlySpan<NodeCourse> nodes)
    {
        (_atStart, _earlierStates) = (new NodeState[nodes.Length], new NodeState[nodes.Length]);
        Array.Fill(_earlierStates, NodeState.Unready);
        for (var i = 0; i < nodes.Length; i++)
        {
            _atStart[i] = nodes[i].State;
        }
    }

    /// <summary>Takes a change that the log of the last DAGMan tells.</summary>
    public void Note(long at, NodeState from, NodeState to)
    {
        if (from != to)
        {
            _changes.Add(new StateChange(new DateTimeOffset(at, TimeSpan.Zero), from, to));
        }
    }

    /// <summary>Takes the state of a try of an earlier DAGMan.</summary>
    /// <param name="at">When.</param>
    /// <param name="node">The node's number.</param>
    /// <param name="attempt">The try. The jobs' log does not have the end of its script, so the job's exit code decides.</param>
    public void NoteEarlier(long at, int node, in NodeCourse attempt)
    {
        var before = _earlierStates[node];
        var after =
            attempt.State != NodeState.Post ? attempt.State
            : attempt.ExitCode == 0 ? NodeState.Done
            : NodeState.Ready;
        _earlierStates[node] = after;
        if (before != after)
        {
            _earlier.Add(new StateChange(new DateTimeOffset(at, TimeSpan.Zero), before, after));
        }
    }

    /// <summary>All changes, ascending in time; before the first one every node is <see cref="NodeState.Unready"/>.</summary>
    /// <param name="lastBegan">First event of the last DAGMan, or null.</param>
    public IEnumerable<StateChange> Changes(DateTimeOffset? lastBegan) =>
        _earlier.Concat(lastBegan is { } at ? Restart(at) : []).Concat(_changes).OrderBy(c => c.At);

    /// <summary>Where the last DAGMan begins, each node is what its rescue file says of it.</summary>
    private IEnumerable<StateChange> Restart(DateTimeOffset at) =>
        _atStart.Select((state, i) => new StateChange(at, _earlierStates[i], state)).Where(c => c.From != c.To);
}
