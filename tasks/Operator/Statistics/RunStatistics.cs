using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Statistics;

/// <summary>Sums of one job name.</summary>
/// <param name="Name">Job name.</param>
/// <param name="Nodes">Its nodes that were tried.</param>
/// <param name="Retried">Number of retries.</param>
/// <param name="Wall">Time on machines.</param>
/// <param name="Lost">Of that, in attempts that failed or were removed.</param>
/// <param name="MemoryMb">Maximum memory used, or null.</param>
/// <param name="MemoryAskedMb">The request of the job that used most, or null.</param>
public sealed record NameStatistics(string Name, int Nodes, int Retried, TimeSpan Wall, TimeSpan Lost, long? MemoryMb, long? MemoryAskedMb);

/// <summary>
/// Times and amounts from the logs of HTCondor and DAGMan, available also without Pegasus' database. They include all DAGMans of the
/// workflow.
/// </summary>
/// <param name="status">What is known.</param>
public sealed class RunStatistics(WorkflowStatus status)
{
    /// <summary>Per job name, ours first.</summary>
    public ImmutableArray<NameStatistics> PerName { get; } =
    [
        .. status
            .Nodes.Where(n => n.Tries > 0)
            .GroupBy(n => (n.Name.Ours, n.Name.Job))
            .OrderByDescending(g => g.Key.Ours)
            .ThenBy(g => g.Key.Job, StringComparer.Ordinal)
            .Select(g =>
            {
                var most = g.MaxBy(n => n.Memory?.Used ?? -1)!.Memory;
                return new NameStatistics(
                    g.Key.Job,
                    g.Count(),
                    g.Sum(n => n.Tries - 1),
                    Sum(g.Select(n => n.Wall)),
                    Sum(g.Select(n => n.Lost)),
                    most?.Used,
                    most?.Requested
                );
            }),
    ];

    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        var span = status.BeganAt is { } from && status.LastEventAt is { } to ? Text(to - from) : "unknown";
        console.Line(
            $"Workflow {status.Name}: {status.StateWords}, {span} from first to last "
                + $"event{(status.Dagmans > 1 ? $"; {Counted.Of(status.Dagmans, "start")}, all of them in these sums" : "")}."
        );
        var table = new ReportTable(new JobSumsTable());
        foreach (var name in PerName)
        {
            table.AddRow(
                name.Name,
                Number(name.Nodes),
                Number(name.Retried),
                Text(name.Wall),
                Text(name.Wall / name.Nodes),
                Text(name.Lost),
                Number(name.MemoryMb),
                Number(name.MemoryAskedMb)
            );
        }

        console.Write(table);
    }

    private static TimeSpan Sum(IEnumerable<TimeSpan> spans) => new(spans.Sum(s => s.Ticks));

    private static string Text(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:D2}:{span.Seconds:D2}");

    private static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";
}
