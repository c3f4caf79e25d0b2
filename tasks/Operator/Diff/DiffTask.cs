using Cake.Frosting;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Diff;

[TaskName(nameof(Target.Diff))]
[TaskDescription("Show how the plan of --with differs from that of --name; exit code 3 if it does")]
public sealed class DiffTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (before, after) = new PlanFolders(context.Request.Host, () => new WorkflowCommands(context).Workflows).Read(
            context.Request.Invocation
        );
        var difference = context.Messages.While(
            "the two plans",
            () => PlanDifference.Between(context.Disk, before, after, context.Cancellation)
        );
        var console = context.Request.Terminal();
        if (context.Request.Invocation.Options.Json)
        {
            console.Profile.Out.Writer.Write(DiffJson.Render(difference));
        }
        else
        {
            foreach (var line in DifferenceReport.Lines(difference))
            {
                console.Line(line);
            }
        }

        if (!difference.IsEmpty)
        {
            throw new DifferenceException($"The plans '{before.Name}' and '{after.Name}' differ.");
        }
    }
}
