using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Desk;

/// <summary>Shared by the tasks after a submission: the selected workflow, and the tools of Pegasus and HTCondor.</summary>
/// <param name="context">The run.</param>
public sealed class WorkflowCommands(OutsourceContext context)
{
    private readonly RunRequest _request = context.Request;
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private string? _workDir;
    private WorkflowOnDisk? _chosen;

    /// <summary>Asks about the jobs of any workflow the engine that it was planned for.</summary>
    public Queues Queues => new(Engine);

    private ProgramPlaces Places =>
        new(_request.Host, () => new ConfiguredPlaces(_request.Host).PegasusPath(_request.Invocation));

    /// <summary>Folder of the workflows.</summary>
    public string WorkDir => _workDir ??= new ConfiguredPlaces(_request.Host).WorkDir(_request.Invocation);

    /// <summary>All workflows, and the selected one.</summary>
    public WorkflowChooser Workflows => new(_request.Host, WorkDir);

    /// <summary>The time, UTC. It continues from the start time, which may have been set.</summary>
    public DateTimeOffset Now => _request.Host.Now.ToUniversalTime() + TimeProvider.System.GetElapsedTime(_began);

    /// <summary>Reads states of workflows, and keeps beside each what the next look need not read again.</summary>
    public StatusReader Reader => new(_request.Host, TimeZoneInfo.Local) { Cache = CacheUse.Keep };

    /// <summary>The selected workflow.</summary>
    /// <exception cref="UsageException">There is none, or its folders are not ours.</exception>
    public WorkflowOnDisk Chosen()
    {
        var trust = new ConfiguredPlaces(_request.Host).Trust(_request.Invocation, _request.Machine);
        trust.Check(System.IO.Path.Combine(WorkDir, "generated"));
        var workflow = _chosen = Workflows.Choose(_request.Invocation);
        trust.Check([workflow.Folder, workflow.OutputsFolder, .. workflow.Submit is { } submit ? new[] { submit.Path } : []]);
        return workflow;
    }

    /// <summary>The submit directory of a workflow for an action.</summary>
    /// <exception cref="UsageException">It was never planned, or its plan is gone.</exception>
    public SubmitDirectory Planned(WorkflowOnDisk workflow) =>
        workflow.Submit is { HasDag: true } submit ? submit
        : workflow is { SubmittedAt: { } at, Submit.Dag: var dag }
            ? throw new UsageException(
                $"workflow '{workflow.Name}' was submitted {at:yyyy-MM-ddTHH:mm:ssZ}, but '{dag}' is gone: {_request.Invocation.Task} "
                    + "is not possible. Restore its submit directory; "
                    + $"{EngineNames.Of(RecordedSettings.Engine(context.Disk, workflow.Folder)).Asks} shows jobs that are still in the "
                    + "queue."
            )
        : throw new UsageException(
            $"workflow '{workflow.Name}' was never planned, so {_request.Invocation.Task} is not possible. --target=Submit "
                + $"--reuse --name={workflow.Name} plans and starts it."
        );

    /// <summary>The status of a workflow now.</summary>
    public WorkflowStatus StatusOf(WorkflowOnDisk workflow) =>
        context.Messages.While($"the state of workflow {workflow.Name}", () => Reader.Read(workflow, Ask(workflow), Now));

    /// <summary>The same with every change of state that the logs tell; all of them are read for that.</summary>
    public WorkflowStatus HistoryOf(WorkflowOnDisk workflow) =>
        context.Messages.While(
            $"the state of workflow {workflow.Name}",
            () => new StatusReader(_request.Host, TimeZoneInfo.Local) { WithChanges = true }.Read(workflow, Ask(workflow), Now)
        );

    /// <summary>The status, with the answer of a Pegasus tool. Queue and tool are asked in parallel.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="tool">Asks the tool.</param>
    public WorkflowStatus StatusOf(WorkflowOnDisk workflow, Func<WorkflowOnDisk, PegasusReply> tool) =>
        With(workflow, tool, StatusOf);

    /// <summary>The same with every change of state.</summary>
    public WorkflowStatus HistoryOf(WorkflowOnDisk workflow, Func<WorkflowOnDisk, PegasusReply> tool) =>
        With(workflow, tool, HistoryOf);

    private static WorkflowStatus With(
        WorkflowOnDisk workflow,
        Func<WorkflowOnDisk, PegasusReply> tool,
        Func<WorkflowOnDisk, WorkflowStatus> read
    )
    {
        ArgumentNullException.ThrowIfNull(tool);
        var reply = Task.Run(() => tool(workflow));
        return read(workflow).With(reply.GetAwaiter().GetResult());
    }

    /// <summary>Asks pegasus-status.</summary>
    public PegasusReply AskStatus(WorkflowOnDisk workflow) =>
        Ask(
            workflow,
            "pegasus-status",
            (f, e, p, t) => new PegasusStatusTool(f, e, p, t),
            output =>
                output.ExitCode == 0
                    ? PegasusCounts.OfStatus(string.Join('\n', output.Out))
                    : throw new FormatException($"it ended with exit code {output.ExitCode}: {output.LastWords}")
        );

    /// <summary>Asks pegasus-analyzer, whose exit code is 2 if jobs failed.</summary>
    public PegasusReply AskAnalyzer(WorkflowOnDisk workflow) =>
        Ask(
            workflow,
            "pegasus-analyzer",
            (f, e, p, t) => new PegasusAnalyzer(f, e, p, t),
            output =>
                output.ExitCode is 0 or 2
                    ? PegasusCounts.OfAnalyzer(output.Out)
                    : throw new FormatException($"it ended with exit code {output.ExitCode}: {output.LastWords}")
        );

    private PegasusReply Ask(
        WorkflowOnDisk workflow,
        string tool,
        Func<IFileSystem, Cake.Core.ICakeEnvironment, IProcessRunner, IToolLocator, DirectoryTool> make,
        Func<CommandOutput, PegasusCounts> read
    )
    {
        if (workflow.Submit is not { IsStarted: true } submit)
        {
            return new PegasusReply(tool, null, false, "it was never started");
        }

        if (submit.Engine != EngineKind.Pegasus)
        {
            return new PegasusReply(tool, null, false, "Pegasus does not run it");
        }

        try
        {
            return new PegasusReply(tool, read(Run(make, tool, submit)), true);
        }
        catch (UsageException missing)
        {
            return new PegasusReply(tool, null, false, missing.Message.TrimEnd('.'));
        }
        catch (Exception silent) when (silent is OutsourceException or FormatException)
        {
            return new PegasusReply(tool, null, true, silent.Message.TrimEnd('.'));
        }
    }

    /// <summary>Asks the queue for one workflow's jobs; it may not answer.</summary>
    public QueueAnswer Ask(WorkflowOnDisk workflow) =>
        workflow.Submit is not { HasDag: true } submit ? new QueueAnswer([])
        : submit.RootId is null ? QueueAnswer.WithoutId
        : Ask([submit])[submit.Engine];

    /// <summary>Asks each engine once for the jobs of several workflows.</summary>
    /// <param name="directories">Their submit directories; one without an id is not asked for.</param>
    public IReadOnlyDictionary<EngineKind, QueueAnswer> Ask(IEnumerable<SubmitDirectory> directories) =>
        new Queues(kind => new PatientQueue(() => Engine(kind))).AnswersOf([.. directories.Where(d => d.RootId is not null)]);

    /// <summary>The queue's jobs of one workflow; an answer is required.</summary>
    /// <exception cref="OutsourceException">HTCondor does not answer, or the workflow's id is lost.</exception>
    public IReadOnlyList<QueueJob> Queue(SubmitDirectory submit)
    {
        ArgumentNullException.ThrowIfNull(submit);
        return submit.RootId is null
            ? throw new OutsourceException(
                $"'{submit.Notes}' contains no workflow id, so its jobs cannot be found in the queue. Plan it again, "
                    + $"or use the tools of {submit.Names.System}."
            )
            : Ask([submit])[submit.Engine].Needed;
    }

    /// <summary>The engine of a kind.</summary>
    public IEngine Engine(EngineKind kind) =>
        context.EngineOf(kind, () => new ConfiguredPlaces(_request.Host).PegasusPath(_request.Invocation), Recorded);

    /// <summary>The settings of the selected workflow.</summary>
    private OutsourceSettings Recorded() =>
        SettingsArtifact.Read(_request.Host, System.IO.Path.Combine(_chosen!.Folder, SettingsArtifact.FileName)).Settings;

    /// <summary>Runs a tool of Pegasus on a submit directory.</summary>
    /// <param name="make">Makes the runner.</param>
    /// <param name="tool">Its program.</param>
    /// <param name="submit">The directory.</param>
    public CommandOutput Run(
        Func<IFileSystem, Cake.Core.ICakeEnvironment, IProcessRunner, IToolLocator, DirectoryTool> make,
        string tool,
        SubmitDirectory submit
    ) =>
        context.Messages.While(
            tool,
            () =>
                make(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools)
                    .Run(new DirectoryToolSettings { SubmitDirectory = submit.Path, ToolPath = Places.Pegasus(tool) })
        );

    /// <summary>
    /// Starts a submit directory again. When this returns, DAGMan's job is in the queue, where the next command finds it.
    /// </summary>
    /// <returns>The cluster of the new DAGMan, or null if the schedd's log does not have it yet.</returns>
    /// <exception cref="OutsourceException">pegasus-run failed; the program ends with its exit code.</exception>
    public int? Start(SubmitDirectory submit)
    {
        var before = submit.Dagman.Clusters.Length;
        var engine = Engine(submit.Engine);
        var output = engine.Start(submit.Path);
        if (output.ExitCode != 0)
        {
            throw new OutsourceException(
                $"{System.IO.Path.GetFileName(engine.StartCommand(submit.Path)[0])} failed with exit code {output.ExitCode}: "
                    + output.LastWords,
                ExitCodes.OfTool(output.ExitCode)
            );
        }

        return submit.Dagman is { Last: { } cluster } dagman && dagman.Clusters.Length > before ? cluster : null;
    }
}
