using Outsource.Engines;
using Outsource.Workflows.State;

namespace Outsource.Operator.Desk;

/// <summary>Summary of the held jobs of the queue.</summary>
public static class HeldJobs
{
    /// <summary>One line per reason, the most frequent first.</summary>
    public static IEnumerable<string> Lines(IEnumerable<QueueJob> held) =>
        held.GroupBy(j => HoldReasons.KeyOf(j.HoldReason ?? ""))
            .OrderByDescending(g => g.Count())
            .Select(g =>
                $"{g.Count()} held: {g.First().HoldReason ?? "no reason given"} "
                + $"({string.Join(", ", g.Take(3).Select(j => j.Node ?? $"the workflow, {j.Id}"))}{(g.Count() > 3 ? ", …" : "")})"
            );
}
