using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Logs;

[TaskName(nameof(Target.Logs))]
[TaskDescription("Show the output of one job (--job), and what is appended to it (--follow)")]
public sealed class LogsTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = LogsOptions.Read(context.Request.Invocation.Options);
        var desk = new WorkflowCommands(context);
        await new JobLogs(context, desk, desk.Chosen(), options).ShowAsync(context.Request.Terminal()).ConfigureAwait(false);
    }
}
