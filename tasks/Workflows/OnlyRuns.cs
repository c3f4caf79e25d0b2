using System.Collections.Immutable;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Settings.Options;

namespace Outsource.Workflows;

/// <summary>The runs that <c>--only</c> names.</summary>
public static class OnlyRuns
{
    /// <summary>The runs, or null for all.</summary>
    /// <param name="invocation">What was typed.</param>
    /// <param name="known">The runs of the workflow.</param>
    /// <exception cref="UsageException">One is not a number, or not in this workflow.</exception>
    public static ImmutableSortedSet<int>? Read(Invocation invocation, IEnumerable<int> known)
    {
        if (invocation.Options.Only.IsEmpty)
        {
            return null;
        }

        var runs = known.ToHashSet();
        return
        [
            .. RunNumbers.Read(
                invocation.Options.Only,
                "only",
                runs,
                run => $"run {run} of --only is not in this workflow; its runs are {Text(runs.Order())}."
            ),
        ];
    }

    /// <summary>Whether a node belongs to those runs; nodes that the planner added belong to none.</summary>
    public static bool Has(this ImmutableSortedSet<int>? only, NodeName node) =>
        only is null || (node.Run is { } run && only.Contains(run));

    /// <summary>Runs as text, shortened.</summary>
    public static string Text(IEnumerable<int> runs)
    {
        var all = runs.ToList();
        return all.Count == 0 ? "none" : string.Join(", ", all.Take(20)) + (all.Count > 20 ? $" and {all.Count - 20} more" : "");
    }
}
