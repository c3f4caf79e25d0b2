using System.Collections.Immutable;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;

namespace Outsource.Workflows.State;

/// <summary>State of a run.</summary>
public enum RunState
{
    Finished,
    Failed,
    Held,

    /// <summary>Some of its jobs are on a machine, or its results are being transferred.</summary>
    Running,

    /// <summary>Some of its jobs are in the queue or done, and none is on a machine.</summary>
    Queued,

    /// <summary>None of its jobs has begun.</summary>
    Waiting,
    Unknown,
}

/// <summary>Nodes by state.</summary>
/// <param name="counts">How many are in each state, in the order of <see cref="NodeState"/>; empty: none.</param>
public sealed class StateCounts(ReadOnlySpan<int> counts)
{
    private readonly int[] _counts = counts.ToArray();

    /// <summary>No nodes.</summary>
    public static StateCounts None { get; } = new([]);

    /// <summary>How many states there are.</summary>
    public static int States { get; } = Enum.GetValues<NodeState>().Length;

    public static StateCounts Count(IEnumerable<NodeStatus> nodes)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var counts = new int[States];
        foreach (var node in nodes)
        {
            counts[(int)node.State]++;
        }

        return new StateCounts(counts);
    }

    /// <summary>The nodes of all.</summary>
    public static StateCounts Sum(IEnumerable<StateCounts> all)
    {
        ArgumentNullException.ThrowIfNull(all);
        var sum = new int[States];
        foreach (var counts in all)
        {
            for (var i = 0; i < counts._counts.Length; i++)
            {
                sum[i] += counts._counts[i];
            }
        }

        return new StateCounts(sum);
    }

    public int Total => _counts.Sum();

    public int this[NodeState state] => _counts.Length == 0 ? 0 : _counts[(int)state];
}

/// <summary>Nodes of one job name.</summary>
/// <param name="Name">Job name, or the kind of what the planner added.</param>
/// <param name="Ours">Whether it is of our jobs.</param>
/// <param name="Counts">Its nodes.</param>
public sealed record JobNameStatus(string Name, bool Ours, StateCounts Counts);

/// <summary>One run.</summary>
/// <param name="Run">Run number.</param>
/// <param name="State">Its state.</param>
/// <param name="Counts">Its nodes.</param>
public sealed record RunStatus(int Run, RunState State, StateCounts Counts);

/// <summary>Jobs that are held for the same reason.</summary>
/// <param name="Reason">HTCondor's text for the first of them.</param>
/// <param name="Code">HTCondor's code, or null.</param>
/// <param name="Subcode">HTCondor's subcode, or null.</param>
/// <param name="Nodes">The nodes.</param>
public sealed record HoldGroup(string Reason, int? Code, int? Subcode, ImmutableArray<string> Nodes);

/// <summary>What is known of a workflow at a time.</summary>
public sealed record WorkflowStatus
{
    public required string Name { get; init; }

    /// <summary>When it was asked for, UTC.</summary>
    public required DateTimeOffset AsOf { get; init; }

    public required WorkflowState State { get; init; }

    /// <summary>What runs its jobs.</summary>
    public EngineKind Engine { get; init; }

    /// <summary>How messages name that.</summary>
    public EngineNames Names => EngineNames.Of(Engine);

    /// <summary>An explanation of the state, or null.</summary>
    public string? Detail { get; init; }

    public string? SubmitDirectory { get; init; }

    /// <summary>Whether HTCondor's queue answered; if not, everything is from DAGMan's files.</summary>
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

    /// <summary>The nodes in the order of the DAG; they are made when they are first looked at.</summary>
    public IReadOnlyList<NodeStatus> Nodes { get; init; } = [];

    /// <summary>The parts that it is cut into; empty: it is in one piece.</summary>
    public ImmutableArray<PartStatus> Parts { get; init; } = [];

    /// <summary>
    /// Every change of a node's state that the logs tell, ascending in time; before the first one all nodes wait. Empty where the status
    /// was not read with <see cref="StatusReader.WithChanges"/>.
    /// </summary>
    public ImmutableArray<StateChange> Changes { get; init; } = [];

    public StateCounts Counts { get; init; } = StateCounts.None;

    public ImmutableArray<JobNameStatus> JobNames { get; init; } = [];

    public ImmutableArray<RunStatus> Runs { get; init; } = [];

    public ImmutableArray<HoldGroup> Holds { get; init; } = [];

    /// <summary>
    /// Why nothing moves though its DAGMan is in the queue, and what to do, without a full stop; null: it moves, or this is unknown.
    /// </summary>
    public string? Standstill { get; init; }

    /// <summary>Records of the workflow that cannot be read, a sentence each.</summary>
    public ImmutableArray<string> Damage { get; init; } = [];

    /// <summary>How often any DAGMan submitted nodes again.</summary>
    public int Retried { get; init; }

    /// <summary>Nodes that are in the log but not in the DAG: if there are any, the DAG file is incomplete.</summary>
    public int Strays { get; init; }

    /// <summary>Our jobs that succeeded per hour in which a DAGMan was running; null while too few have.</summary>
    public double? JobsPerHour { get; init; }

    /// <summary>Our jobs, as far as an estimate needs them.</summary>
    internal JobTally Tally { get; init; }

    /// <summary>The estimated end of the last job at this rate, UTC, or null.</summary>
    public DateTimeOffset? Eta { get; init; }

    public ImmutableArray<string> Warnings { get; init; } = [];

    /// <summary>The sources, and the result of asking each.</summary>
    public ImmutableArray<StatusSource> Sources { get; init; } = [];

    /// <summary>Adds the answer of a Pegasus tool, with a warning if it contradicts this status.</summary>
    public WorkflowStatus With(PegasusReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return this with
        {
            Sources = Sources.Add(reply.Source),
            Warnings = reply.Contradiction(this) is { } contradiction ? Warnings.Add(contradiction) : Warnings,
        };
    }

    /// <summary>This, if anything is known of its jobs.</summary>
    /// <exception cref="OutsourceException">Nothing is known: "0 failed" would be wrong.</exception>
    public WorkflowStatus Known =>
        Nodes.Count > 0 ? this : throw new OutsourceException($"nothing is known of the jobs of workflow '{Name}': {Detail}.");

    /// <summary>Percentage of nodes that are done; null without nodes.</summary>
    public double? Percent => Counts.Total == 0 ? null : Math.Floor(10000.0 * Counts[NodeState.Done] / Counts.Total) / 100;

    /// <summary>Whether it changes no more without a command.</summary>
    public bool Ended =>
        State is WorkflowState.Succeeded or WorkflowState.Failed or WorkflowState.Removed
        || (State == WorkflowState.Halted && DagClusters.IsEmpty);

    /// <summary>The state in a few words, for a line or a cell.</summary>
    public string StateWords => StateNames.Spell(State) + (Standstill is null ? "" : ", stuck") + (Damage.IsEmpty ? "" : ", damaged");
}
