namespace Outsource.Operator.Report;

/// <summary>A row of a table with a bar.</summary>
/// <param name="Cells">Its cells, the first is its name.</param>
/// <param name="Amount">Length of the bar, against the longest of the table.</param>
/// <param name="Part">Of that, what is drawn in the colour of what is processed.</param>
/// <param name="Over">Whether what is beyond the part is drawn in the colour of what is wrong; a cell says so too.</param>
internal sealed record BarRow(IReadOnlyList<string> Cells, double Amount, double Part = 0, bool Over = false);
