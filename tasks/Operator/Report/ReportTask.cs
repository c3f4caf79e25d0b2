using Cake.Frosting;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Operator.Desk;
using Outsource.Operator.Diagnosis;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Report;

[TaskName(nameof(Target.Report))]
[TaskDescription("Make report.html of a workflow: one page for a browser, from whatever there is (--run: whose graph is drawn)")]
public sealed class ReportTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var runs = RunNumbers.Read(context.Request.Invocation.Options.Run, "run");
        if (runs.Count > 1)
        {
            throw new UsageException(
                $"--run names {runs.Count} runs, but the report draws the graph of one. Name one; --target=Draw draws several."
            );
        }

        var data = context.Messages.While(
            "the workflow's artifacts",
            () => ReportData.Read(context.Request.Host, workflow, desk.HistoryOf(workflow), context.Cancellation)
        );
        if (data.Status is { } status && workflow.Submit is { HasDag: true } submit)
        {
            data = data with { Causes = new CauseChoice(context, submit, status).Groups };
        }

        if (runs.Count == 1 && !data.Processed.Contains(runs[0]))
        {
            throw new UsageException(
                $"run {runs[0]} has no job in workflow '{workflow.Name}', so there is no graph of it. --target=Explain --run={runs[0]} "
                    + "says why."
            );
        }

        var path = Path.Combine(workflow.Folder, ReportPage.FileName);
        AtomicFile.WriteText(
            context.Disk,
            path,
            context.Messages.While("the page", new ReportPage(data, runs.Count == 1 ? runs[0] : null).Render)
        );
        foreach (var missing in data.Missing)
        {
            context.Messages.Warn(missing);
        }

        context.Messages.Result(FormattableString.Invariant($"Report: {path} ({context.Disk.FileInfo.New(path).Length / 1e3:N0} kB)"));
    }
}
