using Cake.Frosting;
using Outsource.Environs;
using Outsource.Errors;
using Outsource.Outputs;
using Outsource.PlanChunks;
using Outsource.Status;
using Outsource.Workflows;

namespace Outsource.Tasks;

[TaskName(nameof(Outputs))]
[TaskDescription("Say where results are, per run (--only)")]
public sealed class Outputs : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new OperatorDesk(context);
        var workflow = desk.Chosen();
        var plan = context.Disk.File.Exists(Path.Combine(workflow.Folder, JobPlan.FileName)) ? JobPlan.Read(context.Disk, workflow.Folder) : null;
        var status = desk.StatusOf(workflow);
        var places = new OutputPlaces(context.Disk, workflow, plan, status);
        var only = OnlyRuns.Read(context.Request.Invocation, places.Runs);
        var rows = context.Messages.Counting("results looked for", null, progress => places.Read(only, progress));
        if (rows.Count == 0)
        {
            throw status.State == WorkflowState.Unknown ? new OutsourceException($"nobody can tell what outputs workflow '{workflow.Name}' has: {status.Detail}.") : new NothingToDoException($"workflow '{workflow.Name}' has no outputs and no plan that names any.");
        }

        OutputPlaces.Draw(context.Request.Terminal(), rows);
        context.Messages.Result($"Outputs: {rows.Count(r => r.Done)} of {rows.Count} are made. Files that come back are in {workflow.OutputsFolder}.");
    }
}
