using Cake.Frosting;
using Outsource.Engines;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Queue;

[TaskName(nameof(Target.Hold))]
[TaskDescription("Pause a workflow: running jobs finish, no new ones start")]
public sealed class HoldTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var action = new RecordedAction(context, workflow, Step.Hold).Alone();
        var submit = desk.Planned(workflow);
        var queued = new QueuedWorkflow(workflow.Name, desk.Queue(submit)) { Manager = submit.Names.Manager };
        var dagmans = queued.Dagmans.Concat(queued.Parts).Where(d => d.Status != QueueJob.Held).ToList();
        if (dagmans.Count == 0)
        {
            throw new NothingToDoException(
                queued.Dagmans.IsEmpty
                    ? $"workflow '{workflow.Name}' is not running: there is nothing to hold."
                    : $"workflow '{workflow.Name}' is already held."
            );
        }

        // Only DAGMan is held: Pegasus lets HTCondor remove jobs that were held for half an hour, so holding the jobs would lose them.
        new Confirmation(context.Request).Need($"Hold workflow '{workflow.Name}' ({queued.Summary}), so that no new jobs start");
        action.Do(
            queued.Summary,
            () =>
            {
                using var waiting = context.Messages.Waiting("the hold");
                desk.Engine(submit.Engine).Hold(submit, dagmans, $"held by {context.Request.Host.User} with Outsource");
                return null;
            }
        );
        context.Messages.Result(
            $"Hold: workflow {workflow.Name} starts no new jobs; its jobs in the queue continue. --target=Release --name={workflow.Name} "
                + "continues it."
        );
    }
}
