using Cake.Frosting;
using Outsource.Contexts;
using Outsource.Preflight;

namespace Outsource.Tasks;

[TaskName(nameof(Preflight))]
[TaskDescription("Check everything that a submission needs, and say what to do about what is missing")]
[IsDependentOn(typeof(LoadConfig))]
public sealed class Preflight : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        var checks = SubmissionChecks.Look(context);
        CheckTable.Draw(context.Request.Terminal(), checks);
        StraxRule.Check(context.Loaded, nameof(Preflight));
        CheckTable.ThrowIfAnyFailed(checks, drawn: true);
        context.Messages.Result($"Preflight: {CheckTable.Totals(checks)}");
    }
}
