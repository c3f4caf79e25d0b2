using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Doctor;

[TaskName(nameof(Target.Doctor))]
[TaskDescription("Show the cause of each failed or held job, and the command that mends it (--treat, --json)")]
public sealed class DoctorTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (desk, options, console) = (new WorkflowCommands(context), context.Request.Invocation.Options, context.Request.Terminal());
        var workflow = desk.Chosen();
        var found = new DoctorsLook(context, desk).At(workflow);
        if (options.Json)
        {
            await console.Profile.Out.Writer.WriteAsync(DoctorJson.Render(found)).ConfigureAwait(false);
        }
        else
        {
            DoctorReport.Draw(console, found);
        }

        if (options.Treat is { } cause)
        {
            await new Treating(context).DoAsync(found, cause).ConfigureAwait(false);
        }
    }
}
