using System.Collections.Immutable;

namespace Outsource.Model.Ledger;

/// <summary>What was decided, and by which value.</summary>
/// <param name="Code">A reason code; it fixes the outcome.</param>
/// <param name="Detail">The value that decided, in a few words: <c>mode tpc_noise is in exclude_modes</c>.</param>
public sealed record Verdict(string Code, string Detail)
{
    public Outcome Outcome => ReasonCodes.Of(Code).Outcome;
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
public sealed record PlannedInput(InputKind Kind, string Type, string? Did, ImmutableArray<string> Rses, double? SizeMb = null);

/// <summary>One line of the ledger: a run and a data type that was considered, with its one outcome.</summary>
/// <param name="Run">The run, or null for a document without a number.</param>
/// <param name="Position">Where such a document stands in its source; null otherwise.</param>
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

/// <summary>How often each outcome and code occurs, with a run as example.</summary>
public sealed class LedgerTotals
{
    private readonly SortedDictionary<(Outcome Outcome, string Code), (long Count, string Example)> _counts = [];

    /// <summary>Lines counted.</summary>
    public long Total { get; private set; }

    /// <summary>Outcome, code, count, and the first run it occurred at with its detail; outcomes in their order, codes by name.</summary>
    public IEnumerable<(Outcome Outcome, string Code, long Count, string Example)> Rows =>
        _counts.Select(c => (c.Key.Outcome, c.Key.Code, c.Value.Count, c.Value.Example));

    /// <summary>Lines of an outcome.</summary>
    public long Of(Outcome outcome) => _counts.Where(c => c.Key.Outcome == outcome).Sum(c => c.Value.Count);

    public void Add(LedgerLine line)
    {
        Total++;
        var key = (line.Verdict.Outcome, line.Verdict.Code);
        _counts[key] = _counts.TryGetValue(key, out var seen)
            ? (seen.Count + 1, seen.Example)
            : (1, $"{(line.Run is { } run ? $"run {run}" : line.Position)}: {line.Verdict.Detail}");
    }
}
