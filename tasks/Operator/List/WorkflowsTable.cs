using Outsource.Foundation.Text;

namespace Outsource.Operator.List;

/// <summary>All workflows.</summary>
public sealed class WorkflowsTable()
    : TableShape(
        "--json",
        Column.Key("Name"),
        Column.Text("State"),
        Column.Exact("Made, UTC"),
        Column.Number("Done, %"),
        Column.Number("Nodes").LeftOut(2),
        Column.Number("Failed").LeftOut(6),
        Column.Number("Held").LeftOut(5),
        Column.Number("Runs").LeftOut(3),
        Column.Exact("Arguments"),
        Column.Exact("Submitted, UTC").LeftOut(4),
        Column.Exact("Submit directory").LeftOut(1)
    );
