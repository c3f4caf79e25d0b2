using Outsource.Engines.Records;
using Outsource.Foundation.Text;
using Outsource.Workflows;

namespace Outsource.Operator.Resubmit;

/// <summary>The plan of Resubmit, shown before it is done.</summary>
public static class ResubmitReport
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(string name, Rescue rescue, IReadOnlyList<Change> changes)
    {
        var failed = rescue.Open.Count(n => n.State == NodeState.Failed);
        yield return $"Resubmit: workflow {name} continues: {Counted.Of(rescue.Open.Length, "node is", "nodes are")} not done, {failed} "
            + $"failed; {Counted.Of(rescue.Tried.Length, "of our jobs is", "of our jobs are")} tried.";
        if (!rescue.LeftAlone.IsEmpty)
        {
            var runs = rescue.LeftAlone.Select(n => n.Name.Run!.Value).Distinct().Order().ToList();
            yield return $"Skipped for now: {Counted.Of(rescue.LeftAlone.Length, "job")} of {Counted.Word(runs.Count, "run")} "
                + $"{OnlyRuns.Text(runs)}; {Counted.Word(rescue.LeftAlone.Length, "it ends", "they end")} as failed without being "
                + $"tried, and the next Resubmit can include {Counted.Word(rescue.LeftAlone.Length, "it", "them")}.";
        }

        if (!rescue.Unplanned.IsEmpty && rescue.ChangesJobs)
        {
            yield return $"{Counted.Of(rescue.Unplanned.Length, "job")} of parts that are not planned yet "
                + $"{Counted.Word(rescue.Unplanned.Length, "gets", "get")} {rescue.ForUnplanned} when their part is planned.";
        }

        foreach (var group in changes.GroupBy(c => (c.Key, c.Before, c.After)).OrderByDescending(g => g.Count()))
        {
            yield return $"Changes {group.Key.Key} of {Counted.Of(group.Count(), "job")} "
                + $"({string.Join(", ", group.Take(3).Select(c => c.Node))}{(group.Count() > 3 ? ", …" : "")}):";
            yield return $"  from  {group.Key.Before ?? "(none)"}";
            yield return $"  to    {group.Key.After}";
        }

        foreach (var option in rescue.WithoutEffect(changes))
        {
            yield return $"{option} has no effect: "
                + (
                    option.Contains("-factor=", StringComparison.Ordinal)
                        ? "it changes the request of no failed or removed job (with --only, of no job of those runs)"
                        : "these sites are already excluded"
                )
                + ".";
        }
    }
}
