using Outsource.Foundation.Text;

namespace Outsource.Operator.Locate;

/// <summary>Where raw data is.</summary>
public sealed class RawPlacesTable()
    : TableShape(
        "--json",
        Column.Key("Run"),
        Column.Key("Raw type"),
        Column.Text("RSE"),
        Column.Text("State"),
        Column.Text("Hash").LeftOut(3),
        Column.Number("Chunks").LeftOut(2),
        Column.Number("MB"),
        Column.Number("Unpacked MB").LeftOut(1)
    );
