using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Status;

[TaskName(nameof(Target.Status))]
[TaskDescription("Say where a workflow stands: jobs, runs, holds, rate (--watch, --json)")]
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
        if (invocation.Options.Json)
        {
            await console.Profile.Out.Writer.WriteAsync(StatusJson.Render(desk.StatusOf(workflow, desk.AskStatus))).ConfigureAwait(false);
            return;
        }

        if (!invocation.Options.Watch)
        {
            new StatusReport(desk.StatusOf(workflow, desk.AskStatus)).Draw(console);
            return;
        }

        // A plan that is made or started meanwhile is seen.
        await new Watch(context.Request, interval)
            .FollowAsync(workflow.Name, () => desk.StatusOf(desk.Workflows.Again(workflow), desk.AskStatus))
            .ConfigureAwait(false);
    }
}
