namespace Outsource.Model.Ledger;

/// <summary>How often a reason occurs.</summary>
/// <param name="Outcome">Its outcome.</param>
/// <param name="Reason">The reason.</param>
/// <param name="Count">Lines with it.</param>
/// <param name="Example">The first run it occurred at, with its detail.</param>
public sealed record LedgerRow(Outcome Outcome, Reason Reason, long Count, string Example);

/// <summary>How often each outcome and reason occurs, with a run as example.</summary>
public sealed class LedgerTotals
{
    private readonly (long Count, string Example)[] _counts = new (long, string)[ReasonCodes.All.Length];

    /// <summary>Lines counted.</summary>
    public long Total { get; private set; }

    /// <summary>The reasons that occur; outcomes in their order, reasons by code.</summary>
    public IEnumerable<LedgerRow> Rows =>
        ReasonCodes
            .All.Where(r => _counts[(int)r.Reason].Count > 0)
            .OrderBy(r => r.Outcome)
            .ThenBy(r => r.Code, StringComparer.Ordinal)
            .Select(r => new LedgerRow(r.Outcome, r.Reason, _counts[(int)r.Reason].Count, _counts[(int)r.Reason].Example));

    /// <summary>Lines of an outcome.</summary>
    public long Of(Outcome outcome) => ReasonCodes.All.Where(r => r.Outcome == outcome).Sum(r => _counts[(int)r.Reason].Count);

    public void Add(LedgerLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        Add(line.Run, line.Position, line.Verdict);
    }

    /// <summary>Counts the verdict of a line.</summary>
    /// <param name="run">Its run, or null.</param>
    /// <param name="position">Where the document of the run is, if it has no number.</param>
    /// <param name="verdict">The verdict.</param>
    public void Add(int? run, string? position, Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        Total++;
        ref var seen = ref _counts[(int)verdict.Reason];
        seen.Example ??= $"{(run is { } number ? $"run {number}" : position)}: {verdict.Detail}";
        seen.Count++;
    }
}
