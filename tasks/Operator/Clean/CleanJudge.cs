using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Runs;
using Outsource.Operator.Desk;
using Outsource.Operator.Outputs;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Clean;

/// <summary>Finds out whether a workflow may be deleted. In doubt it is kept, and the row says why.</summary>
/// <param name="context">The run.</param>
/// <param name="desk">Reads workflows, and asks the queue.</param>
/// <param name="olderThan">What changed since is kept.</param>
public sealed class CleanJudge(OutsourceContext context, WorkflowCommands desk, TimeSpan olderThan)
{
    private IFileSystem Disk => context.Disk;

    private WorkflowPlaces Places => new(Disk, desk.WorkDir);

    /// <summary>Looks at a workflow.</summary>
    public CleanRow Of(WorkflowOnDisk workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        var row = new CleanRow(workflow.Name);
        try
        {
            var directories = Places.DirectoriesOf(workflow);
            if (Untouchable(workflow, directories) is { } foreign)
            {
                return row with { Kept = foreign };
            }

            row = WithContent(row with { Goes = [.. new[] { workflow.Folder }.Where(Disk.Directory.Exists), .. directories] });
            return
                row.Age is { } age && age < olderThan
                ? row with { Kept = $"it was changed {OlderThan.Describe(age)} ago" }
                : Judged(row, workflow, [.. directories.Select(d => new SubmitDirectory(Disk, d))]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            return row with { Kept = error.Message.TrimEnd('.') };
        }
    }

    /// <summary>Looks at what a stopped deletion has left.</summary>
    /// <param name="name">The workflow.</param>
    /// <param name="gone">The folders that have their other name. Absolute.</param>
    public CleanRow Rest(string name, IEnumerable<string> gone)
    {
        var row = new CleanRow(name) { Leftover = true };
        try
        {
            row = row with
            {
                Goes =
                [
                    .. gone.OrderByDescending(f => Path.GetDirectoryName(f) == Places.Generated).ThenBy(f => f, StringComparer.Ordinal),
                    .. Places.LeftToRename(name).Where(d => Running(new SubmitDirectory(Disk, d), null, name) is null),
                ],
            };
            return row.Goes.Select(Places.LinkOnTheWay).FirstOrDefault(l => l is not null) is { } link
                ? row with { Kept = $"'{link}' is a link, and links are not followed" }
                : WithContent(Trusted(row)) with { Kept = Worker(name) };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            return row with { Kept = error.Message.TrimEnd('.') };
        }
    }

    /// <exception cref="UsageException">A folder is another user's, or others may write in it.</exception>
    private CleanRow Trusted(CleanRow row)
    {
        new ConfiguredPlaces(context.Request.Host).Trust(context.Request.Invocation, context.Request.Machine).Check(row.Goes);
        return row;
    }

    private string? Untouchable(WorkflowOnDisk workflow, ImmutableArray<string> directories)
    {
        if (directories.Select(d => Places.ErrorIn(workflow.Name, d)).FirstOrDefault(e => e is not null) is { } error)
        {
            return error;
        }

        if (Places.LinkOnTheWay(workflow.Folder) is { } link)
        {
            return $"'{link}' is a link, and links are not followed";
        }

        _ = Trusted(new CleanRow(workflow.Name) { Goes = [workflow.Folder, .. directories] });
        return null;
    }

    private CleanRow WithContent(CleanRow row)
    {
        var content = FolderContent.Of(Disk, row.Goes, context.Cancellation);
        // The machine's own clock: the time of a plan may have been given.
        return row with { Bytes = content.Bytes, Age = context.Request.Machine.UtcNow - content.Newest };
    }

    private CleanRow Judged(CleanRow row, WorkflowOnDisk workflow, ImmutableArray<SubmitDirectory> directories)
    {
        var journal = new JournalFile(Disk, workflow.Folder);
        var early =
            workflow.Damage.FirstOrDefault()?.TrimEnd('.')
            ?? Worker(workflow.Name)
            ?? Unseen(journal, workflow.Name)
            ?? directories
                .Select(d => Running(d, journal.StartedElsewhere(context.Request.Host.HostName), workflow.Name))
                .FirstOrDefault(why => why is not null);
        if (early is not null)
        {
            return row with { Kept = early };
        }

        var queue = desk.Ask(workflow);
        var status = new StatusReader(context.Request.Host, TimeZoneInfo.Local).Read(workflow, queue, desk.Now);
        var started = directories.Where(d => d.IsStarted || d.Dagman.Last is not null).ToList();
        return row with
        {
            State = status.State,
            Kept = started.Count == 0 && workflow.SubmittedAt is null ? null : NotOver(workflow, started, queue, status),
        };
    }

    /// <summary>For a started workflow: why it has not ended with all its results, or why that is unknown.</summary>
    private string? NotOver(WorkflowOnDisk workflow, List<SubmitDirectory> started, QueueAnswer queue, WorkflowStatus status) =>
        started is not [var only] || only.Path != workflow.Submit?.Path
            ? $"it was started in {Counted.Of(started.Count, "submit directory", "submit directories")}, and its records name "
                + $"{(workflow.Submit is { } submit ? $"'{submit.Path}'" : "none")}: the state of its results is unknown"
        : queue.Jobs is null ? $"{only.Names.System} does not answer ({queue.Silence})"
        : new QueuedWorkflow(workflow.Name, queue.Jobs) { Manager = only.Names.Manager } is { All.IsEmpty: false } queued
            ? $"it is in the queue ({queued.Summary})"
        : !status.Ended ? $"it is {status.StateWords}{(status.Detail is { } detail ? $": {detail}" : "")}"
        : Results(workflow, status);

    /// <summary>Who works on it.</summary>
    private string? Worker(string name) =>
        context.Claims.HolderOf(desk.WorkDir, name) is { } owner ? WorkflowClaims.Refusal(name, owner).Message.TrimEnd('.') : null;

    /// <summary>Whether the end of its last start is not recorded.</summary>
    private static string? Unseen(JournalFile journal, string name) =>
        journal.Read().LastOrDefault(e => e.Step is Step.Start or Step.Resubmit) is { State: StepState.Begun }
            ? $"its last start has no recorded end: --target=Status --name={name} shows its state"
            : null;

    /// <summary>Whether its DAG runs, or can be started yet.</summary>
    private string? Running(SubmitDirectory directory, string? elsewhere, string name) =>
        DagStatus.Of(directory, desk.Queues, elsewhere) switch
        {
            { MayRun: true } status => status.Description,
            { State: DagState.Planned } when !directory.IsStarted =>
                $"it is planned and was never started: '{directory.Path}' needs its folder. --target=Submit --reuse --name={name} starts "
                    + "it",
            _ => null,
        };

    /// <summary>Whether a result is neither transferred nor uploaded, as Outputs shows it.</summary>
    private string? Results(WorkflowOnDisk workflow, WorkflowStatus status)
    {
        if (!Disk.File.Exists(Path.Combine(workflow.Folder, JobPlan.FileName)))
        {
            return $"its {JobPlan.FileName} is missing, so it is unknown whether all its results are transferred";
        }

        var rows = new OutputPlaces(Disk, workflow, JobPlan.Read(Disk, workflow.Folder), status).Read(null);
        var missing = rows.Where(r => !r.Done || r.Awaited || (r.File is null && r.Datasets.IsEmpty && !r.Nowhere)).ToList();
        return missing is [var first, ..]
            ? $"{missing.Count} of {Counted.Of(rows.Count, "result")} {Counted.Word(missing.Count, "is", "are")} neither transferred nor "
                + $"uploaded (first {RunDocument.Padded(first.Run)} {first.Type}): --target=Outputs --name={workflow.Name} shows them"
            : null;
    }
}
