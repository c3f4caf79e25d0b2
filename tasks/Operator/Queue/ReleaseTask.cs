using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Queue;

[TaskName(nameof(Target.Release))]
[TaskDescription("Continue a held workflow and its held jobs (--only, --cause)")]
public sealed class ReleaseTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var action = new RecordedAction(context, workflow, Step.Release).Alone();
        var submit = desk.Planned(workflow);
        var queued = new QueuedWorkflow(workflow.Name, desk.Queue(submit)) { Manager = submit.Names.Manager };
        var only = OnlyRuns.Read(context.Request.Invocation, queued.Runs);
        var release = new HeldWork(workflow.Name, submit, queued, only, HeldJobsOfCause.In(context, workflow, submit, queued));
        if (release.IsNone)
        {
            throw release.Nothing();
        }

        foreach (var reason in release.Reasons())
        {
            context.Messages.Result(reason);
        }

        new Confirmation(context.Request).Need($"Release {release.What} of workflow '{workflow.Name}'");
        action.Do(
            release.Description,
            () =>
            {
                if (release.Halted)
                {
                    submit.TakeHaltAway();
                }

                if (release.Jobs.Count > 0)
                {
                    using var waiting = context.Messages.Waiting("the release");
                    desk.Engine(submit.Engine)
                        .Release(submit, release.Jobs, $"released by {context.Request.Host.User} with Outsource");
                }

                return null;
            }
        );
        context.Messages.Result(release.Done);
    }
}
