using System.Globalization;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Engines.State;
using Outsource.Foundation.Text;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.List;

/// <summary>All workflows in one table, the oldest first.</summary>
/// <param name="workflows">Their states.</param>
public sealed class WorkflowList(IReadOnlyList<WorkflowStatus> workflows)
{
    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        var table = ReportTables.New(
            console,
            "Name",
            "State",
            "#Done, %",
            "#Nodes",
            "#Failed",
            "#Held",
            "#Runs",
            "Submitted",
            "Submit directory"
        );
        foreach (var one in workflows)
        {
            table.AddRow(
                new Cell(one.Name),
                new Cell(
                    one.StateWords,
                    one.State is WorkflowState.Failed ? new Style(Color.Red)
                        : one.State is WorkflowState.Succeeded ? new Style(Color.Green)
                        : Style.Plain
                ),
                new Cell(one.Percent?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-"),
                Number(one.Counts.Total),
                Number(one.Counts[NodeState.Failed]),
                Number(one.Counts[NodeState.Held]),
                Number(one.Runs.Length),
                new Cell(one.SubmittedAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-"),
                new Cell(one.SubmitDirectory ?? "-")
            );
        }

        console.Write(table);
        foreach (var one in workflows)
        {
            foreach (
                var sentence in one
                    .Damage.Select(d => d.TrimEnd('.'))
                    .Concat(new[] { one.Standstill, one.State == WorkflowState.Unknown ? one.Detail : null }.OfType<string>())
            )
            {
                console.Line($"{one.Name}: {sentence}.");
            }
        }
    }

    private static Cell Number(int number) => new(number == 0 ? "-" : number.ToString("N0", CultureInfo.InvariantCulture));
}
