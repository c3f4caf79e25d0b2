using Outsource.Foundation.Text;

namespace Outsource.Operator.Runs;

/// <summary>Runs by mode, source and detectors.</summary>
public sealed class RunKindsTable()
    : TableShape(
        "--json",
        Column.Key("Mode"),
        Column.Key("Source"),
        Column.Key("Detectors"),
        Column.Number("Runs"),
        Column.Exact("Run numbers")
    );

/// <summary>Runs by tag.</summary>
public sealed class RunTagsTable() : TableShape("--json", Column.Key("Tag"), Column.Number("Runs"), Column.Exact("Run numbers"));

/// <summary>Runs by stored data type.</summary>
public sealed class StoredTypesTable()
    : TableShape(
        "--json",
        Column.Key("Data type"),
        Column.Number("In Rucio"),
        Column.Number("Elsewhere or on the way").LeftOut(1),
        Column.Exact("Run numbers")
    );
