using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.PlanChunks;
using Outsource.Services.Packages;
using Outsource.Services.Proxies;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.WriteWorkflow;

[TaskName(nameof(Target.WriteWorkflow))]
[TaskDescription("Write the Pegasus workflow, its catalogs and the files for the jobs")]
[IsDependentOn(typeof(PlanChunksTask))]
public sealed class WriteWorkflowTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        context.RequirePlan();
        SubmitConfirmation.Ask(context);
        var (settings, host) = (context.Loaded.Settings, context.Request.Host);
        var payload = PayloadChoice.Of(settings);
        var travel = JobFiles.Read(host, context.Loaded, payload, context.Folder).ForJobs(host, settings, context.Outputs.Plan.Jobs);
        var change = await ChangedPackagesAsync(context).ConfigureAwait(false);
        var reused = context.Reuse.Of(
            Target.WriteWorkflow,
            Path.Combine(context.Folder, WorkflowFolder.Workflow),
            () =>
                WorkflowChecksums.Faults(context.Disk, context.Folder) is [var fault, ..] ? throw new UsageException($"{fault}.")
                : change is not null ? throw new UsageException($"{change}.")
                : context.Outputs.Workflow,
            workflow => travel.IsConfigOf(context.Disk, context.Folder) ? workflow.Fingerprint : null,
            () => WorkflowWriter.FingerprintOf(context.Disk, context.Loaded, payload, travel, context.Folder)
        );
        if (reused is not null)
        {
            RefuseWithoutPackages(context);
            SubmissionRecord.Reached(context, Target.WriteWorkflow);
            return;
        }

        context.RequireUnwritten(Target.WriteWorkflow);

        // Files that the jobs of a running DAG have not fetched yet must not change.
        SubmissionRecord.Guard(context, Target.WriteWorkflow);

        var plan = context.Outputs.Plan;
        if (plan.Groups.IsEmpty)
        {
            throw NothingToWrite.Of(context.Outputs.Totals, context.Outputs.Ledger);
        }

        travel = await WithPackagesAsync(context, travel).ConfigureAwait(false);
        var workflow = context.Messages.Counting(
            "jobs written",
            plan.Jobs,
            progress =>
                new WorkflowWriter(context.Disk, progress).Write(
                    context.Loaded,
                    plan,
                    payload,
                    travel,
                    context.Folder,
                    context.Cancellation
                )
        );
        WriteSummary(context, plan);
        context.CommitReplacement();
        TokenCopy.Put(context.Disk, settings);
        new ProxyCopy(context.Disk, settings, context.Request.Machine.UtcNow).Put();
        TellCutax(context, travel);
        context.Outputs.Workflow = workflow;
        context.ReportResult(Target.WriteWorkflow, workflow.Describe(plan.Jobs, context.Loaded.Settings.Engine));
        SubmissionRecord.Reached(context, Target.WriteWorkflow);
    }

    /// <summary>Why the tarballs of a workflow that may be reused must be made again; null: they need not.</summary>
    private static async Task<string?> ChangedPackagesAsync(OutsourceContext context)
    {
        var host = context.Request.Host;
        if (
            !context.Reuse.IsAsked
            || PackageRequests.Of(context.Loaded.Settings, host) is null
            || context.DagStatusReader.Of(context.Loaded.Settings.GeneratedFolder, context.SubmitDirectory).MayRun
        )
        {
            return null;
        }

        using var waiting = context.Messages.Waiting("the work trees of your packages");
        var (changes, unknown) = await new PackageTarballs(host, new PythonRunner(context))
            .ChangesAsync(context.Folder, context.Cancellation)
            .ConfigureAwait(false);
        foreach (var reason in unknown)
        {
            context.Messages.Warn($"it is not known whether a package has changed since its tarball was made ({reason}).");
        }

        return changes.IsEmpty ? null : string.Join("; ", changes);
    }

    /// <summary>Makes the tarballs of the operator's packages, if the jobs install any.</summary>
    private static async Task<JobFiles> WithPackagesAsync(OutsourceContext context, JobFiles travel)
    {
        var host = context.Request.Host;
        if (PackageRequests.Of(context.Loaded.Settings, host) is not { } request)
        {
            return travel with { Packages = [] };
        }

        TarballSet made;
        try
        {
            using var waiting = context.Messages.Waiting("the tarballs of your packages");
            made = await new PackageTarballs(host, new PythonRunner(context))
                .MakeAsync(request, context.Folder, context.Cancellation)
                .ConfigureAwait(false);
        }
        catch (UsageException error) when (!SubmissionRecord.Submits(context.Request))
        {
            foreach (var fault in error.Faults)
            {
                context.Messages.Warn($"{fault} The workflow is written without your packages, and cannot be submitted.");
            }

            context.Disk.File.Delete(Path.Combine(context.Folder, TarballsFile.FileName));
            return travel with { Packages = [] };
        }

        foreach (var remark in made.Remarks)
        {
            context.Messages.Warn($"{remark}.");
        }

        return travel.With(context.Disk, made.Tarballs);
    }

    /// <summary>A workflow that was written where the packages could not be found is not submitted.</summary>
    private static void RefuseWithoutPackages(OutsourceContext context)
    {
        var settings = context.Loaded.Settings;
        if (
            SubmissionRecord.Submits(context.Request)
            && PackageRequests.Of(settings, context.Request.Host) is not null
            && !context.Disk.File.Exists(Path.Combine(context.Folder, TarballsFile.FileName))
        )
        {
            throw new UsageException(
                $"workflow '{settings.Name}' was written without the packages of user_install_package, which could not be found. Write it "
                    + "again with --target=WriteWorkflow --replace, where python3 has them."
            );
        }
    }

    private static void TellCutax(OutsourceContext context, JobFiles travel)
    {
        var settings = context.Loaded.Settings;
        if (!settings.Canary && travel.Cutax is null)
        {
            context.Messages.Warn(
                $"the cutax tarball '{settings.CutaxTarball}' is missing, so the workflow is written without it and cannot be "
                    + "submitted. Set CUTAX_LOCATION to the cutax to use (its name with dots as dashes and .tar.gz is the "
                    + "tarball), and run the same command again."
            );
        }
    }

    private static void WriteSummary(OutsourceContext context, JobPlan plan)
    {
        if (context.Loaded is { Levels: { } levels, Settings.Summary: true })
        {
            new SummaryFile(levels).Write(context.Disk, context.Folder, plan, context.Outputs.Ledger);
        }
    }
}
