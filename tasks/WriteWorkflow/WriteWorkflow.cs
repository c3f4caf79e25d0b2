using Cake.Frosting;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Journal;
using Outsource.LoadConfig;
using Outsource.PegasusRun;
using Outsource.PlanChunks;
using Outsource.WriteWorkflow;

namespace Outsource.Tasks;

[TaskName(nameof(WriteWorkflow))]
[TaskDescription("Write the Pegasus workflow, its catalogs and what the jobs take along")]
[IsDependentOn(typeof(PlanChunks))]
public sealed class WriteWorkflow : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        PlanDigest.Check(context);
        SubmitQuestion.Ask(context);
        var payload = PayloadChoice.Of(context.Loaded.Settings);
        var reused = context.Reuse.Of(
            nameof(WriteWorkflow),
            Path.Combine(context.Folder, WorkflowWriter.FileName),
            () => WorkflowSums.Faults(context.Disk, context.Folder) is [var fault, ..] ? throw new UsageException($"{fault}.") : context.Outputs.Workflow,
            workflow => workflow.Fingerprint,
            () => WorkflowWriter.FingerprintOf(context.Disk, context.Loaded, payload, context.Folder));
        if (reused is not null)
        {
            Undertaking.Reached(context, nameof(WriteWorkflow));
            return;
        }

        context.RefuseToUndermine(nameof(WriteWorkflow));

        // What the jobs of a running DAG are still to fetch must not change under them.
        Undertaking.Guard(context, nameof(WriteWorkflow));

        var plan = context.Outputs.Plan;
        var reduced = ReducedConfig.Of(context.Request.Surroundings, context.Loaded);
        var workflow = context.Messages.Counting("jobs written", plan.Jobs, progress =>
            new WorkflowWriter(context.Disk, progress).Write(context.Loaded, plan, payload, reduced, context.Request.Surroundings.DataFolder, context.Folder, context.Cancellation));
        context.PutInPlace();
        context.Outputs.Workflow = workflow;
        context.Conclude(nameof(WriteWorkflow), workflow.Describe(plan.Jobs));
        Undertaking.Reached(context, nameof(WriteWorkflow));
    }
}
