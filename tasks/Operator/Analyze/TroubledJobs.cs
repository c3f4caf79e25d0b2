using System.Collections.Immutable;
using Outsource.Engines.Records;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Analyze;

/// <summary>
/// The jobs of a workflow that had failures: those that failed for good, those that are retried, and those that succeeded later.
/// </summary>
public sealed class TroubledJobs
{
    private readonly ImmutableArray<NodeStatus> _chosen;
    private readonly string _manager;

    /// <param name="chosen">The selected jobs.</param>
    /// <param name="manager">How messages name what retries them.</param>
    public TroubledJobs(IEnumerable<NodeStatus> chosen, string manager = "DAGMan")
    {
        (_chosen, _manager) = ([.. chosen], manager);
        Wrong =
        [
            .. _chosen.Where(n =>
                (n.State is NodeState.Held or NodeState.Failed || (n.RemovalReason is not null && n.State != NodeState.Done))
                && !n.Node.LeftAlone
            ),
        ];
        Again =
        [
            .. _chosen
                .Except(Wrong)
                .Where(n => n is { FailedTries: > 0, State: not NodeState.Done } && !n.Node.LeftAlone)
                .Select(n => n with { State = NodeState.Failed, ExitCode = n.FailedCode }),
        ];
        Recovered = _chosen.Count(n => n is { FailedTries: > 0, State: NodeState.Done });
    }

    /// <summary>Failed for good, held, or removed from the queue.</summary>
    public ImmutableArray<NodeStatus> Wrong { get; }

    /// <summary>
    /// Failed so far and retried automatically. They are treated as failed for good, so that their cause is found in the same way.
    /// </summary>
    public ImmutableArray<NodeStatus> Again { get; }

    /// <summary>How many failed first and succeeded later.</summary>
    public int Recovered { get; }

    /// <summary>The first line.</summary>
    /// <param name="name">Name of the workflow.</param>
    public string Summary(string name) =>
        $"Workflow {name}: {Counted.Of(Wrong.Count(n => n.State == NodeState.Failed), "job")} failed, "
        + $"{Wrong.Count(n => n.State == NodeState.Held):N0} held, "
        + $"{Wrong.Count(n => n.State is not (NodeState.Failed or NodeState.Held)):N0} removed from the queue; "
        + $"{_chosen.Count(n => n.State == NodeState.Unknown):N0} unknown."
        + (
            Again.IsEmpty
                ? ""
                : $" {Counted.Of(Again.Length, "job")} failed so far and {Counted.Word(Again.Length, "is", "are")} retried."
        )
        + (Recovered == 0 ? "" : $" {Counted.Of(Recovered, "job")} failed at first and {Counted.Word(Recovered, "is", "are")} done.");

    /// <summary>The heading of the causes of <see cref="Again"/>; null: there are none.</summary>
    public string? AgainHeading =>
        Again.IsEmpty
            ? null
            : $"Failed so far, and retried by {_manager} ({Counted.Of(Again.Length, "job")}, "
                + $"{Counted.Of(Again.Sum(n => n.FailedTries), "try", "tries")} so far, at most {Again.Max(n => n.Node.Retries) + 1} "
                + "each). If the cause remains, they will fail for good: fix it now.";
}
