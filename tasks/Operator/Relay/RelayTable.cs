using Outsource.Foundation.Text;

namespace Outsource.Operator.Relay;

/// <summary>What a relay does, by state.</summary>
public sealed class RelayTable()
    : TableShape(
        RelayReport.FileName,
        Column.Key("State"),
        Column.Text("What happens").LeftOut(1),
        Column.Number("Runs and detectors"),
        Column.Number("Missing parts").IfUsed().LeftOut(2),
        Column.Exact("Run numbers")
    );
