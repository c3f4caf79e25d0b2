using Outsource.Foundation.Text;

namespace Outsource.Operator.Statistics;

/// <summary>What jobs of a resources test used, by level and detector.</summary>
public sealed class ResourcesTable()
    : TableShape(
        null,
        Column.Key("Detector"),
        Column.Key("Level"),
        Column.Number("Measured"),
        Column.Number("Peak at most, MB"),
        Column.Number("Asked, MB").LeftOut(2),
        Column.Number("Used of it, %"),
        Column.Number("Disk at most, MB").LeftOut(1),
        Column.Number("Used of asked disk, %").LeftOut(3),
        Column.Number("Proposed slope"),
        Column.Number("Constant, MB")
    );
