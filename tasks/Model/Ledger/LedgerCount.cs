namespace Outsource.Model.Ledger;

/// <summary>What a ledger's lines add up to.</summary>
public sealed class LedgerCount
{
    private (int? Run, string? Position)? _last;

    /// <summary>How often each outcome and reason occurs.</summary>
    public LedgerTotals Totals { get; } = new();

    /// <summary>Runs, documents without a number included.</summary>
    public int Runs { get; private set; }

    /// <summary>Counts lines.</summary>
    public static LedgerCount Of(IEnumerable<LedgerLine> lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var count = new LedgerCount();
        foreach (var line in lines)
        {
            count.Add(line);
        }

        return count;
    }

    /// <summary>Counts the next line. The lines of a run come one after the other.</summary>
    public void Add(LedgerLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        Totals.Add(line);
        AddRunOf(line);
    }

    /// <summary>Counts the run of the next line; its verdict is counted later, in <see cref="Totals"/>.</summary>
    public void AddRunOf(LedgerLine line)
    {
        ArgumentNullException.ThrowIfNull(line);
        Runs += _last == (line.Run, line.Position) ? 0 : 1;
        _last = (line.Run, line.Position);
    }
}
