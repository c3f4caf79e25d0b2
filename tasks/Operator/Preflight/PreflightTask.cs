using Cake.Frosting;
using Outsource.LoadConfig;
using Outsource.PegasusPlan.Preflight;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Preflight;

[TaskName(nameof(Target.Preflight))]
[TaskDescription("Check everything that a submission needs, and show how to fix problems")]
[IsDependentOn(typeof(LoadConfigTask))]
public sealed class PreflightTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        var checks = SubmissionChecks.Look(context);
        CheckTable.Draw(context.Request.Terminal(), checks);
        if (context.Request.Invocation.Options.TestMessage)
        {
            TestMessage.Send(context);
        }

        StraxRule.Check(context.Loaded, Target.Preflight);
        CheckTable.ThrowIfAnyFailed(checks);
        context.Messages.Result($"Preflight: {CheckTable.Totals(checks)}");
    }
}
