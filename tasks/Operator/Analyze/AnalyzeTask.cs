using Cake.Frosting;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;
using Outsource.Workflows;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Operator.Analyze;

[TaskName(nameof(Target.Analyze))]
[TaskDescription("Show why jobs failed or are held, grouped by cause (--only, --patterns)")]
public sealed class AnalyzeTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (desk, request, logs) = (new WorkflowCommands(context), context.Request, new LogPatterns(context.Disk));
        var file = request.Invocation.Options.Patterns;
        var patterns = file is null ? default : logs.Read(request.Host.Absolute(file));
        var workflow = desk.Chosen();
        var submit = desk.Planned(workflow);
        var status = desk.StatusOf(workflow, desk.AskAnalyzer).Known;
        var only = OnlyRuns.Read(request.Invocation, status.Runs.Select(r => r.Run));
        var chosen = status.Nodes.Where(n => only.Has(n.Name)).ToList();
        var troubled = new TroubledJobs(chosen, status.Names.TheManager);
        var (reader, console) = (new FailureReader(context.Disk, submit), request.Terminal());
        console.Line(troubled.Summary(status.Name));
        AnalyzeReport.DrawState(console, status);
        AnalyzeReport.Draw(
            console,
            context.Messages.Counting(
                "jobs looked at",
                troubled.Wrong.Length,
                progress => reader.Read(troubled.Wrong, context.Cancellation, progress)
            )
        );
        AnalyzeReport.Draw(
            console,
            context.Messages.Counting(
                "jobs looked at",
                troubled.Again.Length,
                progress => reader.Read(troubled.Again, context.Cancellation, progress)
            ),
            troubled.AgainHeading
        );
        foreach (var source in status.Sources.Where(s => s.Name == "pegasus-analyzer" && s.Answer == SourceAnswer.Answered))
        {
            console.Line($"{source.Description}.");
        }

        foreach (var warning in status.Warnings)
        {
            context.Messages.Warn($"{warning}.");
        }

        if (!patterns.IsDefault)
        {
            var found = logs.Logs(submit, chosen).ToList();
            AnalyzeReport.Draw(
                console,
                context.Messages.Counting(
                    "logs",
                    found.Count,
                    progress => logs.Search(patterns, found, () => progress.Advance(), context.Cancellation)
                ),
                found.Count
            );
        }

        foreach (var line in new NextStep(status, reader, request.Invocation).Lines(troubled.Wrong, only))
        {
            console.Line(line);
        }
    }
}
