using System.Globalization;
using Outsource.DagMan;
using Outsource.Workflows;

namespace Outsource.Resubmit;

/// <summary>What Resubmit is about to do, told before it is done.</summary>
public static class ResubmitReport
{
    /// <summary>The lines.</summary>
    public static IEnumerable<string> Lines(string name, Rescue rescue, IReadOnlyList<Change> changes)
    {
        var failed = rescue.Open.Count(n => n.State == NodeState.Failed);
        yield return $"Resubmit: workflow {name} continues: {rescue.Open.Length} nodes are not done, {failed} of them failed; {rescue.Tried.Length} of our jobs are tried.";
        if (!rescue.LeftAlone.IsEmpty)
        {
            yield return $"Left alone for now: {rescue.LeftAlone.Length} jobs of the runs {OnlyRuns.Text(rescue.LeftAlone.Select(n => n.Name.Run!.Value).Distinct().Order())}; they end as failed without being tried, and the next Resubmit can take them up.";
        }

        foreach (var group in changes.GroupBy(c => (c.Key, c.Before, c.After)).OrderByDescending(g => g.Count()))
        {
            yield return $"Changes {group.Key.Key} of {group.Count().ToString(CultureInfo.InvariantCulture)} {(group.Count() == 1 ? "job" : "jobs")} ({string.Join(", ", group.Take(3).Select(c => c.Node))}{(group.Count() > 3 ? ", …" : "")}):";
            yield return $"  from  {group.Key.Before ?? "(none)"}";
            yield return $"  to    {group.Key.After}";
        }
    }
}
