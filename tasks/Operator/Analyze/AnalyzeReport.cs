using System.Globalization;
using Outsource.Engines.State;
using Outsource.Foundation.Text;
using Outsource.Workflows;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Analyze;

/// <summary>The failures as the operator sees them.</summary>
public static class AnalyzeReport
{
    /// <summary>Shows the state of the workflow if that explains most: it was halted, nothing moves, or its DAGMan is gone.</summary>
    public static void DrawState(IAnsiConsole console, WorkflowStatus status)
    {
        if (
            status.State
                is WorkflowState.Halted
                    or WorkflowState.Held
                    or WorkflowState.Removing
                    or WorkflowState.Removed
                    or WorkflowState.Unknown
            && status.Detail is { } detail
        )
        {
            console.Line($"It is {StateNames.Spell(status.State)}: {detail}.");
        }

        if (status.Standstill is { } standstill)
        {
            console.Line($"{char.ToUpperInvariant(standstill[0])}{standstill[1..]}.");
        }
    }

    /// <summary>Draws the groups.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="heading">Stands above them; null: nothing does.</param>
    public static void Draw(IAnsiConsole console, IEnumerable<FailureGroup> groups, string? heading = null)
    {
        if (heading is not null)
        {
            console.Line();
            console.Line(heading);
        }

        foreach (var group in groups)
        {
            console.Line();
            foreach (var line in Lines(group))
            {
                console.Line(line);
            }
        }
    }

    /// <summary>One group.</summary>
    public static IEnumerable<string> Lines(FailureGroup group)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{group.Nodes.Length} x {group.Cause.Title}");
        if (group.Cause.Description is { } words)
        {
            yield return $"    {words}";
        }

        yield return "    jobs: "
            + $"{string.Join(", ", group.Nodes.Take(5).Select(n => n.Node.Name))}"
            + $"{(group.Nodes.Length > 5 ? string.Create(CultureInfo.InvariantCulture, $" and {group.Nodes.Length - 5} more") : "")}";
        if (group.Nodes.Select(n => n.Name.Run).OfType<int>().Distinct().Order().ToList() is { Count: > 0 } runs)
        {
            yield return $"    runs: {OnlyRuns.Text(runs)}";
        }

        if (!group.Hosts.IsEmpty)
        {
            yield return $"    machines: {string.Join(", ", group.Hosts.Take(5))}{(group.Hosts.Length > 5 ? ", …" : "")}";
        }

        if (group.MemoryUsed is not null || group.DiskUsed is not null)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"    at most: memory {Amount(group.MemoryUsed, group.MemoryAsked, "MB")}, disk "
                    + $"{Amount(group.DiskUsed, group.DiskAsked, "KB")}"
            );
        }

        foreach (var line in group.LastWords)
        {
            yield return $"    | {line}";
        }
    }

    /// <summary>What the patterns found.</summary>
    public static void Draw(IAnsiConsole console, IReadOnlyList<PatternFinds> finds, int logs)
    {
        console.Line();
        console.Line(string.Create(CultureInfo.InvariantCulture, $"Patterns, in {Counted.Of(logs, "log")}:"));
        foreach (var find in finds)
        {
            console.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {find.Name}: {Counted.Of(find.Lines, "line")} in "
                        + $"{Counted.Of(find.Nodes.Count, "job")}{(find.Example is null ? "" : $", first {find.Example}")}"
                )
            );
        }
    }

    private static string Amount(long? used, long? asked, string unit) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{(used is { } u ? $"{u}" : "unknown")} of "
                + $"{(asked is { } a ? $"{a} {unit} asked for{(used > a ? " (over)" : "")}" : $"unknown {unit}")}"
        );
}
