using Cake.Frosting;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Queue;

[TaskName(nameof(Target.Release))]
[TaskDescription("Let a held workflow and its held jobs go on (--only)")]
public sealed class ReleaseTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var action = new RecordedAction(context, workflow, Steps.Release).Alone();
        var submit = desk.Planned(workflow);
        var queued = new QueuedWorkflow(workflow.Name, desk.Queue(submit));
        var only = OnlyRuns.Read(context.Request.Invocation, queued.Runs);
        List<QueueJob> held =
        [
            .. only is null ? queued.Dagmans.Where(d => d.Status == QueueJob.Held) : [],
            .. queued.Of(only, QueueJob.Held),
        ];
        var halted = only is null && submit.IsHalted && !queued.Dagmans.IsEmpty;
        if (held.Count == 0 && !halted)
        {
            if (queued.Dagmans.IsEmpty && submit.IsStarted)
            {
                throw new NothingToDoException(
                    $"workflow '{workflow.Name}' is not in the queue, so nothing of it can be released: --target=Status "
                        + $"--name={workflow.Name} "
                        + $"says how it ended, --target=Resubmit --name={workflow.Name} continues what is not done."
                );
            }

            throw new NothingToDoException(
                $"nothing of workflow '{workflow.Name}' is held{(only is null ? "" : $" of the runs {OnlyRuns.Text(only)}")}: there is "
                    + "nothing to release."
            );
        }

        foreach (var reason in HeldJobs.Lines(held))
        {
            context.Messages.Result(reason);
        }

        if (halted)
        {
            context.Messages.Result("It is halted with pegasus-halt: nothing new starts.");
        }

        var what = held.Count > 0 ? Counted.Of(held.Count, "held job") : "the halt";
        new Confirmation(context.Request).Need($"Release {what} of workflow '{workflow.Name}'");
        action.Do(
            $"{held.Count} held{(halted ? ", halted" : "")}",
            () =>
            {
                if (halted)
                {
                    submit.TakeHaltAway();
                }

                if (held.Count == 0)
                {
                    return null;
                }

                desk.Run(
                    (f, e, p, t) => new ReleaseJobs(f, e, p, t),
                    "condor_release",
                    held,
                    $"released by {context.Request.Surroundings.User} with Outsource"
                );
                return null;
            }
        );
        context.Messages.Result(
            held.Count > 0
                ? $"Release: {Counted.Of(held.Count, "job")} of workflow {workflow.Name} released."
                : $"Release: workflow {workflow.Name} starts new jobs again."
        );
    }
}
