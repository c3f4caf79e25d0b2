using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Draw;

/// <summary>Draws a plan into files in its folder.</summary>
/// <param name="disk">The disk.</param>
/// <param name="workflow">The workflow.</param>
public sealed class WorkflowDrawing(IFileSystem disk, WorkflowOnDisk workflow)
{
    /// <summary>Draws a file for each run of <c>--run</c>, or else the whole plan in condensed form.</summary>
    /// <param name="invocation">What was typed.</param>
    /// <param name="progress">Counts the drawings; or null.</param>
    /// <returns>The files written.</returns>
    public IReadOnlyList<string> Draw(Invocation invocation, IProgressDisplay? progress = null)
    {
        var plan = PlanOf(disk, workflow);
        var dot = invocation.Options.Format == "dot";
        var ending = dot ? "dot" : "svg";
        var byRun = plan.Groups.ToLookup(g => g.Run);
        var graphs = RunsAsked(invocation, plan) is { Count: > 0 } runs
            ? runs.Select(run => ($"graph-{RunDocument.Padded(run)}.{ending}", GraphBuilder.OfRun(run, byRun[run])))
            : [($"draw.{ending}", GraphBuilder.OfPlan(workflow.Name, plan))];
        var written = new List<string>();
        var all = graphs.ToList();
        progress?.Expect(all.Count);
        foreach (var (file, graph) in progress.Over(all))
        {
            var path = Path.Combine(workflow.Folder, file);
            AtomicFile.WriteText(disk, path, dot ? DotDrawing.Of(graph) : SvgDrawing.Of(graph));
            written.Add(path);
        }

        return written;
    }

    /// <summary>The plan of a workflow.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    /// <exception cref="NothingToDoException">It has no jobs.</exception>
    private static JobPlan PlanOf(IFileSystem disk, WorkflowOnDisk workflow)
    {
        var path = Path.Combine(workflow.Folder, JobPlan.FileName);
        if (!disk.File.Exists(path))
        {
            throw new UsageException(
                $"'{path}' is missing. Stage PlanChunks makes it: {ProgramCommand.Program} --target=PlanChunks --name={workflow.Name}"
            );
        }

        var plan = JobPlan.Read(disk, workflow.Folder);
        return plan.Groups.IsEmpty
            ? throw new NothingToDoException(
                $"workflow '{workflow.Name}' has no jobs, so there is nothing to draw. {LedgerFile.FileName} has the reason for each "
                    + "run and data type."
            )
            : plan;
    }

    /// <summary>The runs of <c>--run</c>, as typed; empty: none.</summary>
    /// <exception cref="UsageException">One is not a number, or has no job.</exception>
    private IReadOnlyList<int> RunsAsked(Invocation invocation, JobPlan plan)
    {
        var known = plan.Groups.Select(g => g.Run).ToHashSet();
        return RunNumbers.Read(
            invocation.Options.Run,
            "run",
            known,
            run =>
                $"run {run} of --run has no job in workflow '{workflow.Name}'; runs with jobs are {OnlyRuns.Text(known.Order())}. "
                + $"--target=Explain --run={run} shows why."
        );
    }
}
