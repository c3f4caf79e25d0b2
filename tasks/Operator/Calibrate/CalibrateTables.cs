using Outsource.Foundation.Text;

namespace Outsource.Operator.Calibrate;

/// <summary>What finished jobs used and asked for.</summary>
public sealed class CalibrateTable()
    : TableShape(
        "--json",
        Column.Key("Jobs of"),
        Column.Key("Amount"),
        Column.Number("Finished"),
        Column.Number("By try").LeftOut(3),
        Column.Number("Used"),
        Column.Number("Asked for").LeftOut(2),
        Column.Number("Now over, %").LeftOut(1),
        Column.Text("Line")
    );

/// <summary>What is proposed.</summary>
public sealed class ProposalsTable()
    : TableShape("--json", Column.Key("Proposed for"), Column.Number("Now"), Column.Number("Proposed"), Column.Text("Why").LeftOut(1));
