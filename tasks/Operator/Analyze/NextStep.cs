using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows.State;

namespace Outsource.Operator.Analyze;

/// <summary>The command that mends what Analyze found.</summary>
/// <param name="status">The workflow.</param>
/// <param name="reader">Knows what jobs request.</param>
/// <param name="invocation">The command line, whose configuration the command needs too.</param>
public sealed class NextStep(WorkflowStatus status, FailureReader reader, Invocation invocation)
{
    /// <summary>The lines; none where nothing is wrong, or where DAGMan tries it again.</summary>
    /// <param name="wrong">Jobs that failed for good, are held or were removed, with the memory that was seen.</param>
    /// <param name="only">The runs of <c>--only</c>, or null.</param>
    public IEnumerable<string> Lines(IReadOnlyCollection<NodeStatus> wrong, ImmutableSortedSet<int>? only)
    {
        if (wrong.Count == 0)
        {
            return [];
        }

        var ours = wrong.Where(n => n.Name.Ours).ToList();
        var hungry = ours.Where(n => UseOf(n) is not null).ToList();
        var chosen = only is null ? null : ours;
        if (hungry.Count > 0)
        {
            return ["", .. WithMoreMemory(wrong, hungry, hungry.Count < ours.Count ? hungry : chosen)];
        }

        return wrong.All(n => n.State == NodeState.Held)
            ? ["", "When the cause is fixed, to let the held jobs run again:", Command(Target.Release, chosen)]
            : ["", $"When the cause is fixed{(HasEnded ? "" : Later)}, to continue:", Command(Target.Resubmit, chosen)];
    }

    private IEnumerable<string> WithMoreMemory(
        IReadOnlyCollection<NodeStatus> wrong,
        List<NodeStatus> hungry,
        List<NodeStatus>? chosen
    )
    {
        var most = hungry.Select(n => UseOf(n)!).MaxBy(u => u.Factor ?? decimal.MaxValue)!;
        if (most.Option is null)
        {
            yield return $"{Seen(most)}. That is more than --memory-factor covers: plan the workflow again, with --set memory.TYPE=MB.";
            yield break;
        }

        var remove = !HasEnded && wrong.Any(n => n.State == NodeState.Held);
        var these = ReferenceEquals(chosen, hungry) ? "their runs " : "";
        var to = hungry.Any(HasOwnCause) ? "When the cause above is fixed too, to" : "To";
        yield return $"{Seen(most)}. {to} continue {these}with more memory{(HasEnded || remove ? "" : Later)}:";
        if (remove)
        {
            // A held job keeps its request, and DAGMan does not try it again.
            yield return Command(Target.Remove, null);
        }

        yield return Command(Target.Resubmit, chosen, most.Option);
    }

    /// <summary>Exit codes of the payload that too little memory can cause.</summary>
    private const int ProcessingFailed = 40,
        Incomplete = 41;

    private const string Later = ", after the workflow has ended";

    private bool HasEnded => status.State is WorkflowState.Failed or WorkflowState.Removed;

    private static string Seen(MemoryUse use) =>
        use.Over
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Jobs used up to {use.Seen:N0} MB of memory and requested {use.Requested:N0} MB"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Jobs were stopped because they used more memory than the {use.Requested:N0} MB that they requested"
            );

    /// <summary>What a job used, if too little memory was the cause, or it used more than it requested; else null.</summary>
    private MemoryUse? UseOf(NodeStatus node)
    {
        var stopped = (node.HoldCode, node.HoldSubcode) is (34, _) or (21, 102) || node.ExitCode is 137 or -9;
        return reader.Asked(node, "request_memory") is { } asked
            && new MemoryUse(node.Memory?.Used ?? asked, asked) is var use
            && (stopped || use.Over)
            ? use
            : null;
    }

    /// <summary>Whether the payload told a cause that more memory does not change.</summary>
    private static bool HasOwnCause(NodeStatus node) =>
        node.ExitCode is { } code and not (ProcessingFailed or Incomplete) && PayloadExitCodes.Meanings.ContainsKey(code);

    private string Command(Target target, IReadOnlyCollection<NodeStatus>? runs, string? option = null)
    {
        var only = runs is null ? null : RunRanges.Option(runs.Select(n => n.Name.Run!.Value));
        return string.Concat(
            $"  {ProgramCommand.Program} --target={target} --name={status.Name}",
            option is null ? "" : $" {option}",
            only is null ? "" : $" --only={only}",
            invocation.Options.Config is { } config ? $" --config={ShellText.Quote(config)}" : ""
        );
    }
}
