using Outsource.Foundation.Text;

namespace Outsource.Operator.Statistics;

/// <summary>Times and memory by job name.</summary>
public sealed class JobSumsTable()
    : TableShape(
        null,
        Column.Key("Job"),
        Column.Number("Tried"),
        Column.Number("Again").LeftOut(3),
        Column.Number("Time, all"),
        Column.Number("Time, each").LeftOut(1),
        Column.Number("Time lost").LeftOut(2),
        Column.Number("Memory at most, MB"),
        Column.Number("Asked for, MB").LeftOut(4)
    );
