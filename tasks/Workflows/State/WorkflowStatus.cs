using System.Collections.Immutable;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Errors;

namespace Outsource.Workflows.State;

/// <summary>Where a workflow stands.</summary>
public enum WorkflowState
{
    /// <summary>A dry run or one of its stages: nothing is written for Pegasus.</summary>
    Rehearsed,

    /// <summary>Its artifacts are there, a plan of Pegasus is not.</summary>
    Written,

    /// <summary>Planned, never started.</summary>
    Planned,

    /// <summary>Its DAGMan is in the queue.</summary>
    Running,

    /// <summary>Its DAGMan is held: nothing new starts.</summary>
    Held,

    /// <summary>
    /// Stopped with <c>pegasus-halt</c>: what is in the queue goes on to its end, nothing new starts, and then DAGMan ends.
    /// </summary>
    Halted,

    /// <summary>Its DAGMan is being taken out of the queue.</summary>
    Removing,

    /// <summary>All done.</summary>
    Succeeded,

    /// <summary>Ended, and nodes failed.</summary>
    Failed,

    /// <summary>Ended because somebody took it out of the queue.</summary>
    Removed,

    /// <summary>Nobody tells.</summary>
    Unknown,
}

/// <summary>Where a run stands.</summary>
public enum RunState
{
    Finished,
    Failed,
    Held,

    /// <summary>Something of it is on a machine, or its results are brought back.</summary>
    Running,

    /// <summary>It has jobs in the queue or some that are done, and none on a machine.</summary>
    Queued,

    /// <summary>Nothing of it has begun.</summary>
    Waiting,
    Unknown,
}

/// <summary>Nodes by state.</summary>
/// <param name="Of">State → how many; a state without nodes is left out.</param>
public sealed record StateCounts(ImmutableSortedDictionary<NodeState, int> Of)
{
    public int Total => Of.Values.Sum();

    public int this[NodeState state] => Of.GetValueOrDefault(state);

    public static StateCounts Count(IEnumerable<NodeStatus> nodes) =>
        new(nodes.GroupBy(n => n.State).ToImmutableSortedDictionary(g => g.Key, g => g.Count()));
}

/// <summary>Nodes of one job name.</summary>
/// <param name="Name">Job name, or the kind of what the planner added.</param>
/// <param name="Ours">Whether it is of our jobs.</param>
/// <param name="Counts">Its nodes.</param>
public sealed record JobNameStatus(string Name, bool Ours, StateCounts Counts);

/// <summary>One run.</summary>
/// <param name="Run">Run number.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Counts">Its nodes.</param>
public sealed record RunStatus(int Run, RunState State, StateCounts Counts);

/// <summary>Jobs that are held for the same reason.</summary>
/// <param name="Reason">In HTCondor's own words, as the first of them has it.</param>
/// <param name="Code">HTCondor's code, or null.</param>
/// <param name="Subcode">What the code means in detail, or null.</param>
/// <param name="Nodes">The nodes.</param>
public sealed record HoldGroup(string Reason, int? Code, int? Subcode, ImmutableArray<string> Nodes);

/// <summary>What is known of a workflow at a time.</summary>
public sealed record WorkflowStatus
{
    public required string Name { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public required DateTimeOffset AsOf { get; init; }

    public required WorkflowState State { get; init; }

    /// <summary>What there is to say about the state, or null.</summary>
    public string? Detail { get; init; }

    public string? SubmitDirectory { get; init; }

    /// <summary>Whether HTCondor's queue answered; if not, all is from DAGMan's files.</summary>
    public bool QueueAnswered { get; init; }

    /// <summary>Clusters of its DAGMan in the queue.</summary>
    public ImmutableArray<int> DagClusters { get; init; } = [];

    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>First event of the first DAGMan, UTC, or null.</summary>
    public DateTimeOffset? BeganAt { get; init; }

    /// <summary>How many DAGMans the workflow has had: each Resubmit starts another one.</summary>
    public int Dagmans { get; init; }

    /// <summary>First event of the last DAGMan, or else when it was submitted, UTC, or null.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Last event that is known, UTC, or null.</summary>
    public DateTimeOffset? LastEventAt { get; init; }

    public ImmutableArray<NodeStatus> Nodes { get; init; } = [];

    /// <summary>Every change of a node's state that the logs tell, ascending in time; before the first one all nodes wait.</summary>
    public ImmutableArray<StateChange> Changes { get; init; } = [];

    public StateCounts Counts { get; init; } = new(ImmutableSortedDictionary<NodeState, int>.Empty);

    public ImmutableArray<JobNameStatus> JobNames { get; init; } = [];

    public ImmutableArray<RunStatus> Runs { get; init; } = [];

    public ImmutableArray<HoldGroup> Holds { get; init; } = [];

    /// <summary>
    /// Why nothing moves though its DAGMan is in the queue, and what to do, without a full stop; null: it moves, or nobody can tell.
    /// </summary>
    public string? Standstill { get; init; }

    /// <summary>Records of the workflow that cannot be understood, a sentence each.</summary>
    public ImmutableArray<string> Damage { get; init; } = [];

    /// <summary>How often nodes were tried again, by all DAGMans.</summary>
    public int Retried { get; init; }

    /// <summary>Nodes that the log speaks of and the DAG does not have: more than none means that the DAG file is not whole.</summary>
    public int Strays { get; init; }

    /// <summary>Our jobs that ended well per hour in which a DAGMan ran, or null while too few have.</summary>
    public double? JobsPerHour { get; init; }

    /// <summary>When the last job ends if it goes on like that, UTC, or null.</summary>
    public DateTimeOffset? Eta { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>Who was asked, and what became of it.</summary>
    public ImmutableArray<StatusSource> Sources { get; init; } = [];

    /// <summary>With what a tool of Pegasus said, and where that contradicts what is said here.</summary>
    public WorkflowStatus With(PegasusReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return this with
        {
            Sources = Sources.Add(reply.Source),
            Warnings = reply.Contradiction(this) is { } contradiction ? Warnings.Add(contradiction) : Warnings,
        };
    }

    /// <summary>This, where anything is known of its jobs.</summary>
    /// <exception cref="OutsourceException">Nothing is: "0 failed" would be said of what nobody saw.</exception>
    public WorkflowStatus Known =>
        !Nodes.IsEmpty ? this : throw new OutsourceException($"nothing is known of the jobs of workflow '{Name}': {Detail}.");

    /// <summary>Nodes that are done, of a hundred; null without nodes.</summary>
    public double? Percent => Counts.Total == 0 ? null : Math.Floor(10000.0 * Counts[NodeState.Done] / Counts.Total) / 100;

    /// <summary>Whether nothing changes any more by itself.</summary>
    public bool Ended =>
        State is WorkflowState.Succeeded or WorkflowState.Failed or WorkflowState.Removed
        || (State == WorkflowState.Halted && DagClusters.IsEmpty);

    /// <summary>The state in a word or two, for a line or a cell.</summary>
    public string StateWords => StateNames.Spell(State) + (Standstill is null ? "" : ", stuck") + (Damage.IsEmpty ? "" : ", damaged");
}
