using Cake.Frosting;
using Outsource.Foundation.Machine;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Draw;

[TaskName(nameof(Target.Draw))]
[TaskDescription("Draw the graph of a plan or of one run, with one node for all chunk jobs of a type (--run, --format)")]
public sealed class DrawTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var drawing = new WorkflowDrawing(context.Disk, new WorkflowCommands(context).Chosen());
        foreach (var path in context.Messages.Counting("drawings", null, progress => drawing.Draw(context.Request.Invocation, progress)))
        {
            context.Messages.Result($"Draw: {path}");
        }
    }
}
