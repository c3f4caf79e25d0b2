using Cake.Frosting;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows.State;

namespace Outsource.Operator.Status;

[TaskName(nameof(Target.Status))]
[TaskDescription("Show the progress of a workflow: jobs, runs, holds, rate (--watch, --json)")]
public sealed class StatusTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var invocation = context.Request.Invocation;
        var interval = StatusOptions.Interval(invocation);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var console = context.Request.Terminal();
        WorkflowStatus? last = null;
        if (invocation.Options.Watch)
        {
            // Picks up a plan or a start that happens meanwhile.
            await new Watch(context.Request, interval)
                .FollowAsync(workflow.Name, () => last = desk.StatusOf(desk.Workflows.Again(workflow), desk.AskStatus))
                .ConfigureAwait(false);
        }
        else
        {
            last = desk.StatusOf(workflow, desk.AskStatus);
            if (invocation.Options.Json)
            {
                await console.Profile.Out.Writer.WriteAsync(StatusJson.Render(last)).ConfigureAwait(false);
            }
            else
            {
                new StatusReport(last).Draw(console);
            }
        }

        if (invocation.Options.ExitCode && last is { Ended: true, State: not WorkflowState.Succeeded })
        {
            throw new OutsourceException(
                $"workflow '{last.Name}' has ended and not all of it is done ({StateNames.Spell(last.State)}). --target=Analyze "
                    + $"--name={last.Name} shows why."
            );
        }
    }
}
