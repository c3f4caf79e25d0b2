using Outsource.Foundation.Errors;
using Outsource.Workflows;

namespace Outsource.Operator.Desk;

/// <summary>
/// An action on a submitted workflow. Only one command at a time may do it. The journal has a line before and a line after it: a line
/// "begun" without a following line means that the end is unknown, and the queue must be asked, as every such command does first.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="workflow">The workflow.</param>
/// <param name="step">The step.</param>
public sealed class RecordedAction(OutsourceContext context, WorkflowOnDisk workflow, Step step)
{
    /// <summary>Claims the workflow until the run ends.</summary>
    /// <exception cref="UsageException">Another command works on it.</exception>
    public RecordedAction Alone()
    {
        if (context.Claims.Claim(workflow.WorkDir, workflow.Name, null) is { } owner)
        {
            throw WorkflowClaims.Refusal(workflow.Name, owner);
        }

        return this;
    }

    /// <summary>Does it.</summary>
    /// <param name="detail">Details for the journal.</param>
    /// <param name="action">Does it, and returns the cluster of a DAGMan that it started, or null.</param>
    public void Do(string detail, Func<int?> action)
    {
        var journal = new JournalFile(context.Disk, workflow.Folder);
        var (host, machine) = (context.Request.Host, context.Request.Machine);
        JournalEntry Entry(StepState state) => new(machine.UtcNow, step, state) { Directory = workflow.Submit?.Path };
        journal.Append(
            Entry(StepState.Begun) with
            {
                Detail = detail,
                User = host.User,
                Host = host.HostName,
                Process = machine.Process,
            }
        );
        try
        {
            // The time is that of the end, so the action comes first.
            var cluster = action();
            journal.Append(Entry(StepState.Done) with { Cluster = cluster });
        }
        catch (OutsourceException error)
        {
            journal.Append(Entry(StepState.Failed) with { ExitCode = error.ExitCode, Detail = error.Message });
            throw;
        }
    }
}
