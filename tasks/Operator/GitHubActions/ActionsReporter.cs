using System.Globalization;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Ledger;
using Outsource.Operator.Diff;
using Outsource.Operator.Report;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.GitHubActions;

/// <summary>
/// The output of a dry run for a pipeline: the difference to the previous plan, summary and outputs for GitHub Actions, and a failure if an
/// option asks for it.
/// </summary>
/// <param name="context">The run.</param>
public sealed class ActionsReporter(OutsourceContext context)
{
    private readonly RunRequest _request = context.Request;

    /// <summary>Reports it.</summary>
    /// <exception cref="OutsourceException">The condition of <c>--fail-if-shrunk</c> or <c>--fail-on-source-error</c> is met.</exception>
    public void Say()
    {
        var (invocation, host) = (_request.Invocation, _request.Host);
        var runs = context.Outputs.Ledger.ReadHeader().Runs;
        var previous = Previous();
        var difference = previous is null
            ? null
            : PlanDifference.Between(
                context.Disk,
                previous.Folder,
                new PlanFolder(context.Loaded.Settings.Name, context.Folder),
                context.Cancellation
            );
        foreach (var line in difference is null || invocation.Options.Json ? [] : DifferenceReport.Lines(difference).Prepend(""))
        {
            context.Messages.Note(line);
        }

        if (ActionsText.Runs(host.Variable))
        {
            var files = new ActionsFiles(host);
            files.Summary(StepSummary.Of(context.Loaded, runs, context.Outputs.Totals, context.Outputs.Plan, difference));
            string Number(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            files.Output(
                new Dictionary<string, string>
                {
                    ["runs"] = Number(context.Outputs.Plan.Runs),
                    ["jobs"] = Number(context.Outputs.Plan.Jobs),
                    ["chunks"] = Number(context.Outputs.Plan.Chunks),
                    ["ledger"] = context.Outputs.Ledger.FilePath,
                    ["report"] = Report(),
                }
            );
        }

        if (invocation.Options.FailOnSourceError && context.Outputs.Totals.Of(Outcome.SourceError) is > 0 and var failed)
        {
            throw new OutsourceException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{failed:N0} {(failed == 1 ? "line" : "lines")} of the ledger ended as source-error, and --fail-on-source-error "
                        + $"was given. Their details show which service failed; try again when it works."
                )
            );
        }

        if (invocation.Options.FailIfShrunk && previous?.Shrunk(runs, context.Outputs.Totals).ToList() is { Count: > 0 } shrunk)
        {
            throw new OutsourceException(
                $"the plan shrank since '{previous.Folder.Name}', and --fail-if-shrunk was given: {string.Join("; ", shrunk)}. "
                    + $"--target=Diff --name={previous.Folder.Path} --with={context.Folder} shows each run."
            );
        }
    }

    private PreviousPlan? Previous()
    {
        var typed = _request.Invocation.Options.Previous;
        if (typed is null)
        {
            return null;
        }

        var previous = PreviousPlan.Find(_request.Host, typed);
        if (previous is null)
        {
            context.Messages.Warn($"'{typed}' is empty, so nothing is compared: this is the first run of a pipeline.");
        }

        return previous;
    }

    private string Report()
    {
        var workflow = WorkflowOnDisk.Read(context.Disk, context.Loaded.Settings.WorkDir, context.Loaded.Settings.Name);
        var status = new WorkflowStatus
        {
            Name = workflow.Name,
            AsOf = _request.Host.Now,
            State = WorkflowState.Rehearsed,
        };
        var data = ReportData.Read(_request.Host, workflow, status, context.Cancellation);
        var path = Path.Combine(workflow.Folder, ReportPage.FileName);
        AtomicFile.WriteText(context.Disk, path, new ReportPage(data).Render());
        return path;
    }
}
