using System.Collections.Immutable;
using Outsource.Model.Runs;

namespace Outsource.Model.Reconciling;

/// <summary>What would mend a disagreement.</summary>
public enum RepairKind
{
    /// <summary>An entry of the RunDB is removed.</summary>
    RemoveEntry,

    /// <summary>An entry is added to the RunDB.</summary>
    Enter,

    /// <summary>What is complete on this machine is uploaded: a command of Rucio.</summary>
    UploadAgain,

    /// <summary>A rule is added: a command of Rucio.</summary>
    AddRule,

    /// <summary>A rule is looked at: a command of Rucio.</summary>
    LookAtRule,

    /// <summary>The files of a dataset are looked at: a command of Rucio.</summary>
    LookAtFiles,

    /// <summary>The data is made once more, by a new workflow.</summary>
    MakeAgain,
}

/// <summary>A step that would mend a disagreement.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Data">About which data.</param>
public sealed record RepairStep(RepairKind Kind, ExpectedData Data)
{
    /// <summary>The RSE; null: none is needed.</summary>
    public string? Rse { get; init; }

    /// <summary>The entry that is removed.</summary>
    public DataEntry? Entry { get; init; }

    /// <summary>Whether another entry like the one that is removed stays.</summary>
    public bool KeepsOne { get; init; }

    /// <summary>Files of the dataset, for its entry.</summary>
    public int Files { get; init; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The rule, for a command.</summary>
    public string? Rule { get; init; }

    /// <summary>All entries of this type of the run that the RunDB had when the step was found.</summary>
    public ImmutableArray<DataEntry> Seen { get; init; } = [];

    /// <summary>What tells it from other steps, in the journal.</summary>
    public string Key => $"{Spell(Kind)} {Data.Did} {Rse}";

    /// <summary>Whether this program can do it; else it is a command or a run list.</summary>
    public bool IsOurs => Kind is RepairKind.RemoveEntry or RepairKind.Enter;

    /// <summary>The code of a kind: <c>remove-entry</c>.</summary>
    public static string Spell(RepairKind kind) =>
        kind switch
        {
            RepairKind.RemoveEntry => "remove-entry",
            RepairKind.Enter => "enter",
            RepairKind.UploadAgain => "upload-again",
            RepairKind.AddRule => "add-rule",
            RepairKind.LookAtRule => "look-at-rule",
            RepairKind.LookAtFiles => "look-at-files",
            RepairKind.MakeAgain => "make-again",
        };
}

/// <summary>What was found about a data type of a run, and what would mend it.</summary>
/// <param name="Data">The data.</param>
/// <param name="Outcome">What was found.</param>
/// <param name="Detail">The values that decided, a main clause without a full stop.</param>
public sealed record Finding(ExpectedData Data, ReconcileOutcome Outcome, string Detail)
{
    /// <summary>The RSE where it is; null: none.</summary>
    public string? Rse { get; init; }

    /// <summary>What would mend it, in the order in which it is done; empty: nothing can or need be done.</summary>
    public ImmutableArray<RepairStep> Steps { get; init; } = [];
}
