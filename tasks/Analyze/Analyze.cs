using Cake.Frosting;
using Outsource.Analyze;
using Outsource.DagMan;
using Outsource.Environs;
using Outsource.Reports;
using Outsource.Status;
using Outsource.Workflows;
using Spectre.Console;

namespace Outsource.Tasks;

[TaskName(nameof(Analyze))]
[TaskDescription("Say why jobs failed or are held, grouped by cause (--only, --patterns)")]
public sealed class Analyze : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (desk, request, logs) = (new OperatorDesk(context), context.Request, new LogPatterns(context.Disk));
        var file = request.Invocation.Value("patterns");
        var patterns = file is null ? default : logs.Read(request.Surroundings.Absolute(file));
        var workflow = desk.Chosen();
        var submit = desk.Planned(workflow);
        var status = desk.StatusOf(workflow, desk.AskAnalyzer).Known;
        var only = OnlyRuns.Read(request.Invocation, status.Runs.Select(r => r.Run));
        var chosen = status.Nodes.Where(n => only.Has(n.Name)).ToList();
        var wrong = chosen.Where(n => (n.State is NodeState.Held or NodeState.Failed || (n.RemovalReason is not null && n.State != NodeState.Done)) && !n.Node.LeftAlone).ToList();
        var console = request.Terminal();
        console.WriteLine($"Workflow {status.Name}: {Counted.Of(wrong.Count(n => n.State == NodeState.Failed), "job")} failed, {wrong.Count(n => n.State == NodeState.Held)} held, {wrong.Count(n => n.State is not (NodeState.Failed or NodeState.Held))} taken out of the queue; {chosen.Count(n => n.State == NodeState.Unknown)} unknown.");
        AnalyzeReport.Draw(console, context.Messages.Counting("jobs looked at", wrong.Count, progress => new FailureReader(context.Disk, submit).Read(wrong, context.Cancellation, progress)));
        foreach (var source in status.Sources.Where(s => s.Name == "pegasus-analyzer" && s.Answer == SourceAnswer.Answered))
        {
            console.WriteLine($"{source.Words}.");
        }

        foreach (var warning in status.Warnings)
        {
            context.Messages.Warn($"{warning}.");
        }

        if (!patterns.IsDefault)
        {
            var found = logs.Logs(submit, chosen).ToList();
            AnalyzeReport.Draw(console, context.Messages.Counting("logs", found.Count, progress => logs.Search(patterns, found, () => progress.Advance(), context.Cancellation)), found.Count);
        }
    }
}
