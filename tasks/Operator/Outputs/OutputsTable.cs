using Outsource.Foundation.Text;

namespace Outsource.Operator.Outputs;

/// <summary>Results by run and data type.</summary>
public sealed class OutputsTable()
    : TableShape(null, Column.Key("Run"), Column.Key("Type"), Column.Text("State"), Column.Number("MB"), Column.Exact("Where"));
