using Cake.Frosting;
using Outsource.Configuration;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Journal;
using Outsource.PegasusRun;
using Outsource.RunDb;
using Outsource.WriteWorkflow;

namespace Outsource.Tasks;

[TaskName(nameof(WriteWorkflow))]
[TaskDescription("Write the Pegasus workflow, its catalogs and what the jobs take along")]
[IsDependentOn(typeof(PlanChunks))]
public sealed class WriteWorkflow : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        context.RefuseOtherPlan();
        SubmitQuestion.Ask(context);
        var (settings, surroundings) = (context.Loaded.Settings, context.Request.Surroundings);
        var payload = PayloadChoice.Of(settings);
        var travel = TravelFiles.Read(surroundings, context.Loaded, payload, context.Folder);
        var reused = context.Reuse.Of(
            nameof(WriteWorkflow),
            Path.Combine(context.Folder, WorkflowFolder.Workflow),
            () => WorkflowSums.Faults(context.Disk, context.Folder) is [var fault, ..] ? throw new UsageException($"{fault}.") : context.Outputs.Workflow,
            workflow => travel.IsConfigOf(context.Disk, context.Folder) ? workflow.Fingerprint : null,
            () => WorkflowWriter.FingerprintOf(context.Disk, context.Loaded, payload, travel, context.Folder));
        if (reused is not null)
        {
            Undertaking.Reached(context, nameof(WriteWorkflow));
            return;
        }

        context.RefuseToUndermine(nameof(WriteWorkflow));

        // What the jobs of a running DAG are still to fetch must not change under them.
        Undertaking.Guard(context, nameof(WriteWorkflow));

        var plan = context.Outputs.Plan;
        if (plan.Groups.IsEmpty)
        {
            throw NothingToWrite.Of(context.Outputs.Totals, context.Outputs.Ledger);
        }

        var workflow = context.Messages.Counting("jobs written", plan.Jobs, progress =>
            new WorkflowWriter(context.Disk, progress).Write(context.Loaded, plan, payload, travel, context.Folder, context.Cancellation));
        context.PutInPlace();
        TokenCopy.Put(context.Disk, settings);
        if (!settings.Canary && travel.Cutax is null)
        {
            context.Messages.Warn($"the cutax tarball '{settings.CutaxTarball}' is not there, so the workflow is written without and cannot be submitted. Set CUTAX_LOCATION to the cutax that is meant (its name with dots as dashes and .tar.gz is the tarball), and give the same command again.");
        }

        context.Outputs.Workflow = workflow;
        context.Conclude(nameof(WriteWorkflow), workflow.Describe(plan.Jobs));
        Undertaking.Reached(context, nameof(WriteWorkflow));
    }
}
