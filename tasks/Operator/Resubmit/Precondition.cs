using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows.State;

namespace Outsource.Operator.Resubmit;

/// <summary>Refuses what would end badly: a second DAGMan beside a running one, or one that starts over what is finished.</summary>
public static class Precondition
{
    /// <param name="disk">The disk.</param>
    /// <param name="submit">The submit directory.</param>
    /// <param name="status">Where the workflow stands.</param>
    /// <param name="queued">What the queue holds; it was asked and answered.</param>
    /// <param name="elsewhere">The machine that started it, where that is another one than this; else null.</param>
    /// <exception cref="UsageException">It must not be resubmitted.</exception>
    /// <exception cref="OutsourceException">Its DAG cannot be read, or is not whole: what would run is not what was planned.</exception>
    /// <exception cref="NothingToDoException">All is done.</exception>
    public static void Check(IFileSystem disk, SubmitDirectory submit, WorkflowStatus status, QueuedWorkflow queued, string? elsewhere)
    {
        RefuseWhatIsQueued(status, queued);
        RefuseWhatMayRunElsewhere(submit, status, elsewhere);
        RefuseWhatIsNotWhole(submit, status);
        RefuseWhatIsDone(status);
        if (disk.File.Exists(submit.MonitorPid) && MonitorRuns(disk, submit.MonitorPid))
        {
            throw new UsageException(
                $"Pegasus' monitor of workflow '{status.Name}' still runs ('{submit.MonitorPid}'), and pegasus-run refuses to start "
                    + "beside it. It ends some seconds after the workflow: try again then."
            );
        }
    }

    private static void RefuseWhatIsQueued(WorkflowStatus status, QueuedWorkflow queued)
    {
        if (!queued.Dagmans.IsEmpty)
        {
            var (standing, wayOn) = status.State switch
            {
                WorkflowState.Held => ("is held", $"--target=Release --name={status.Name} lets it go on"),
                WorkflowState.Halted => (
                    "is halted with pegasus-halt, and what is in the queue goes on to its end",
                    $"--target=Release --name={status.Name} lets it go on"
                ),
                _ => ("runs", $"--target=Remove --name={status.Name} ends it"),
            };
            throw new UsageException(
                $"workflow '{status.Name}' {standing} (DAGMan {string.Join(", ", queued.Dagmans.Select(d => d.Cluster))}, "
                    + $"{Done(status)}): it is not submitted again. --target=Status --name={status.Name} shows it; {wayOn}."
            );
        }

        if (!queued.Jobs.IsEmpty)
        {
            throw new UsageException(
                $"{Counted.Of(queued.Jobs.Length, "job")} of workflow '{status.Name}' {Counted.Word(queued.Jobs.Length, "is", "are")} "
                    + $"still in the queue without DAGMan: resubmitted now, {Counted.Word(queued.Jobs.Length, "it", "they")} would run "
                    + $"twice. Remove {Counted.Word(queued.Jobs.Length, "it", "them")} with --target=Remove --name={status.Name}."
            );
        }
    }

    private static void RefuseWhatMayRunElsewhere(SubmitDirectory submit, WorkflowStatus status, string? elsewhere)
    {
        if (elsewhere is not null && !submit.Dagman.Alive.IsEmpty)
        {
            throw new UsageException(
                $"workflow '{status.Name}' was started on {elsewhere}, whose queue this machine does not see, and HTCondor's log does "
                    + "not say that it has ended: it is not submitted again from here. Resubmit it there."
            );
        }
    }

    private static void RefuseWhatIsNotWhole(SubmitDirectory submit, WorkflowStatus status)
    {
        if (status.Nodes.IsEmpty || status.Strays > 0)
        {
            throw new OutsourceException(
                $"workflow '{status.Name}' is not resubmitted: "
                    + $"{(status.Nodes.IsEmpty ? status.Detail : $"'{submit.Dag}' lacks {Counted.Of(status.Strays, "node")} that ran")}. "
                    + $"Restore its files, or plan the workflow anew with --target=Submit --reuse --name={status.Name} --replace."
            );
        }

        // One that was taken away before it said anything did start: Submit refuses it.
        if (!submit.IsStarted && submit.Dagman.Last is null)
        {
            throw new UsageException($"workflow '{status.Name}' is planned and was {status.Detail}.");
        }
    }

    private static void RefuseWhatIsDone(WorkflowStatus status)
    {
        // After a success pegasus-run would find an old rescue file and do again what came after it.
        if (status.State == WorkflowState.Succeeded || status.Counts[NodeState.Done] == status.Counts.Total)
        {
            throw new NothingToDoException(
                $"workflow '{status.Name}' is finished, {status.Counts.Total} of {Counted.Of(status.Counts.Total, "node")} done: there "
                    + "is nothing to resubmit."
            );
        }
    }

    /// <summary>Whether the process of a pid file is a monitor that runs; a file that a killed one left behind means nothing.</summary>
    public static bool MonitorRuns(IFileSystem disk, string pidFile)
    {
        var words = BoundedText.ReadAll(disk, pidFile).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var pid = words
            .Select(w => int.TryParse(w, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .FirstOrDefault(n => n > 0);
        var command = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline");
        return pid > 0 && disk.File.Exists(command) && BoundedText.ReadAll(disk, command).Contains("monitord", StringComparison.Ordinal);
    }

    private static string Done(WorkflowStatus status) => string.Create(CultureInfo.InvariantCulture, $"{status.Percent:0.##} % done");
}
