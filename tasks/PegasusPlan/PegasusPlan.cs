using Cake.Frosting;
using Outsource.Errors;

namespace Outsource.Tasks;

[TaskName(nameof(PegasusPlan))]
[TaskDescription("Have Pegasus plan the workflow (not built yet)")]
[IsDependentOn(typeof(WriteWorkflow))]
public sealed class PegasusPlan : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context) =>
        throw new OutsourceException($"PegasusPlan is not built yet in this version: the workflow is written ({context.Outputs.Workflow.Path}), nothing was planned or submitted.");
}
