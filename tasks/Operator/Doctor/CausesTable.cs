using Outsource.Foundation.Text;

namespace Outsource.Operator.Doctor;

/// <summary>Failed and held jobs by cause.</summary>
public sealed class CausesTable()
    : TableShape(
        "--json",
        Column.Key("Cause"),
        Column.Text("State"),
        Column.Number("Jobs"),
        Column.Number("Runs"),
        Column.Text("Retry helps"),
        Column.Text("Meaning"),
        Column.Text("Sites").LeftOut(1)
    );
