using Cake.Frosting;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Operator.Report;
using Outsource.Settings.Options;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Status;

[TaskName(nameof(Target.Status))]
[TaskDescription("Show the progress of a workflow: jobs, runs, holds, rate (--watch, --html, --json)")]
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
            last = await FollowAsync(context, desk, workflow, interval).ConfigureAwait(false);
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

    /// <summary>Shows it until it ends, on the terminal and as a page where one is asked for. Its last status.</summary>
    private static async Task<WorkflowStatus?> FollowAsync(
        OutsourceContext context,
        WorkflowCommands desk,
        WorkflowOnDisk workflow,
        TimeSpan interval
    )
    {
        var page = context.Request.Invocation.Options.Html is { } file
            ? new LivePage(context, context.Request.Host.Absolute(file), interval)
            : null;
        page?.Check();
        WorkflowStatus? last = null;
        WorkflowStatus Look()
        {
            // Picks up a plan or a start that happens meanwhile.
            var now = desk.Workflows.Again(workflow);
            last = page is null ? desk.StatusOf(now, desk.AskStatus) : desk.HistoryOf(now, desk.AskStatus);
            page?.Write(now, last);
            return last;
        }

        try
        {
            await new Watch(context.Request, interval).FollowAsync(workflow.Name, Look).ConfigureAwait(false);
        }
        finally
        {
            page?.End();
        }

        return last;
    }
}
