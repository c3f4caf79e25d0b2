using Outsource.Foundation.Text;

namespace Outsource.Operator.Clean;

/// <summary>Workflows that may be deleted.</summary>
public sealed class DeletableTable()
    : TableShape(
        "--json",
        Column.Key("May be deleted"),
        Column.Text("State"),
        Column.Text("Age"),
        Column.Number("MB"),
        Column.Exact("What goes")
    );
