using Cake.Frosting;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Unpack;

[TaskName(nameof(Target.Unpack))]
[TaskDescription("Unpack and check the tarballs that were staged out (--levels, --only, --workflow)")]
public sealed class UnpackTask : AsyncFrostingTask<OutsourceContext>
{
    public override Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var invocation = context.Request.Invocation;
        var workflow = SourceWorkflow.Of(context);
        return new Unpacking(context, workflow.Name, workflow.Outputs).RunAsync(
            StagedTarballs.Levels(invocation.Options.Levels),
            runs => OnlyRuns.Read(invocation, runs)
        );
    }
}
