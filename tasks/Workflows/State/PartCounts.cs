using System.Collections.Immutable;
using Outsource.Engines.Records;
using Outsource.Settings.Options;

namespace Outsource.Workflows.State;

/// <summary>The parts of a workflow by what is with them, each part in one of these.</summary>
public enum PartState
{
    Done,
    Failed,
    Running,
    Held,

    /// <summary>It was taken out of the queue before it ended.</summary>
    Removed,

    /// <summary>It waits for its place, or to be planned.</summary>
    Waiting,
    Unknown,
}

/// <summary>How far the parts of a workflow are.</summary>
/// <param name="parts">The parts.</param>
public sealed class PartCounts(ImmutableArray<PartStatus> parts)
{
    private readonly ILookup<PartState, int> _numbers = parts.ToLookup(StateOf, p => p.Place.Number + 1);

    /// <summary>All parts.</summary>
    public int Total => parts.Length;

    /// <summary>How many of them Pegasus has planned, whatever became of them.</summary>
    public int Planned => parts.Count(p => p.IsPlanned);

    /// <summary>How many are in a state.</summary>
    public int this[PartState state] => _numbers[state].Count();

    /// <summary>The numbers of the parts in a state, from 1, ascending.</summary>
    public ImmutableArray<int> Numbers(PartState state) => [.. _numbers[state].Order()];

    /// <summary>The states that occur, with the word that people read.</summary>
    public IEnumerable<(PartState State, string Word)> Occurring =>
        Enum.GetValues<PartState>().Where(s => this[s] > 0).Select(s => (s, Word(s)));

    /// <summary>The word that people read.</summary>
    private static string Word(PartState state) => state == PartState.Waiting ? "to come" : Spelling.Kebab(state.ToString());

    private static PartState StateOf(PartStatus part) =>
        part.IsRemoved
            ? PartState.Removed
            : part.State switch
            {
                NodeState.Done => PartState.Done,
                NodeState.Failed => PartState.Failed,
                NodeState.Running or NodeState.Idle or NodeState.Post => PartState.Running,
                NodeState.Held => PartState.Held,
                NodeState.Ready or NodeState.Unready or NodeState.Futile => PartState.Waiting,
                NodeState.Unknown => PartState.Unknown,
            };
}
