using Outsource.Foundation.Text;

namespace Outsource.Operator.Reconcile;

/// <summary>How many data types of runs have each outcome.</summary>
public sealed class OutcomeTotalsTable()
    : TableShape("--json", Column.Key("Outcome"), Column.Number("Datasets"), Column.Text("Meaning").LeftOut(1));

/// <summary>What does not agree, and what would mend it.</summary>
public sealed class DisagreementsTable()
    : TableShape(
        "--json",
        Column.Key("Run"),
        Column.Key("Type"),
        Column.Text("Outcome"),
        Column.Text("What was found").LeftOut(1),
        Column.Text("Steps")
    );
