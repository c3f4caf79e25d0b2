using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Model.Sites;
using Outsource.PegasusPlan.Preflight;
using Outsource.Services.Proxies;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;
using Outsource.WriteWorkflow;

namespace Outsource.PegasusPlan;

[TaskName(nameof(Target.PegasusPlan))]
[TaskDescription("Have the engine (Pegasus) plan the workflow; nothing is started")]
[IsDependentOn(typeof(WriteWorkflowTask))]
public sealed class PegasusPlanTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        var (loaded, folder) = (context.Loaded, context.Folder);
        SubmissionRecord.CheckDemo(context.Request, loaded.Settings);
        StraxRule.Check(loaded, Target.PegasusPlan);
        SubmissionRecord.Claim(context);
        WorkflowFiles.Check(context.Disk, folder, loaded.Settings.Name);

        var order = Order(context);
        var planner = new WorkflowPlanner(
            context.Disk,
            context.EngineOf(loaded.Settings),
            context.DagStatusReader,
            context.Request.Machine,
            context.Messages
        );
        var before = TakesEarlierPlan(context) ? planner.PlannedBefore(folder, order) : null;
        var state = context.DagStatusReader.Of(folder, context.SubmitDirectory).State;
        if (state != DagState.Running && !(state == DagState.Ended && before is not null))
        {
            // A workflow that is already started must be detected, also if the proxy is no longer valid.
            await RenewSecretsAsync(context).ConfigureAwait(false);
            SubmissionChecks.Pass(context);
        }

        if (before is not null)
        {
            context.ReportResult(Target.PegasusPlan, $"PegasusPlan: reused the plan in {before.SubmitDirectory}.");
            context.Outputs.Planned = before;
        }
        else
        {
            var planned = planner.Plan(loaded.Settings.Name, folder, order, ReplaceableBy(context));
            context.Outputs.Planned = planned;
            context.ReportResult(
                Target.PegasusPlan,
                FormattableString.Invariant(
                    $"PegasusPlan: {planned.SubmitDirectory}: planned by {PlannerOf(planned)} in {planned.Seconds:0.0} s."
                )
            );
        }

        SubmissionRecord.Reached(context, Target.PegasusPlan);
    }

    private static string PlannerOf(PlannedWorkflow planned) =>
        EngineNames.Of(planned.Engine).Planner + (planned.PegasusVersion is { } version ? $" {version}" : "");

    /// <summary>With --replace only a plan that this same command made before it was stopped.</summary>
    private static bool TakesEarlierPlan(OutsourceContext context)
    {
        var (resumes, force) = (context.Loaded.Resumes, context.Request.Invocation.Replaces);
        return (resumes || context.Request.Invocation.Options.Reuse) && (!force || (resumes && context.Journal.UnfinishedHasPlanned()));
    }

    private static ReplaceablePlan ReplaceableBy(OutsourceContext context) =>
        context.Request.Invocation.Replaces ? ReplaceablePlan.Any
        : context.Loaded.Resumes ? ReplaceablePlan.NeverStarted
        : ReplaceablePlan.None;

    /// <summary>The jobs need the proxy, and the RunDB's token, also if the runs came from MongoDB or a file.</summary>
    internal static async Task RenewSecretsAsync(OutsourceContext context)
    {
        var settings = context.Loaded.Settings;
        if (new ProxyCopy(context.Disk, settings, context.Request.Machine.UtcNow).Renew())
        {
            context.Messages.Note($"The jobs get a new copy of the proxy '{settings.Proxy}'.");
        }

        if (TokenCopy.IsNeeded(settings) && !settings.Demo)
        {
            var host = context.Request.Host;
            var length = new WorkflowLength(host, settings).Estimate(context.Outputs.Plan)?.Length;
            await RunDbTokens.EnsureAsync(settings, host, context.Messages, length, context.Cancellation).ConfigureAwait(false);
            TokenCopy.Put(context.Disk, settings);
        }
    }

    private static PlanOrder Order(OutsourceContext context)
    {
        var sites = SiteProfile.Of(context.Disk, context.Loaded.Settings.SiteProfile);
        return new PlanOrder(
            context.Outputs.Needed(WorkflowFolder.Workflow, Target.WriteWorkflow),
            context.Outputs.Needed(WorkflowFolder.Properties, Target.WriteWorkflow),
            sites.ExecutionSite,
            sites.StagingSite,
            sites.OutputSite,
            context.Loaded.Settings.RunsFolder(context.Loaded.Context.StraxenVersion),
            context.Loaded.Settings.Name
        )
        {
            // The jobs of parts are not planned now.
            Jobs =
                context.Disk.File.Exists(Path.Combine(context.Folder, JobPlan.FileName))
                && !context.Disk.Directory.Exists(Path.Combine(context.Folder, WorkflowFolder.Parts))
                    ? context.Outputs.Plan.Jobs
                    : null,
        };
    }
}
