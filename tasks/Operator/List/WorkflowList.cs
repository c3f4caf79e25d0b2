using System.Globalization;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.Operator.List;

/// <summary>All workflows in one table, the plan that was made last first.</summary>
/// <param name="workflows">The workflows.</param>
public sealed class WorkflowList(IReadOnlyList<ListedWorkflow> workflows)
{
    private readonly List<ListedWorkflow> _newest =
    [
        .. workflows
            .OrderByDescending(w => w.MadeAt ?? w.Status.SubmittedAt ?? DateTimeOffset.MinValue)
            .ThenByDescending(w => w.Status.Name, StringComparer.Ordinal),
    ];

    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        var table = new ReportTable(new WorkflowsTable());
        foreach (var listed in _newest)
        {
            var one = listed.Status;
            table.AddRow(
                new Cell(one.Name),
                new Cell(
                    one.StateWords,
                    one.State is WorkflowState.Failed ? new Style(Color.Red)
                        : one.State is WorkflowState.Succeeded ? new Style(Color.Green)
                        : Style.Plain
                ),
                Time(listed.MadeAt),
                new Cell(one.Percent?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-"),
                Number(one.Counts.Total),
                Number(one.Counts[NodeState.Failed]),
                Number(one.Counts[NodeState.Held]),
                Number(one.Runs.Length),
                new Cell(listed.ArgumentsInBrief is { Length: > 0 } typed ? typed : "-"),
                Time(one.SubmittedAt),
                new Cell(one.SubmitDirectory ?? "-")
            );
        }

        console.Write(table);
        foreach (var one in _newest.Select(w => w.Status))
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

    /// <summary>The submit directories, a line each.</summary>
    public IEnumerable<string> Directories() =>
        _newest.Where(w => w.Status.SubmitDirectory is not null).Select(w => $"{w.Status.Name}: {w.Status.SubmitDirectory}");

    private static Cell Number(int number) => new(number == 0 ? "-" : number.ToString("N0", CultureInfo.InvariantCulture));

    private static Cell Time(DateTimeOffset? time) =>
        new(time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-");
}
