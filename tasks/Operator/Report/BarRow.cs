namespace Outsource.Operator.Report;

/// <summary>A row of a table with a bar.</summary>
/// <param name="Cells">Its cells; the first is its name.</param>
/// <param name="Amount">The length of the bar, relative to the longest of the table.</param>
/// <param name="Part">The part of it that has the colour of what is processed.</param>
/// <param name="Over">Whether the rest of the bar has the colour of what is wrong; a cell says so too.</param>
internal sealed record BarRow(IReadOnlyList<string> Cells, double Amount, double Part = 0, bool Over = false)
{
    /// <summary>The filter of the ledger that shows the lines of this row, as it stands in the address; null: there is none.</summary>
    public string? Filter { get; init; }
}
