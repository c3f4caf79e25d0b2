using Cake.Frosting;
using Outsource.Errors;
using Outsource.Explain;
using Outsource.LoadConfig;
using Outsource.Workflows;

namespace Outsource.Tasks;

[TaskName(nameof(Explain))]
[TaskDescription("Say of the runs of --run why each data type is or is not processed, and what would change it")]
public sealed class Explain : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var runs = RunNumbers.Read(context.Request.Invocation, "run");
        if (runs.Count == 0)
        {
            throw new UsageException("Explain needs the runs to explain: --run=7157, several separated by commas.");
        }

        var workflow = new OperatorDesk(context).Chosen();
        var settings = RunExplainer.Needed(context.Disk, workflow, SettingsArtifact.FileName, nameof(LoadConfig));
        var explainer = new RunExplainer(context.Disk, SettingsArtifact.Read(context.Request.Surroundings, settings), workflow);
        var console = context.Request.Terminal();
        var all = explainer.Explain([.. runs], context.Cancellation);
        if (context.Request.Invocation.Has("json"))
        {
            console.Profile.Out.Writer.Write(ExplainJson.Render(workflow.Name, explainer.AskedAt, explainer.Source, all));
            return;
        }

        foreach (var explained in all)
        {
            new ExplainReport(explained, explainer.AskedAt, explainer.Source).Draw(console);
        }
    }
}
