using Cake.Frosting;
using Outsource.Draw;
using Outsource.Environs;
using Outsource.Workflows;

namespace Outsource.Tasks;

[TaskName(nameof(Draw))]
[TaskDescription("Draw the graph of a plan or of one run, chunk jobs folded into one node (--run, --format)")]
public sealed class Draw : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var drawing = new WorkflowDrawing(context.Disk, new OperatorDesk(context).Chosen());
        foreach (var path in context.Messages.Counting("drawings", null, progress => drawing.Draw(context.Request.Invocation, progress)))
        {
            context.Messages.Result($"Draw: {path}");
        }
    }
}
