using Outsource.Artifacts;
using Outsource.Engines.Pegasus;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Everything that a submission needs, checked by the target Preflight and again before planning.</summary>
public static class SubmissionChecks
{
    /// <summary>
    /// The same checks as part of a submission: one line if all succeed, else the table; a failed check stops the submission.
    /// </summary>
    public static void Pass(OutsourceContext context)
    {
        var checks = Look(context);
        var drawn = checks.Any(c => c.State != CheckState.Ok) && context.Request.Invocation.Verbosity != "quiet";
        if (drawn)
        {
            CheckTable.Draw(context.Request.Terminal(), checks);
            CheckTable.ThrowIfAnyFailed(checks);
        }
        else
        {
            CheckTable.ThrowTellingFailed(checks);
        }

        context.Messages.Note($"Preflight: {CheckTable.Totals(checks)}");
    }

    /// <summary>The results of all checks, in order.</summary>
    public static IReadOnlyList<CheckResult> Look(OutsourceContext context)
    {
        var (request, loaded) = (context.Request, context.Loaded);
        var plan = context.Disk.File.Exists(Path.Combine(context.Folder, JobPlan.FileName)) ? context.Outputs.Plan : null;
        context.Messages.Detail($"PATH: {new ProgramPlaces(request.Host, () => loaded.Settings.PegasusPath).PathFolders}");
        using var waiting = context.Messages.Waiting("Preflight checks programs, proxy, services and disk space");
        return new PreflightChecks(
            request.Host,
            request.Machine,
            context.GridOf(loaded.Settings),
            loaded,
            context.Folder,
            plan
        ).All();
    }
}
