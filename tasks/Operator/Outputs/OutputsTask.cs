using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Outputs;

[TaskName(nameof(Target.Outputs))]
[TaskDescription("Show where results are, per run (--only)")]
public sealed class OutputsTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var plan = context.Disk.File.Exists(Path.Combine(workflow.Folder, JobPlan.FileName))
            ? JobPlan.Read(context.Disk, workflow.Folder)
            : null;
        var status = desk.StatusOf(workflow);
        var places = new OutputPlaces(context.Disk, workflow, plan, status);
        var only = OnlyRuns.Read(context.Request.Invocation, places.Runs);
        var rows = context.Messages.Counting("results looked for", null, progress => places.Read(only, progress));
        if (rows.Count == 0)
        {
            throw status.State == WorkflowState.Unknown
                ? new OutsourceException($"the outputs of workflow '{workflow.Name}' are unknown: {status.Detail}.")
                : new NothingToDoException($"workflow '{workflow.Name}' has no outputs and no plan.");
        }

        OutputPlaces.Draw(context.Request.Terminal(), rows);
        context.Messages.Result(
            $"Outputs: {rows.Count(r => r.Done)} of {rows.Count} are made. Transferred files are in {workflow.OutputsFolder}."
        );
    }
}
