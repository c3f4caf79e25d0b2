using Outsource.Foundation.Text;

namespace Outsource.Operator.Context;

/// <summary>The data types that the levels of a detector store.</summary>
public sealed class LevelsTable()
    : TableShape(
        "--json",
        Column.Key("Data type"),
        Column.Exact("Level"),
        Column.Text("Why stored"),
        Column.Number("Bytes a row").LeftOut(1),
        Column.Exact("Hash").LeftOut(2)
    );
