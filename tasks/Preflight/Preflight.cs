using Cake.Frosting;
using Outsource.Contexts;
using Outsource.Pegasus;
using Outsource.PlanChunks;
using Outsource.Preflight;

namespace Outsource.Tasks;

[TaskName(nameof(Preflight))]
[TaskDescription("Check everything that a submission needs, and say what to do about what is missing")]
[IsDependentOn(typeof(LoadConfig))]
public sealed class Preflight : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        var checks = Look(context);
        CheckTable.Draw(context.Request.Terminal(), checks);
        StraxRule.Check(context.Loaded, nameof(Preflight));
        CheckTable.ThrowIfAnyFailed(checks, drawn: true);
        context.Messages.Result($"Preflight: {CheckTable.Totals(checks)}");
    }

    /// <summary>The same checks as part of a submission: a line when all is well, else the table; what failed ends it.</summary>
    internal static void Pass(OutsourceContext context)
    {
        var checks = Look(context);
        var drawn = checks.Any(c => c.State != CheckState.Ok) && context.Request.Invocation.Verbosity != "quiet";
        if (drawn)
        {
            CheckTable.Draw(context.Request.Terminal(), checks);
        }

        CheckTable.ThrowIfAnyFailed(checks, drawn);
        context.Messages.Note($"Preflight: {CheckTable.Totals(checks)}");
    }

    private static IReadOnlyList<Check> Look(OutsourceContext context)
    {
        var (request, loaded) = (context.Request, context.Loaded);
        var plan = context.Disk.File.Exists(Path.Combine(context.Folder, JobPlan.FileName)) ? context.Outputs.Plan : null;
        context.Messages.Detail($"PATH: {new ProgramPlaces(request.Surroundings, () => loaded.Settings.PegasusPath).PathFolders}");
        using var waiting = context.Messages.Waiting("Preflight looks at programs, proxy, services and room");
        return new PreflightChecks(request.Surroundings, request.Machine, context.GridOf(loaded.Settings), loaded, context.Folder, plan).All();
    }
}
