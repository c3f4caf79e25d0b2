using Cake.Frosting;
using Outsource.Engines;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Queue;

[TaskName(nameof(Target.Remove))]
[TaskDescription("Remove a workflow from the queue; finished results are kept, --target=Resubmit continues it (--cause)")]
public sealed class RemoveTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var action = new RecordedAction(context, workflow, Step.Remove).Alone();
        var submit = desk.Planned(workflow);
        var queued = new QueuedWorkflow(workflow.Name, desk.Queue(submit)) { Manager = submit.Names.Manager };
        if (queued.All.IsEmpty)
        {
            throw new NothingToDoException($"no job of workflow '{workflow.Name}' is in the queue: there is nothing to remove.");
        }

        if (HeldJobsOfCause.In(context, workflow, submit, queued) is { } names)
        {
            new HeldRemoval(context, desk, submit).Do(action, new HeldWork(workflow.Name, submit, queued, null, names));
            return;
        }

        new Confirmation(context.Request).Need($"Remove workflow '{workflow.Name}' from the queue ({queued.Summary})");
        action.Do(
            queued.Summary,
            () =>
            {
                using var waiting = context.Messages.Waiting("the removal");
                foreach (var word in desk.Engine(submit.Engine).Remove(submit, queued.Dagmans, [.. queued.Parts, .. queued.Jobs]))
                {
                    context.Messages.Detail(word);
                }

                return null;
            }
        );

        if (submit.Engine == EngineKind.Pegasus && queued.Dagmans.Any(d => d.Status == QueueJob.Held))
        {
            // HTCondor removes a held job without a signal, so DAGMan cannot write a rescue file.
            context.Messages.Note(
                "Its DAGMan was held and leaves no rescue file: the next one reads from its log what is done. No results are lost, but "
                    + "a job that was in the queue has used one of its retries."
            );
        }

        context.Messages.Result(
            $"Remove: workflow {workflow.Name} is being removed from the queue. Finished results are kept; --target=Resubmit "
                + $"--name={workflow.Name} "
                + "continues it."
        );
    }
}
