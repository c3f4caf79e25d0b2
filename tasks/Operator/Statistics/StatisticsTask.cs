using Cake.Frosting;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Operator.Statistics;

[TaskName(nameof(Target.Statistics))]
[TaskDescription("Show totals of times, retries and memory, and Pegasus' own statistics")]
public sealed class StatisticsTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var console = context.Request.Terminal();
        var measured = new ResourcesTest(context, workflow).Compare();
        if (!measured.IsEmpty && workflow.Submit is not { IsStarted: true })
        {
            // Measured elsewhere: its results were brought here.
            ResourceReport.Draw(console, measured);
            return;
        }

        var submit = desk.Planned(workflow);
        var status = desk.StatusOf(workflow);
        if (!submit.IsStarted)
        {
            throw new NothingToDoException($"workflow '{workflow.Name}' was never started: there are no statistics.");
        }

        new RunStatistics(status.Known).Draw(console);
        ResourceReport.Draw(console, measured);
        if (submit.Engine != EngineKind.Pegasus)
        {
            return;
        }

        if (submit.IsMonitored && !status.Ended)
        {
            console.Line("Pegasus' own statistics are not available yet: its monitor is still running.");
            return;
        }

        try
        {
            var said = desk.Run((f, e, p, t) => new PegasusStatistics(f, e, p, t), "pegasus-statistics", submit);
            foreach (var line in StatisticsText.Of(said))
            {
                console.Line(line);
            }
        }
        catch (OutsourceException error)
        {
            context.Messages.Warn($"Pegasus' own statistics are not available: {error.Message}");
        }
    }
}
