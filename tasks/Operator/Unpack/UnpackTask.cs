using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Unpack;

[TaskName(nameof(Target.Unpack))]
[TaskDescription("Unpack and check the tarballs that were staged out (--levels, --only)")]
public sealed class UnpackTask : AsyncFrostingTask<OutsourceContext>
{
    public override Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new Unpacking(context, new WorkflowCommands(context).Chosen()).RunAsync();
    }
}
