using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Model.Notices;
using Outsource.Operator.Desk;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Notify;

/// <summary>Looks at the workflows that may have changed, and tells what is new.</summary>
/// <param name="context">The run.</param>
/// <param name="commands">Finds workflows, and reads their states.</param>
/// <param name="desk">Tells it.</param>
public sealed class NotifyLook(OutsourceContext context, WorkflowCommands commands, NoticeDesk desk)
{
    /// <summary>How many workflows were looked at.</summary>
    public int Looked { get; private set; }

    /// <summary>Tells what is new of the workflow of <c>--name</c>, or of all.</summary>
    /// <returns>How many messages were sent.</returns>
    public int All()
    {
        var workflows = context.Request.Invocation.Options.Name is null ? commands.Workflows.All() : [commands.Chosen()];
        var told = 0;
        foreach (var workflow in workflows.Where(w => w.Submit is { HasDag: true, IsStarted: true } && MayBeNew(w)))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            try
            {
                Looked++;
                told += desk.Tell(workflow, workflow.Submit!.Engine, _ => SightOf(commands.StatusOf(workflow)));
            }
            catch (OutsourceException error)
            {
                // One damaged workflow does not silence the others.
                context.Messages.Warn($"workflow '{workflow.Name}': {error.Message}");
            }
        }

        return told;
    }

    /// <summary>A workflow as the rules see it.</summary>
    public static WorkflowSight SightOf(WorkflowStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new WorkflowSight(status.Name, Math.Max(status.Dagmans, status.SubmittedAt is null ? 0 : 1))
        {
            State = StateNames.Spell(status.State),
            Ended = status.Ended,
            Succeeded = status.State == WorkflowState.Succeeded,
            Done = status.Counts[NodeState.Done],
            Total = status.Counts.Total,
            Failed = status.Counts[NodeState.Failed],
            Held = status.Counts[NodeState.Held],
        };
    }

    /// <summary>One whose end was told changes no more, unless its log has grown since.</summary>
    private bool MayBeNew(WorkflowOnDisk workflow)
    {
        if (new NoticeFile(context.Disk, workflow).Read() is not { EndedAs: not null })
        {
            return true;
        }

        var told = context.Disk.File.GetLastWriteTimeUtc(Path.Combine(workflow.Folder, NoticeFile.FileName));
        var log = workflow.Submit!.DagmanOut;
        return !context.Disk.File.Exists(log) || context.Disk.File.GetLastWriteTimeUtc(log) >= told;
    }
}
