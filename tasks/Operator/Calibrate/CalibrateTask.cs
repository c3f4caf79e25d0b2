using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Calibrate;

[TaskName(nameof(Target.Calibrate))]
[TaskDescription("Fit memory, disk and time of finished jobs, and propose requests as a diff; changes nothing (--json)")]
public sealed class CalibrateTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        new Calibrating(context, new WorkflowCommands(context)).Run();
    }
}
