using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.PegasusPlan.Preflight;
using Outsource.Workflows;

namespace Outsource.PegasusRun;

/// <summary>Whether a command begins, or continues one that was stopped.</summary>
public enum StartAttempt
{
    First,
    Continued,
}

/// <summary>
/// Starts a planned workflow, exactly once. pegasus-run itself starts a second DAG if it is called again within some seconds, and resumes
/// from an old rescue file on a finished workflow. So it is called only if the queue and DAGMan's log both say that the workflow was never
/// started. The caller must hold the workflow's claim.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="engine">Starts it.</param>
/// <param name="statusReader">Finds out how far the workflow has come.</param>
/// <param name="machine">Its clock.</param>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="last">A last check before the submission; throws if it is not allowed.</param>
public sealed class WorkflowStarter(
    IFileSystem disk,
    IEngine engine,
    DagStatusReader statusReader,
    IMachine machine,
    HostEnvironment host,
    Action last
)
{
    /// <summary>Starts it, or finds that an earlier command has.</summary>
    /// <param name="planned">What to start.</param>
    /// <param name="folder">Folder of the artifacts. Absolute.</param>
    /// <param name="attempt">Whether this command continues one that was stopped.</param>
    /// <exception cref="UsageException">It is already running, or has ended.</exception>
    /// <exception cref="OutsourceException">pegasus-run failed; the exception has its exit code.</exception>
    public Submission Start(PlannedWorkflow planned, string folder, StartAttempt attempt)
    {
        var journal = new JournalFile(disk, folder);
        var directory = new SubmitDirectory(disk, planned.SubmitDirectory);
        var status = statusReader.Of(folder, directory);
        if (directory.Braindump is { } notes && notes.Uuid != planned.Uuid)
        {
            throw new UsageException(
                $"'{planned.SubmitDirectory}' was planned again by another command since planned.yml was written. Plan with "
                    + $"--target=PegasusPlan --exclusive --name={planned.Name} --replace."
            );
        }

        if (StartsNow(status, attempt, journal))
        {
            return StartNow(planned, folder, journal, directory);
        }

        switch (status.State)
        {
            case DagState.Running or DagState.Ended
                when !(engine is IRunsHere && status.State == DagState.Running)
                    && (attempt == StartAttempt.Continued || journal.Last(Step.Start) is { State: StepState.Begun }):
                // It was started, and the command that did so was stopped before it could record it.
                journal.Append(
                    new JournalEntry(machine.UtcNow, Step.Start, StepState.Done)
                    {
                        Directory = planned.SubmitDirectory,
                        Cluster = status.LastCluster,
                        Detail = status.Description,
                    }
                );
                return Recorded(planned, folder, status.LastCluster, foundOut: true);
            case DagState.Running:
                throw new UsageException(
                    $"workflow '{planned.Name}' is already running: {status.Description}. Check it with --target=Status "
                        + $"--name={planned.Name}.{status.WayOn(planned.Name)}"
                );
            case DagState.Ended:
                throw new UsageException(
                    $"workflow '{planned.Name}' is not started a second time: {status.Description}.{status.WayOn(planned.Name)} "
                        + "--replace plans and starts it again."
                );
            case DagState.Unknown:
                throw new OutsourceException(
                    $"workflow '{planned.Name}' is not started: {status.Description}. Try again when "
                        + $"{directory.Names.System} answers ({directory.Names.Asks})."
                );
            default:
                throw new UsageException(
                    $"workflow '{planned.Name}' cannot be started: {status.Description} in '{planned.SubmitDirectory}'. Plan it with "
                        + $"--target=PegasusPlan --exclusive --name={planned.Name} --replace."
                );
        }
    }

    /// <summary>
    /// Whether it was never started, or an engine that submits job by job, or runs the jobs itself, was stopped on the way: then it goes on
    /// where it stopped.
    /// </summary>
    private bool StartsNow(DagStatus status, StartAttempt attempt, JournalFile journal) =>
        status.State switch
        {
            DagState.Planned => true,
            DagState.Running or DagState.Ended when engine.StartsByParts => journal.Last(Step.Start)
                is { State: StepState.Begun or StepState.Failed },
            DagState.Ended => engine is IRunsHere && !status.Succeeded && attempt == StartAttempt.Continued,
            _ => false,
        };

    private Submission StartNow(PlannedWorkflow planned, string folder, JournalFile journal, SubmitDirectory directory)
    {
        // Jobs read their programs from this folder when they start.
        WorkflowFiles.Check(disk, folder, planned.Name);
        if (WorkflowFiles.Fingerprint(disk, folder) != planned.Fingerprint)
        {
            throw new UsageException(
                $"'{planned.SubmitDirectory}' was planned from other files than those now in '{folder}'. Plan again with "
                    + $"--target=PegasusPlan --exclusive --name={planned.Name} --replace."
            );
        }

        last();
        journal.Append(
            new JournalEntry(machine.UtcNow, Step.Start, StepState.Begun)
            {
                Directory = planned.SubmitDirectory,
                User = host.User,
                Host = host.HostName,
                Process = machine.Process,
            }
        );
        var answer = engine.Start(planned.SubmitDirectory);

        // With --json pegasus-run does not print the cluster; the schedd's log of the job has it.
        var cluster = directory.Dagman.Last;
        if (answer.ExitCode != 0)
        {
            return AfterFailure(planned, folder, journal, directory, answer);
        }

        journal.Append(
            new JournalEntry(machine.UtcNow, Step.Start, StepState.Done)
            {
                Directory = planned.SubmitDirectory,
                ExitCode = 0,
                Cluster = cluster,
            }
        );
        return Recorded(planned, folder, cluster, foundOut: false);
    }

    /// <summary>pegasus-run failed, but may have started the DAG.</summary>
    private Submission AfterFailure(
        PlannedWorkflow planned,
        string folder,
        JournalFile journal,
        SubmitDirectory directory,
        CommandOutput answer
    )
    {
        // What is in the queue counts, not the exit code.
        var status = statusReader.Of(folder, directory);
        if (status.State is DagState.Running or DagState.Ended)
        {
            journal.Append(
                new JournalEntry(machine.UtcNow, Step.Start, StepState.Done)
                {
                    Directory = planned.SubmitDirectory,
                    ExitCode = answer.ExitCode,
                    Cluster = status.LastCluster,
                    Detail = status.Description,
                }
            );
            return Recorded(planned, folder, status.LastCluster, foundOut: true);
        }

        var never = status.State is not DagState.Unknown;
        if (never)
        {
            journal.Append(
                new JournalEntry(machine.UtcNow, Step.Start, StepState.Failed)
                {
                    Directory = planned.SubmitDirectory,
                    ExitCode = answer.ExitCode,
                }
            );
        }

        var words = answer.Lines.Select(l => l.Trim()).Where(l => l.Length > 0).TakeLast(8).Select(UntrustedText.Shown);
        throw new OutsourceException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileName(engine.StartCommand(planned.SubmitDirectory)[0])} failed (exit code {answer.ExitCode}), "
                    + $"{(never ? $"so '{planned.Name}' was not started" : status.Description)}:\n"
            ) + string.Join('\n', words.Select(w => "  " + w)),
            ExitCodes.OfTool(answer.ExitCode)
        );
    }

    private Submission Recorded(PlannedWorkflow planned, string folder, int? cluster, bool foundOut)
    {
        var submission = new Submission(
            planned.Name,
            planned.SubmitDirectory,
            planned.Uuid,
            cluster,
            machine.UtcNow,
            host.User,
            host.HostName,
            foundOut
        );
        submission.Write(disk, folder);
        return submission;
    }
}
