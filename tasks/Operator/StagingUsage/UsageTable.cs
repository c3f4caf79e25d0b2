using Outsource.Foundation.Text;

namespace Outsource.Operator.StagingUsage;

/// <summary>What a workflow has at the staging site, by kind of output.</summary>
public sealed class UsageTable()
    : TableShape(
        "--json",
        Column.Key("Output"),
        Column.Number("Files"),
        Column.Number("MB"),
        Column.Number("Largest MB").LeftOut(1)
    );
