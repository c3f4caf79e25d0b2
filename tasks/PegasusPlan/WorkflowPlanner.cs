using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.PegasusPlan.Preflight;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.PegasusPlan;

/// <summary>
/// Has the engine plan a workflow, once. An incomplete plan of an earlier command is made again, a complete one is used, and a running
/// workflow is not changed.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="engine">Plans.</param>
/// <param name="statusReader">Finds how far the workflow has come.</param>
/// <param name="machine">Its clock.</param>
/// <param name="messages">Messages for the operator.</param>
public sealed class WorkflowPlanner(
    IFileSystem disk,
    IEngine engine,
    DagStatusReader statusReader,
    IMachine machine,
    IOperatorLog messages
)
{
    /// <summary>The planner's output, by its program.</summary>
    public const string LogFile = "pegasus-plan.log",
        OwnLogFile = "plan.log";

    /// <summary>Lines of the planner's output that are kept: usually some dozens, and a stack trace if it fails.</summary>
    private const int MostLines = 20_000;

    /// <summary>What an earlier command planned from exactly these files, or null.</summary>
    /// <param name="folder">Folder of the artifacts. Absolute.</param>
    /// <param name="order">What to plan.</param>
    public PlannedWorkflow? PlannedBefore(string folder, PlanOrder order)
    {
        if (!disk.File.Exists(PlannedWorkflow.PathIn(folder)))
        {
            return null;
        }

        var planned = PlannedWorkflow.Read(disk, folder);
        var directory = new SubmitDirectory(disk, planned.SubmitDirectory);
        return
            planned.SubmitDirectory == order.SubmitDirectory
            && planned.Fingerprint == WorkflowFiles.Fingerprint(disk, folder)
            && directory.Braindump?.Uuid == planned.Uuid
            && directory.IsPlanned
            ? planned
            : null;
    }

    /// <summary>Plans.</summary>
    /// <param name="name">The workflow.</param>
    /// <param name="folder">Folder of its artifacts. Absolute.</param>
    /// <param name="order">What to plan.</param>
    /// <param name="replaceable">Which earlier plan may be replaced.</param>
    /// <exception cref="UsageException">There is already a plan, or its DAG is running.</exception>
    /// <exception cref="OutsourceException">The planner failed; the exception has its exit code.</exception>
    public PlannedWorkflow Plan(string name, string folder, PlanOrder order, ReplaceablePlan replaceable)
    {
        var journal = new JournalFile(disk, folder);
        var directory = new SubmitDirectory(disk, order.SubmitDirectory);
        var status = statusReader.Of(folder, directory);
        MakeRoom(
            name,
            directory,
            status,
            replaceable == ReplaceablePlan.Any
                || (
                    status.State != DagState.Ended
                    && (replaceable == ReplaceablePlan.NeverStarted || journal.Last(Step.Plan) is { State: not StepState.Done })
                )
        );

        var programs = engine.Programs();
        var started = machine.UtcNow;
        journal.Append(new JournalEntry(started, Step.Plan, StepState.Begun) { Directory = order.SubmitDirectory });
        disk.Directory.CreateDirectory(order.BaseDirectory);
        WorkflowFiles.Check(disk, folder, name);
        HavePlanned(directory, folder, order, journal);
        var seconds = (machine.UtcNow - started).TotalSeconds;
        WarnOfDropped(directory);
        if (engine.Kind == EngineKind.Pegasus)
        {
            _ = NodeEnd.PutInto(disk, directory);
            _ = PartSubmitFiles.Change(disk, directory);
        }

        CopyRunList(folder, order);
        var planned = new PlannedWorkflow
        {
            Fingerprint = WorkflowFiles.Fingerprint(disk, folder),
            Name = name,
            SubmitDirectory = order.SubmitDirectory,
            Uuid = directory.Braindump!.Uuid,
            Engine = engine.Kind,
            PegasusVersion = engine.Kind == EngineKind.Pegasus ? programs[0].Version : null,
            CondorVersion = engine.Kind == EngineKind.Pegasus ? programs[1].Version : null,
            Command = engine.PlanCommand(order),
            StartCommand = engine.StartCommand(order.SubmitDirectory),
            PlannedAt = machine.UtcNow,
            Seconds = seconds,
        };
        planned.Write(disk, folder);
        journal.Append(new JournalEntry(machine.UtcNow, Step.Plan, StepState.Done) { Directory = order.SubmitDirectory, ExitCode = 0 });
        return planned;
    }

    /// <summary>Runs the planner, and records a failure in the journal.</summary>
    private void HavePlanned(SubmitDirectory directory, string folder, PlanOrder order, JournalFile journal)
    {
        var words = PlannerOutput.Of(disk, order.Properties);
        var log = Path.Combine(folder, engine.Kind == EngineKind.Pegasus ? LogFile : OwnLogFile);
        CommandOutput answer;
        try
        {
            answer = Logged(log, order, folder, words);
        }
        catch (OutsourceException)
        {
            journal.Append(new JournalEntry(machine.UtcNow, Step.Plan, StepState.Failed) { Directory = order.SubmitDirectory });
            throw;
        }

        if (answer.ExitCode != 0 || !directory.IsPlanned)
        {
            journal.Append(
                new JournalEntry(machine.UtcNow, Step.Plan, StepState.Failed)
                {
                    Directory = order.SubmitDirectory,
                    ExitCode = answer.ExitCode,
                }
            );
            throw Failure(answer, log, order, words);
        }
    }

    /// <summary>A copy for people who look only into the submit directory.</summary>
    private void CopyRunList(string folder, PlanOrder order)
    {
        var runs = Path.Combine(folder, WorkflowFolder.RunList);
        if (disk.File.Exists(runs))
        {
            disk.File.Copy(runs, Path.Combine(order.SubmitDirectory, WorkflowFolder.RunList), overwrite: true);
        }
    }

    /// <summary>With data reuse the planner drops jobs and succeeds; only its metrics show that.</summary>
    private void WarnOfDropped(SubmitDirectory directory)
    {
        var path = directory.Metrics;
        try
        {
            using var metrics = disk.File.Exists(path) ? JsonDocument.Parse(BoundedText.ReadAll(disk, path)) : null;
            if (
                metrics is not null
                && metrics.RootElement.TryGetProperty("wf_metrics", out var workflow)
                && workflow.TryGetProperty("deleted_tasks", out var dropped)
                && dropped.TryGetInt32(out var number)
                && number > 0
                && workflow.TryGetProperty("total_tasks", out var total)
                && total.TryGetInt32(out var all)
            )
            {
                messages.Warn(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the planner left out {number} of {Counted.Of(all, "job")}, because it assumes that their outputs exist "
                            + $"or are not needed. Remove pegasus.data.reuse.scope from pegasus_properties."
                    )
                );
            }
        }
        catch (JsonException)
        {
            // Metrics that cannot be read do not make a plan invalid.
        }
    }

    private void MakeRoom(string name, SubmitDirectory directory, DagStatus status, bool replace)
    {
        if (!replace && directory.HasDag && directory.Engine != engine.Kind)
        {
            throw new UsageException(
                $"workflow '{name}' was planned for the engine {Spelling.Kebab(directory.Engine.ToString())}, and a workflow keeps its "
                    + $"engine: {Spelling.Kebab(engine.Kind.ToString())} is refused. Leave --engine out, choose another name with "
                    + "--name=NAME, or pass --replace to plan it again."
            );
        }

        if (status.MayRun)
        {
            throw new UsageException(
                $"workflow '{name}' cannot be planned again: {status.Description}. Wait for its end or remove it (--target=Remove), or "
                    + $"choose another name with --name=NAME.{status.WayOn(name)}"
            );
        }

        if (!replace && status.State is not DagState.Unplanned)
        {
            throw new UsageException(
                status.State == DagState.Planned
                    ? $"workflow '{name}' is planned already in '{directory.Path}'. Start it with --target=PegasusRun --exclusive "
                        + $"--name={name}, or pass --replace to plan again."
                    : $"'{directory.Path}' exists already, and {status.Description}.{status.WayOn(name)} Choose another name with "
                        + "--name=NAME, or pass --replace to empty the directory and plan again."
            );
        }

        if (status.State is not DagState.Unplanned)
        {
            messages.Note($"PegasusPlan: emptied '{directory.Path}': {status.Description}.");
        }

        directory.Empty();
    }

    /// <summary>Runs the planner and writes its output to disk line by line, with secrets hidden and access only for us.</summary>
    private CommandOutput Logged(string log, PlanOrder order, string folder, PlannerOutput words)
    {
        // Created new: an existing file may be readable for everybody.
        disk.File.Delete(log);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = AtomicFile.Private;
        }

        using var text = new StreamWriter(disk.FileStream.New(log, options)) { NewLine = "\n", AutoFlush = true };
        text.WriteLine("$ " + ShellText.Join(engine.PlanCommand(order)));
        using var progress = order.Jobs is { } jobs
            ? new PlanningProgress(
                disk,
                order.SubmitDirectory,
                messages.Progress($"jobs planned by {EngineNames.Of(engine.Kind).Planner}", jobs)
            )
            : messages.Waiting(Path.GetFileName(engine.PlanCommand(order)[0]));
        var lines = 0;
        var answer = engine.Plan(
            order,
            folder,
            line =>
            {
                if (++lines <= MostLines)
                {
                    text.WriteLine(lines < MostLines ? words.Shown(line) : "[more is not kept]");
                }
            }
        );
        text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[exit code {answer.ExitCode}]"));
        return answer;
    }

    private static OutsourceException Failure(CommandOutput answer, string log, PlanOrder order, PlannerOutput words)
    {
        var (why, said) = words.Explain([.. answer.Lines]);
        why ??=
            answer.ExitCode == 0
                ? $"It ended without an error, but left no plan in '{order.SubmitDirectory}'."
                : "The cause is unknown.";
        return new OutsourceException(
            string.Create(CultureInfo.InvariantCulture, $"pegasus-plan failed (exit code {answer.ExitCode}). {why}\n")
                + string.Concat(said.Select(w => $"  {w}\n"))
                + $"The whole output is in '{log}'.",
            ExitCodes.OfTool(answer.ExitCode)
        );
    }
}
