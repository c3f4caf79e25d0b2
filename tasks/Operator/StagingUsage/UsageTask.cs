using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Operator.Fetch;
using Outsource.Settings.Options;

namespace Outsource.Operator.StagingUsage;

[TaskName(nameof(Target.Usage))]
[TaskDescription("Count files and bytes of a workflow at the staging site, per kind of output (--workflow)")]
public sealed class UsageTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var source = SourceWorkflow.Of(context);
        new UsageReport(context, source.Name, new StagedFiles(context, source)).Show();
    }
}
