using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows.State;

namespace Outsource.Operator.Resubmit;

/// <summary>Refuses a second DAGMan beside a running one, and a restart of a finished workflow.</summary>
public static class Precondition
{
    /// <param name="disk">The disk.</param>
    /// <param name="submit">The submit directory.</param>
    /// <param name="status">Its status.</param>
    /// <param name="queued">Its jobs in the queue, which answered.</param>
    /// <param name="elsewhere">The machine that started it, if it is not this one; else null.</param>
    /// <exception cref="UsageException">It must not be resubmitted.</exception>
    /// <exception cref="OutsourceException">Its DAG is unreadable or incomplete: it would not run what was planned.</exception>
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
                $"Pegasus' monitor of workflow '{status.Name}' is still running ('{submit.MonitorPid}'), and pegasus-run refuses to start "
                    + "then. It ends some seconds after the workflow: try again later."
            );
        }
    }

    private static void RefuseWhatIsQueued(WorkflowStatus status, QueuedWorkflow queued)
    {
        if (!queued.Dagmans.IsEmpty)
        {
            var (standing, wayOn) = status.State switch
            {
                WorkflowState.Held => ("is held", $"--target=Release --name={status.Name} continues it"),
                WorkflowState.Halted => (
                    "is halted with pegasus-halt, and its jobs in the queue are finishing",
                    $"--target=Release --name={status.Name} continues it"
                ),
                _ => ("is running", $"--target=Remove --name={status.Name} ends it"),
            };
            throw new UsageException(
                $"workflow '{status.Name}' {standing} ({status.Names.Manager} {string.Join(", ", queued.Dagmans.Select(d => d.Cluster))}, "
                    + $"{Done(status)}): refused. --target=Status --name={status.Name} shows its state; {wayOn}."
            );
        }

        if (!queued.Parts.IsEmpty)
        {
            throw new UsageException(
                $"{Counted.Of(queued.Parts.Length, "part")} of workflow '{status.Name}' {Counted.Word(queued.Parts.Length, "is", "are")} "
                    + $"still in the queue without {status.Names.TheManager} of the workflow: a resubmission would run "
                    + $"{Counted.Word(queued.Parts.Length, "it", "them")} twice. Remove "
                    + $"{Counted.Word(queued.Parts.Length, "it", "them")} with --target=Remove --name={status.Name}."
            );
        }

        if (!queued.Jobs.IsEmpty)
        {
            throw new UsageException(
                $"{Counted.Of(queued.Jobs.Length, "job")} of workflow '{status.Name}' {Counted.Word(queued.Jobs.Length, "is", "are")} "
                    + $"still in the queue without {status.Names.TheManager}: a resubmission would run "
                    + $"{Counted.Word(queued.Jobs.Length, "it", "them")} twice. Remove "
                    + $"{Counted.Word(queued.Jobs.Length, "it", "them")} with --target=Remove --name={status.Name}."
            );
        }
    }

    private static void RefuseWhatMayRunElsewhere(SubmitDirectory submit, WorkflowStatus status, string? elsewhere)
    {
        if (elsewhere is not null && !submit.Dagman.Alive.IsEmpty)
        {
            throw new UsageException(
                $"workflow '{status.Name}' was started on {elsewhere}, whose queue this machine cannot query, and {submit.Names.Log} does "
                    + "not say that it has ended: refused. Resubmit it there."
            );
        }
    }

    private static void RefuseWhatIsNotWhole(SubmitDirectory submit, WorkflowStatus status)
    {
        if (status.Nodes is [] || status.Strays > 0)
        {
            throw new OutsourceException(
                $"workflow '{status.Name}' is not resubmitted: "
                    + $"{(status.Nodes is [] ? status.Detail : $"'{submit.Dag}' lacks {Counted.Of(status.Strays, "node")} that ran")}. "
                    + $"Restore its files, or plan the workflow again with --target=Submit --reuse --name={status.Name} --replace."
            );
        }

        // A DAG that was removed before it wrote anything did start: Submit refuses it.
        if (!submit.IsStarted && submit.Dagman.Last is null)
        {
            throw new UsageException($"workflow '{status.Name}' is only planned: {status.Detail}.");
        }
    }

    private static void RefuseWhatIsDone(WorkflowStatus status)
    {
        // After a success pegasus-run would use an old rescue file and repeat later jobs.
        if (status.State == WorkflowState.Succeeded || status.Counts[NodeState.Done] == status.Counts.Total)
        {
            throw new NothingToDoException(
                $"workflow '{status.Name}' is finished, {status.Counts.Total} of {Counted.Of(status.Counts.Total, "node")} done: there "
                    + "is nothing to resubmit."
            );
        }
    }

    /// <summary>Whether the process of a pid file is a running monitor; the file of a killed one has no meaning.</summary>
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
