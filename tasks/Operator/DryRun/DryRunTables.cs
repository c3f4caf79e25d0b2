using Outsource.Foundation.Text;

namespace Outsource.Operator.DryRun;

/// <summary>Lines of the ledger by outcome.</summary>
public sealed class OutcomesTable() : TableShape("--json", Column.Key("Outcome"), Column.Number("Lines"));

/// <summary>What is left out, and why.</summary>
public sealed class LeftOutTable()
    : TableShape("--json", Column.Key("Outcome"), Column.Key("Reason"), Column.Number("Lines"), Column.Text("Example").LeftOut(1));

/// <summary>Jobs by name.</summary>
public sealed class PlannedJobsTable()
    : TableShape(
        "--json",
        Column.Key("Job"),
        Column.Number("Jobs"),
        Column.Number("Memory each, MB"),
        Column.Number("Disk each, GB"),
        Column.Number("Memory in all, GB").LeftOut(2),
        Column.Number("Disk in all, TB").LeftOut(1)
    );

/// <summary>What the jobs ask for at each attempt.</summary>
public sealed class AttemptsTable()
    : TableShape(
        "--json",
        Column.Key("Attempt"),
        Column.Number("Memory in all, GB"),
        Column.Number("Disk in all, TB"),
        Column.Number("Most memory, MB"),
        Column.Text("Held after").LeftOut(1)
    );
