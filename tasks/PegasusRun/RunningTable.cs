using Outsource.Foundation.Text;

namespace Outsource.PegasusRun;

/// <summary>How far the jobs are that run on this machine.</summary>
public sealed class RunningTable()
    : TableShape(
        "--target=Status --json",
        [
            Column.Key("Workflow"),
            Column.Number("Done"),
            Column.Number("Running"),
            Column.Number("Failed"),
            Column.Number("Held").IfUsed().LeftOut(2),
            Column.Number("Ready").LeftOut(5),
            Column.Number("Waiting").LeftOut(4),
            Column.Number("Retries").IfUsed().LeftOut(3),
            Column.Number("Cores").LeftOut(6),
            Column.Number("Memory MB").LeftOut(7),
            Column.Number("Left").LeftOut(1),
        ]
    );
