using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Operator.Desk;
using Outsource.Operator.Diagnosis;
using Outsource.Workflows;

namespace Outsource.Operator.Queue;

/// <summary>The held jobs that <c>--cause</c> names.</summary>
internal static class HeldJobsOfCause
{
    /// <summary>Their names; null: <c>--cause</c> was not given.</summary>
    /// <exception cref="Foundation.Errors.UsageException">No held job has one of the causes.</exception>
    public static ImmutableHashSet<string>? In(
        OutsourceContext context,
        WorkflowOnDisk workflow,
        SubmitDirectory submit,
        QueuedWorkflow queued
    )
    {
        var causes = context.Request.Invocation.Options.Cause;
        if (causes.IsEmpty)
        {
            return null;
        }

        var desk = new WorkflowCommands(context);
        var status = desk.Reader.Read(workflow, new(queued.All), desk.Now);
        return new CauseChoice(context, submit, status).Jobs("cause", causes, JobsInQuestion.Held);
    }
}
