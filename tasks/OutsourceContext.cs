using System.IO.Abstractions;
using Cake.Core;
using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Settings.Options;

namespace Outsource;

/// <summary>
/// What every task is given. Making one touches neither network nor disk, so that <c>--tree</c> and its like always work.
/// </summary>
public sealed class OutsourceContext : FrostingContext
{
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

    /// <summary>Whether artifacts of earlier stages may be taken as they are.</summary>
    public Reuse Reuse { get; }

    /// <summary>The services that are asked.</summary>
    public Sources Sources { get; }

    /// <summary>What the stages made, in this invocation or before.</summary>
    public StageOutputs Outputs { get; private set; }

    /// <summary>Of LoadConfig. With <c>--exclusive</c> it comes from <c>settings.yml</c>, as an earlier invocation left it.</summary>
    public LoadedConfiguration Loaded
    {
        get => _loaded ??= SettingsOnDisk.Read(Request);
        set => _loaded = value;
    }

    /// <summary>
    /// Where the stages write: <c>{work_dir}/generated/{NAME}</c>, or a folder beside it while <c>--replace</c> makes what will replace it
    /// whole.
    /// </summary>
    public string Folder => _folder ??= Replacement.FolderFor(Disk, Loaded, Request.Invocation);

    /// <summary>The programs of Pegasus and HTCondor, looked for where the settings say.</summary>
    public IGridPrograms GridOf(OutsourceSettings settings) =>
        new GridPrograms(this, new ProgramPlaces(Request.Host, () => settings.PegasusPath));

    /// <summary>Finds out how far the workflow has come.</summary>
    public DagStatusReader DagStatusReader => new(Disk, GridOf(Loaded.Settings), Request.Host.HostName);

    /// <summary>What the other workflows of the work_dir make now, or may; what nobody can tell is warned of.</summary>
    /// <param name="askedAt">When the run database was asked, UTC; null: what is done there counts as under way.</param>
    public InFlightWork InFlight(DateTimeOffset? askedAt)
    {
        var settings = Loaded.Settings;
        if (settings.IncludeInFlight)
        {
            return InFlightWork.None;
        }

        var reader = new WorkInFlight(Request.Host, GridOf(settings), settings.WorkDir);
        var age = askedAt is { } asked ? new PlanAge(asked, settings.Payload) : null;
        var work = Messages.While("the workflows whose jobs may run", () => reader.Read(settings.Name, askedAt, age, Cancellation));
        foreach (var unclear in reader.Unclear)
        {
            Messages.Warn(
                $"nobody can tell which runs are in {unclear}, so they may be planned a second time. Look at it with --target=List. "
                    + "Nothing is started beside it without --include-in-flight."
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
    /// Refuses to make artifacts anew beneath a workflow that stands already: a lone stage would leave it with artifacts that it was not
    /// made from.
    /// </summary>
    /// <exception cref="UsageException">A workflow stands there, and <c>--replace</c> is not given.</exception>
    public void RequireUnwritten(Target stage)
    {
        if (Request.Invocation.Exclusive && !Request.Invocation.Replaces && Disk.File.Exists(Path.Combine(Folder, WorkflowFolder.Workflow)))
        {
            throw new UsageException(
                $"workflow '{Loaded.Settings.Name}' is written already, and {stage} would change what it was made from. Choose another "
                    + "name, or pass --replace and write the workflow again."
            );
        }
    }

    /// <summary>Refuses to go on with another plan than the one that <c>--plan</c> names.</summary>
    /// <exception cref="UsageException">The plan has changed, or there is none.</exception>
    public void RequirePlan()
    {
        if (Request.Invocation.Options.Plan is not { } meant)
        {
            return;
        }

        var name = Loaded.Settings.Name;
        var found = PlanDigest.Of(Disk, SettingsFingerprint.Of(Loaded), Folder);
        if (!string.Equals(found, meant, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException(
                $"the plan '{name}' is not the one that was shown: --plan={meant} is asked for, "
                    + $"{(found is null ? "and there is none" : $"it is {found} now")}. It was made anew, or its settings or inputs "
                    + "have changed since. "
                    + $"Read it again with --target=DryRun --reuse --name={name}, and take the command printed there. Nothing was "
                    + "submitted."
            );
        }
    }

    /// <summary>The last word of a stage: the result where the operator asked for this very stage, a note where another follows.</summary>
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

    /// <summary>Puts what was made beside an existing workflow in its place.</summary>
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
