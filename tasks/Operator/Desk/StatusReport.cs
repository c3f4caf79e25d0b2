using System.Globalization;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Desk;

/// <summary>The status as the operator sees it.</summary>
/// <param name="status">What is known.</param>
public sealed class StatusReport(WorkflowStatus status)
{
    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        console.Line($"Workflow {status.Name}: {status.StateWords}{(status.Detail is { } detail ? $" ({detail})" : "")}");
        foreach (var line in Facts())
        {
            console.Line(line);
        }

        if (status.Counts.Total > 0)
        {
            console.Line();
            console.Write(Jobs());
        }

        DrawHolds(console);
        foreach (
            var source in status.Sources.Where(s =>
                s.Answer == SourceAnswer.Answered && s.Name.StartsWith("pegasus-", StringComparison.Ordinal)
            )
        )
        {
            console.Line(
                $"{source.Description}{(source.Name == "pegasus-status" && !status.Ended ? " (its monitor may be a minute behind)" : "")}."
            );
        }

        foreach (var warning in status.Warnings)
        {
            console.Line($"Warning: {warning}.");
        }
    }

    /// <summary>The lines outside of the tables.</summary>
    public IEnumerable<string> Facts()
    {
        if (status.Standstill is { } standstill)
        {
            yield return $"{char.ToUpperInvariant(standstill[0])}{standstill[1..]}.";
        }

        if (status.SubmitDirectory is { } folder)
        {
            yield return $"Submit directory {folder}";
        }

        if (status.Counts.Total == 0)
        {
            yield break;
        }

        yield return Course();
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{status.Percent:0.##} % of {Counted.Of(status.Counts.Total, "node")} "
                + $"done{(status.Retried > 0 ? $", {Counted.Of(status.Retried, "retry", "retries")}" : "")}."
        );
        if (PartFact() is { } parts)
        {
            yield return parts;
        }

        foreach (var line in RunFacts())
        {
            yield return line;
        }

        if (status.JobsPerHour is { } rate)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Jobs done per hour so far: {rate:#,0.#}{(status.Eta is { } eta ? $"; at that rate the rest is done {Time(eta)}" : "")}."
            );
        }
    }

    private string Course() =>
        "As of "
        + $"{Time(status.AsOf)}{(status.StartedAt is { } from ? $", {(status.Ended ? "began" : "running since")} {Time(from)}" : "")}"
        + (
            status.Dagmans > 1 && status.BeganAt is { } began
                ? $" ({Counted.Of(status.Dagmans, "start")} so far, the first {Time(began)})"
                : ""
        )
        + $"{(status.LastEventAt is { } last ? $", last event {Time(last)}" : "")}.";

    /// <summary>How far the parts are; null: the workflow is in one piece.</summary>
    private string? PartFact()
    {
        if (status.Parts.IsEmpty)
        {
            return null;
        }

        var counts = new PartCounts(status.Parts);
        return $"{Counted.Of(counts.Total, "part")}: "
            + $"{string.Join(", ", counts.Occurring.Select(c => $"{Number(counts[c.State])} {c.Word}{Which(counts, c.State)}"))}.";
    }

    /// <summary>The numbers of parts for which somebody has to do something.</summary>
    private static string Which(PartCounts counts, PartState state)
    {
        const int Most = 3;
        var numbers = state is PartState.Failed or PartState.Held ? counts.Numbers(state) : [];
        return numbers.IsEmpty ? "" : $" (part {string.Join(", ", numbers.Take(Most))}{(numbers.Length > Most ? ", …" : "")})";
    }

    private IEnumerable<string> RunFacts()
    {
        if (status.Runs.Length == 0)
        {
            yield break;
        }

        yield return $"{Counted.Of(status.Runs.Length, "run")}: "
            + (
                string.Join(
                    ", ",
                    Enum.GetValues<RunState>()
                        .Select(s => (s, n: status.Runs.Count(r => r.State == s)))
                        .Where(c => c.n > 0)
                        .Select(c => $"{Number(c.n)} {StateNames.Spell(c.s)}")
                )
            )
            + ".";
        foreach (var state in new[] { RunState.Failed, RunState.Held })
        {
            if (
                status.Runs.Where(r => r.State == state).Select(r => r.Run.ToString("D6", CultureInfo.InvariantCulture)).ToList() is
                { Count: > 0 } runs
            )
            {
                yield return $"  {StateNames.Spell(state)}: "
                    + $"{string.Join(", ", runs.Take(20))}{(runs.Count > 20 ? $" and {runs.Count - 20} more" : "")}";
            }
        }
    }

    private void DrawHolds(IAnsiConsole console)
    {
        if (status.Holds.IsEmpty)
        {
            return;
        }

        console.Line();
        console.Line($"Held, with {status.Names.System}'s reasons:");
        foreach (var hold in status.Holds)
        {
            console.Line(
                $"  {hold.Nodes.Length} x "
                    + $"{hold.Reason}"
                    + (
                        hold.Code is { } code
                            ? string.Create(
                                CultureInfo.InvariantCulture,
                                $" [code {code}{(hold.Subcode is > 0 ? $", subcode {hold.Subcode}" : "")}]"
                            )
                            : ""
                    )
            );
            console.Line(
                $"      {string.Join(", ", hold.Nodes.Take(5))}{(hold.Nodes.Length > 5 ? $" and {hold.Nodes.Length - 5} more" : "")}"
            );
        }
    }

    private ReportTable Jobs()
    {
        var table = new ReportTable(new JobStatesTable());
        foreach (var job in status.JobNames)
        {
            table.AddRow(Row(job.Ours ? job.Name : $"({job.Name})", job.Counts));
        }

        table.AddRow(Row("total", status.Counts));
        return table;
    }

    private static Cell[] Row(string name, StateCounts counts) =>
        [
            name,
            .. Enum.GetValues<NodeState>().Select(s => new Cell(
                Number(counts[s]),
                s is NodeState.Failed or NodeState.Held && counts[s] > 0 ? new Style(Color.Red) : Style.Plain
            )),
            Number(counts.Total),
        ];

    private static string Number(int number) => number == 0 ? "-" : number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
