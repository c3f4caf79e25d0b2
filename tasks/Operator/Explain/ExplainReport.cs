using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;
using Spectre.Console;

namespace Outsource.Operator.Explain;

/// <summary>An explanation as the operator sees it.</summary>
/// <param name="run">The explained run.</param>
/// <param name="askedAt">When the run document was requested, UTC.</param>
/// <param name="source">Its source.</param>
public sealed class ExplainReport(ExplainedRun run, DateTimeOffset askedAt, string source)
{
    /// <summary>Whether it was requested again.</summary>
    public bool Fresh { get; init; }

    /// <summary>Draws it.</summary>
    public void Draw(IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        foreach (var line in Lines())
        {
            console.Line(line);
        }
    }

    /// <summary>The lines; each run ends with an empty one.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var line in Documented().Append("").Append("  The run as a whole:").Concat(Chain(run.OfRun)))
        {
            yield return line;
        }

        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in run.Whole ? AsOne() : run.Types.SelectMany(type => OfType(type, told)))
        {
            yield return line;
        }

        yield return "";
    }

    /// <summary>The run document, and the result for the run as a whole.</summary>
    private IEnumerable<string> Documented()
    {
        var document = run.Document;
        yield return InOneLine();
        yield return "";
        yield return $"Run {RunDocument.Padded(document.Number!.Value)} {(Fresh ? "asked again" : $"in workflow {run.Workflow}")}, "
            + $"as {source} had it at {askedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}";
        yield return $"  mode {document.Mode ?? "(none)"}, source {document.Source ?? "(none)"}, detectors {List(document.Detectors)}, "
            + $"tags {List(document.Tags)}, from {document.Start ?? "(unknown)"} to {document.End ?? "(unknown)"}";
        foreach (var entry in document.Data)
        {
            yield return $"  {entry.Type}: {entry.Status ?? "no status"} at "
                + $"{entry.Location ?? "(no place)"}"
                + $"{(entry.InRucio || entry.IsLocal ? $", hash {entry.Hash}" : $", {entry.Host ?? "no host"}, not in Rucio")}"
                + $"{(entry.SizeMb is { } size ? string.Create(CultureInfo.InvariantCulture, $", {size:N0} MB") : "")}";
        }

        yield return "  Outcomes: "
            + (
                string.Join(
                    "; ",
                    run.Types.GroupBy(t => (t.Line.Verdict.Outcome, t.Line.Verdict.Reason))
                        .OrderBy(g => g.Key.Outcome)
                        .Select(g =>
                            $"{ReasonCodes.Spell(g.Key.Outcome)}, {ReasonCodes.Spell(g.Key.Reason)}: "
                            + string.Join(", ", g.Select(t => t.Line.Type))
                        )
                )
            );
    }

    /// <summary>What will be made, or why nothing will.</summary>
    private string InOneLine()
    {
        var number = run.Document.Number!.Value;
        var made = run.Types.Where(t => t.Line.Verdict.Outcome == Outcome.Process).Select(t => t.Line.Type).ToList();
        if (made.Count > 0)
        {
            return $"run {number}: {string.Join(", ", made)} will be made ({made.Count} of {Counted.Of(run.Types.Length, "data type")})";
        }

        // A type that does not belong to such a run says least about the run; otherwise the reason that most types have.
        var main = run
            .Types.GroupBy(t => t.Line.Verdict.Reason)
            .OrderBy(g => ReasonCodes.Of(g.Key).Outcome == Outcome.NotApplicable)
            .ThenByDescending(g => g.Count())
            .First()
            .First();
        return $"run {number}: nothing will be made: {main.Line.Verdict.Detail}";
    }

    /// <summary>The types of a run that is left out as a whole: they have one reason.</summary>
    private IEnumerable<string> AsOne()
    {
        var first = run.Types[0];
        yield return $"  {(run.Types.Length == 1 ? "The one data type" : $"All {run.Types.Length} data types")}: {Verdict(first.Line)}";

        // After a change for the run, a type may still be left out: then each type lists its own changes.
        var alike = run.Types.GroupBy(t => string.Join('\n', t.Remedies.Select(c => c.Text)), StringComparer.Ordinal).ToList();
        foreach (
            var line in alike.SelectMany(g =>
                Changes(g.First().Remedies, alike.Count == 1 ? "" : $", {string.Join(", ", g.Select(t => t.Line.Type))}")
            )
        )
        {
            yield return line;
        }
    }

    /// <param name="type">The type.</param>
    /// <param name="told">Text of remedies → the type that they were shown for: the same text is shown once.</param>
    private static IEnumerable<string> OfType(ExplainedType type, Dictionary<string, string> told)
    {
        yield return "";
        yield return $"  {type.Line.Type}: {Verdict(type.Line)}";
        var remedies = string.Join('\n', type.Remedies.Select(c => c.Text));
        var changes =
            remedies.Length == 0 || told.TryAdd(remedies, type.Line.Type)
                ? Changes(type.Remedies)
                : [$"    to change it: as for {told[remedies]}"];
        foreach (var line in Chain(type.Decisions).Concat(changes))
        {
            yield return line;
        }

        if (type.Jobs is { } jobs)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"    jobs {jobs.ProcessingJobs:N0} x {jobs.JobName}, each "
                    + $"{Amounts(jobs.Resources)}"
                    + $"{(jobs.CombineResources is { } combine ? $"; 1 x {jobs.CombineName}, {Amounts(combine)}" : "")}"
                    + $"{(jobs.Parents.IsEmpty ? "" : $"; after {string.Join(", ", jobs.Parents)}")}"
            );
            yield return $"    requirements {jobs.Requirements}";
        }
    }

    private static IEnumerable<string> Chain(IEnumerable<Decision> decisions) =>
        decisions.Select(d => $"    {(d.Yes ? "yes" : "no ")} {Rules.Spell(d.Rule),-16} {d.Value}");

    private static IEnumerable<string> Changes(ImmutableArray<Remedy> remedies, string types = "") =>
        remedies.Select((remedy, i) => $"    {(i == 0 ? $"to change it{types}:" : "         then:")} {remedy.Text}");

    private static string Verdict(LedgerLine line)
    {
        var reason = ReasonCodes.Of(line.Verdict.Reason);
        return $"{ReasonCodes.Spell(reason.Outcome)}, {reason.Code} ({reason.Meaning})";
    }

    private static string Amounts(Resources each) =>
        string.Create(CultureInfo.InvariantCulture, $"{each.MemoryMb:N0} MB memory, {each.DiskKb / 1e6:N0} GB disk");

    private static string List(ImmutableArray<string> words) => words.IsEmpty ? "(none)" : string.Join(", ", words);
}
