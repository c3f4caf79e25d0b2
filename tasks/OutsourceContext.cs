using System.IO.Abstractions;
using Cake.Core;
using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Local;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Slurm;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource;

/// <summary>
/// The input of every task. Its constructor uses neither network nor disk, so that <c>--tree</c> and similar options always work.
/// </summary>
public sealed class OutsourceContext : FrostingContext
{
    private readonly Lock _gate = new();
    private LocalEngine? _local;
    private Func<OutsourceSettings>? _settings;
    private LoadedConfiguration? _loaded;
    private string? _folder;

    public OutsourceContext(ICakeContext context, RunRequest request)
        : base(context)
    {
        Request = request;
        Outputs = NewOutputs();
        Sources = new Sources(this);
        Reuse = new Reuse(
            Disk,
            Messages,
            ReportResult,
            () => (request.Invocation.Options.Reuse || _loaded is { Resumes: true }) && request.Invocation.Options.SaveSnapshot is null
        );
        Claims = new WorkflowClaims(
            request.Host,
            request.Machine,
            request.Messages,
            request.Invocation.Task,
            request.Cancellation
        );
    }

    public RunRequest Request { get; }

    public IFileSystem Disk => Request.Host.Disk;

    public IOperatorLog Messages => Request.Messages;

    public CancellationToken Cancellation => Request.Cancellation;

    /// <summary>The workflows that only this command works on, until the run ends.</summary>
    public WorkflowClaims Claims { get; }

    /// <summary>Decides whether artifacts of earlier stages are reused.</summary>
    public Reuse Reuse { get; }

    /// <summary>The services.</summary>
    public Sources Sources { get; }

    /// <summary>What the stages made, in this invocation or before.</summary>
    public StageOutputs Outputs { get; private set; }

    /// <summary>The name of the workflow, if it is known by now; else null.</summary>
    public string? KnownName => _loaded?.Settings.Name ?? Request.Invocation.Options.Name;

    /// <summary>Result of LoadConfig. With <c>--exclusive</c> it comes from the <c>settings.yml</c> of an earlier invocation.</summary>
    public LoadedConfiguration Loaded
    {
        get => _loaded ??= SettingsOnDisk.Read(Request);
        set => _loaded = value;
    }

    /// <summary>
    /// Where the stages write: <c>{work_dir}/generated/{NAME}</c>, or a folder beside it while <c>--replace</c> makes the replacement.
    /// </summary>
    public string Folder => _folder ??= Replacement.FolderFor(Disk, Loaded, Request.Invocation);

    /// <summary>The programs of Pegasus and HTCondor, searched in the places of the settings.</summary>
    public IGridPrograms GridOf(OutsourceSettings settings) =>
        new GridPrograms(this, new ProgramPlaces(Request.Host, () => settings.PegasusPath));

    /// <summary>The engine that runs the jobs of this workflow. One that runs here keeps what it has started.</summary>
    public IEngine EngineOf(OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return EngineOf(settings.Engine, () => settings.PegasusPath, () => settings);
    }

    /// <summary>An engine.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="pegasusPath">Where Pegasus is installed, if that is set.</param>
    /// <param name="settings">The settings of the workflow that is planned or started.</param>
    public IEngine EngineOf(EngineKind kind, Func<string> pegasusPath, Func<OutsourceSettings> settings) =>
        kind switch
        {
            EngineKind.Local => Local(settings),
            EngineKind.Slurm => new SlurmEngine(Request.Host, Request.Machine, new SlurmPrograms(this, Request.Host), settings, Messages),
            _ => new GridPrograms(this, new ProgramPlaces(Request.Host, pegasusPath)),
        };

    /// <summary>One for the whole run, because it runs what it has started. Workflows are looked at in parallel.</summary>
    private LocalEngine Local(Func<OutsourceSettings> settings)
    {
        lock (_gate)
        {
            // The name of a workflow may be chosen after the first question.
            _settings = settings;
            return _local ??= new LocalEngine(
                Request.Host,
                Request.Machine,
                () => LocalOrders.With(_settings!(), Request.Invocation)
            );
        }
    }

    /// <summary>Asks about the jobs of any workflow the engine that it was planned for.</summary>
    public Queues QueuesOf(OutsourceSettings settings) =>
        new(kind => EngineOf(kind, () => settings.PegasusPath, () => settings));

    /// <summary>Finds how far the workflow has come.</summary>
    public DagStatusReader DagStatusReader => new(Disk, QueuesOf(Loaded.Settings), Request.Host.HostName);

    /// <summary>Data that other workflows of the work_dir are making, or may be making; unknown cases give a warning.</summary>
    /// <param name="askedAt">When the run database was asked, UTC; null: what is done there counts as in flight.</param>
    public InFlightWork InFlight(DateTimeOffset? askedAt)
    {
        var settings = Loaded.Settings;
        if (settings.IncludeInFlight)
        {
            return InFlightWork.None;
        }

        var reader = new WorkInFlight(Request.Host, QueuesOf(settings), settings.WorkDir);
        var age = askedAt is { } asked ? new PlanAge(asked, settings.Payload) : null;
        var work = Messages.While("the workflows whose jobs may run", () => reader.Read(settings.Name, askedAt, age, Cancellation));
        foreach (var unclear in reader.Unclear)
        {
            Messages.Warn(
                $"cannot determine which runs are in {unclear}, so they may be planned a second time. Check with --target=List. "
                    + "The plan is not started without --include-in-flight."
            );
        }

        return work;
    }

    /// <summary>What was done with the workflow.</summary>
    public JournalFile Journal => new(Disk, Folder);

    /// <summary>The submit directory of the workflow.</summary>
    public SubmitDirectory SubmitDirectory =>
        new(Disk, Path.Combine(Loaded.Settings.RunsFolder(Loaded.Context.StraxenVersion), Loaded.Settings.Name));

    /// <summary>
    /// Refuses to make artifacts again below an existing workflow: after a single stage its artifacts would not match the workflow.
    /// </summary>
    /// <exception cref="UsageException">A workflow exists, and <c>--replace</c> is not given.</exception>
    public void RequireUnwritten(Target stage)
    {
        if (Request.Invocation.Exclusive && !Request.Invocation.Replaces && Disk.File.Exists(Path.Combine(Folder, WorkflowFolder.Workflow)))
        {
            throw new UsageException(
                $"workflow '{Loaded.Settings.Name}' is already written, and {stage} would change its inputs. Choose another "
                    + "name, or pass --replace and write the workflow again."
            );
        }
    }

    /// <summary>Refuses to continue with a plan other than the one that <c>--plan</c> names.</summary>
    /// <exception cref="UsageException">The plan has changed, or there is none.</exception>
    public void RequirePlan()
    {
        if (Request.Invocation.Options.PlanDigest is not { } meant)
        {
            return;
        }

        var name = Loaded.Settings.Name;
        var found = PlanDigest.Of(Disk, SettingsFingerprint.Of(Loaded), Folder);
        if (!string.Equals(found, meant, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException(
                $"the plan '{name}' has changed: --plan={meant} is requested, "
                    + $"{(found is null ? "and there is none" : $"it is now {found}")}. It was made again, or its settings or inputs "
                    + "have changed since. "
                    + $"Read it again with --target=DryRun --reuse --name={name}, and use the command printed there. Nothing was "
                    + "submitted."
            );
        }
    }

    /// <summary>The final message of a stage: a result if the operator requested this stage, a note if another stage follows.</summary>
    public void ReportResult(Target stage, string text)
    {
        if (Request.Invocation.Target == stage)
        {
            Messages.Result(text);
        }
        else
        {
            Messages.Note(text);
        }
    }

    /// <summary>Moves what was made beside an existing workflow to its place.</summary>
    public void CommitReplacement()
    {
        if (Folder != Loaded.Settings.GeneratedFolder)
        {
            Replacement.Commit(Disk, Folder, Loaded.Settings.GeneratedFolder);
            _folder = Loaded.Settings.GeneratedFolder;
            Outputs = NewOutputs();
        }
    }

    private StageOutputs NewOutputs() => new(Disk, () => Loaded.Settings.Name, () => Folder);
}
