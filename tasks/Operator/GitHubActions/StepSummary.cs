using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Operator.Diff;

namespace Outsource.Operator.GitHubActions;

/// <summary>A dry run as a page of a pipeline (Markdown).</summary>
public static partial class StepSummary
{
    /// <summary>Lines of the difference that are shown.</summary>
    private const int DifferenceLines = 200;

    /// <summary>Characters of such a line that are shown.</summary>
    private const int LongestLine = 500;

    /// <summary>The page.</summary>
    /// <param name="loaded">The configuration.</param>
    /// <param name="runs">Runs considered.</param>
    /// <param name="totals">The ledger's totals.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="difference">To the plan before, or null: there is none.</param>
    public static string Of(LoadedConfiguration loaded, int runs, LedgerTotals totals, JobPlan plan, PlanDifference? difference)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(totals);
        ArgumentNullException.ThrowIfNull(plan);
        var text = new StringBuilder();
        Heading(text, loaded, runs, plan);
        Outcomes(text, totals);
        Line(text, $"");
        Reasons(text, totals);
        Line(text, $"");
        Jobs(text, plan);
        if (difference is not null)
        {
            Difference(text, difference);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Heading(StringBuilder text, LoadedConfiguration loaded, int runs, JobPlan plan)
    {
        var settings = loaded.Settings;
        Line(text, $"## Dry run {Cell(settings.Name)}");
        Line(text, $"");
        var context = $"{Cell(settings.Context)} (straxen {Cell(loaded.Context.StraxenVersion)})";
        Line(text, $"Context {context}, image {Cell(settings.Image.Path)} ({loaded.ProofWord}).");
        Line(text, $"**{plan.Runs:N0} runs, {plan.Jobs:N0} jobs, {plan.Chunks:N0} chunks**; {runs:N0} runs considered.");
        Line(text, $"");
    }

    private static void Outcomes(StringBuilder text, LedgerTotals totals)
    {
        Line(text, $"| Outcome | Lines |");
        Line(text, $"|---|---:|");
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            Line(text, $"| {ReasonCodes.Spell(outcome)} | {totals.Of(outcome):N0} |");
        }

        Line(text, $"| **total** | **{totals.Total:N0}** |");
    }

    private static void Reasons(StringBuilder text, LedgerTotals totals)
    {
        Line(text, $"<details><summary>Reasons</summary>");
        Line(text, $"");
        Line(text, $"| Outcome | Reason | Lines | Example |");
        Line(text, $"|---|---|---:|---|");
        foreach (var (outcome, reason, count, example) in totals.Rows)
        {
            Line(text, $"| {ReasonCodes.Spell(outcome)} | {ReasonCodes.Spell(reason)} | {count:N0} | {Cell(example)} |");
        }

        Line(text, $"");
        Line(text, $"</details>");
    }

    private static void Jobs(StringBuilder text, JobPlan plan)
    {
        Line(text, $"| Job | Jobs | Memory in all, GB | Disk in all, TB |");
        Line(text, $"|---|---:|---:|---:|");
        foreach (var (name, sums) in plan.PerJobName)
        {
            Line(text, $"| {Cell(name)} | {sums.Jobs:N0} | {sums.MemoryMb / 1000.0:N0} | {sums.DiskKb / 1e9:N2} |");
        }
    }

    private static void Difference(StringBuilder text, PlanDifference difference)
    {
        Line(text, $"");
        Line(text, $"### Since {Cell(difference.Before.Name)}");
        Line(text, $"");
        Line(text, $"```text");
        var lines = DifferenceReport
            .Lines(difference)
            .Select(l => UntrustedText.Brief(l, LongestLine).Replace("```", "'''", StringComparison.Ordinal))
            .ToList();
        foreach (var line in lines.Take(DifferenceLines))
        {
            Line(text, $"{line}");
        }

        if (lines.Count > DifferenceLines)
        {
            Line(text, $"… and {lines.Count - DifferenceLines:N0} more lines: --target=Diff shows all");
        }

        Line(text, $"```");
    }

    /// <summary>
    /// A text in a table, on one line and limited in length. Characters that are markup, a link or a mention in Markdown or HTML are
    /// escaped; the backslash first, because it would undo an escape after it.
    /// </summary>
    private static string Cell(string text) =>
        Markup()
            .Replace(
                System.Net.WebUtility.HtmlEncode(UntrustedText.Brief(text)),
                m =>
                    m.Value switch
                    {
                        "://" => "&#58;//",
                        "www." => "www&#46;",
                        "@" => "&#64;",
                        var mark => "\\" + mark,
                    }
            );

    [GeneratedRegex(@"[\\|`*\[~]|://|www\.|@", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Markup();
}
