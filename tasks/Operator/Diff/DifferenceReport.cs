using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;

namespace Outsource.Operator.Diff;

/// <summary>A difference as text.</summary>
public static class DifferenceReport
{
    /// <summary>Number of runs that are listed; of more only the number is shown.</summary>
    private const int RunsShown = 50;

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(PlanDifference difference)
    {
        ArgumentNullException.ThrowIfNull(difference);
        if (difference.IsEmpty)
        {
            yield return $"The plans {difference.Before.Name} and {difference.After.Name} are equal: same settings, same outcomes and "
                + "reasons, same jobs.";
            yield break;
        }

        yield return $"From plan {difference.Before.Name} to plan {difference.After.Name}:";
        foreach (
            var line in Section("Settings and versions", difference.Settings)
                .Concat(Section("Lineage hashes", difference.Hashes))
                .Concat(Section("Lines of the ledger", difference.Outcomes))
                .Concat(Section("Lines with another reason", difference.Reasons))
                .Concat(Runs(difference.Runs))
                .Concat(Section("Jobs", difference.Jobs))
                .Concat(Section("Requests of jobs in both plans", difference.Requests))
        )
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Section(string title, ImmutableArray<ChangedValue> values)
    {
        if (values.IsEmpty)
        {
            yield break;
        }

        yield return "";
        yield return $"{title}:";
        foreach (var value in values)
        {
            yield return $"  {value.What}: {value.Before ?? "(none)"} -> "
                + $"{value.After ?? "(none)"}{(value.Remark is { } remark ? $"  [{remark}]" : "")}";
        }
    }

    private static IEnumerable<string> Runs(ImmutableArray<ChangedRun> runs)
    {
        if (runs.IsEmpty)
        {
            yield break;
        }

        yield return "";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Runs: {runs.Count(r => r.Whole && !r.Entered.IsEmpty):N0} added, {runs.Count(r => r.Whole && !r.Left.IsEmpty):N0} "
                + $"removed, {Counted.Of(runs.Count(r => !r.Whole), "has", "have")} other types."
        );
        foreach (var run in runs.Take(RunsShown))
        {
            var words = (run.Whole, run.Entered.IsEmpty) switch
            {
                (true, false) => $"added with {string.Join(", ", run.Entered)}; it was left out by",
                (true, true) => $"removed; it is left out by",
                _ => $"{string.Join(", ", run.Entered.Select(t => "+" + t).Concat(run.Left.Select(t => "-" + t)))};",
            };
            yield return $"  {RunDocument.Padded(run.Run)} {words} {run.Why}";
        }

        if (runs.Length > RunsShown)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  and {runs.Length - RunsShown:N0} more");
        }
    }
}
