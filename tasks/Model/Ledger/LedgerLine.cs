using System.Collections.Immutable;

namespace Outsource.Model.Ledger;

/// <summary>What was decided, and by which value.</summary>
/// <param name="Reason">The reason; it fixes the outcome.</param>
/// <param name="Detail">The value that decided, in a few words: <c>mode tpc_noise is in exclude_modes</c>.</param>
public sealed record Verdict(Reason Reason, string Detail)
{
    public Outcome Outcome => ReasonCodes.Of(Reason).Outcome;
}

/// <summary>Where the input of a data type comes from.</summary>
public enum InputKind
{
    /// <summary>Raw data at RSEs.</summary>
    Raw,

    /// <summary>A stored data type at RSEs.</summary>
    Stored,

    /// <summary>Another type that this workflow makes.</summary>
    Workflow,

    /// <summary>Neither stored nor made here: the job makes it on its own, from raw data at RSEs.</summary>
    MadeByJob,
}

/// <summary>The input of a data type that is to be processed.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Type">The type it is made from.</param>
/// <param name="Did">DID of the dataset; null for <see cref="InputKind.Workflow"/>.</param>
/// <param name="Rses">The RSEs that a job may read it from, ascending, each once; empty for <see cref="InputKind.Workflow"/>.</param>
/// <param name="SizeMb">Its size in MB as the run document says, or null.</param>
public sealed record PlannedInput(InputKind Kind, string Type, string? Did, ImmutableArray<string> Rses, double? SizeMb = null)
{
    /// <summary>What the plan has to know about a level; null: the line is not of a level.</summary>
    public LevelWork? Level { get; init; }
}

/// <summary>One line of the ledger: a run and a data type that was considered, with its one outcome.</summary>
/// <param name="Run">The run, or null for a document without a number.</param>
/// <param name="Position">Where such a document is in its source; null otherwise.</param>
/// <param name="Type">The data type asked for.</param>
/// <param name="Verdict">What was decided.</param>
/// <param name="Stage">The stage that decided.</param>
/// <param name="Input">What it is made from, when it is to be processed.</param>
/// <param name="Was">What FilterModes had decided, where a later stage decided otherwise.</param>
public sealed record LedgerLine(
    int? Run,
    string? Position,
    string Type,
    Verdict Verdict,
    string Stage,
    PlannedInput? Input = null,
    Verdict? Was = null
)
{
    /// <summary>The line as FilterModes had it.</summary>
    public LedgerLine Original(string filterStage) => Was is null ? this : this with { Verdict = Was, Stage = filterStage, Was = null };
}
