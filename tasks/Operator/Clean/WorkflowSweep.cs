using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Operator.Desk;
using Outsource.Workflows;

namespace Outsource.Operator.Clean;

/// <summary>Looks which workflows of a work_dir may be deleted, and deletes them.</summary>
/// <param name="context">The run.</param>
/// <param name="desk">Finds workflows.</param>
/// <param name="olderThan">What changed since is kept.</param>
public sealed class WorkflowSweep(OutsourceContext context, WorkflowCommands desk, TimeSpan olderThan)
{
    private readonly CleanJudge _judge = new(context, desk, olderThan);

    private WorkflowPlaces Places => new(context.Disk, desk.WorkDir);

    /// <summary>All of them, or the one of a name; each with why it is kept.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public IReadOnlyList<CleanRow> Look(string? name)
    {
        var rests = Places.Leftovers();
        var workflows =
            name is null ? desk.Workflows.All()
            : rests.Contains(name) && !context.Disk.Directory.Exists(Path.Combine(Places.Generated, name)) ? []
            : [desk.Workflows.Choose(context.Request.Invocation)];
        return context.Messages.Counting(
            "workflows looked at",
            workflows.Count,
            progress =>
                (IReadOnlyList<CleanRow>)
                    [
                        .. rests
                            .Where(r => name is null || r.Key == name)
                            .OrderBy(r => r.Key, StringComparer.Ordinal)
                            .Select(r => _judge.Rest(r.Key, r)),
                        .. progress.Over(workflows).Select(_judge.Of),
                    ]
        );
    }

    /// <summary>Deletes what may be deleted. Each is claimed, and looked at once more under the claim.</summary>
    /// <returns>All rows, as they are now.</returns>
    public IReadOnlyList<CleanRow> Delete(IReadOnlyList<CleanRow> rows) =>
        context.Messages.Counting(
            "workflows deleted",
            rows.Count,
            progress => (IReadOnlyList<CleanRow>)[.. progress.Over(rows).Select(row => row.Kept is null ? Delete(row) : row)]
        );

    /// <summary>What is said at the end.</summary>
    /// <param name="rows">The workflows, as they are now.</param>
    /// <exception cref="NothingToDoException">None may be deleted.</exception>
    /// <exception cref="OutsourceException">One could not be deleted.</exception>
    public string End(IReadOnlyList<CleanRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var (deleted, failed) = (rows.Where(r => r.Deleted).ToList(), rows.Where(r => r.Failed).ToList());
        if (failed is [var first, ..])
        {
            throw new OutsourceException(
                $"{Counted.Of(failed.Count, "workflow")} of {rows.Count} not deleted as a whole (first '{first.Name}': {first.Kept}). "
                    + "Remove the cause, and run the command again: it finishes the deletion."
            );
        }

        return
            deleted.Count > 0
                ? $"Clean: {Counted.Of(deleted.Count, "workflow")} deleted, {Megabytes(deleted.Sum(r => r.Bytes))}. Results in outputs/ "
                    + "stay."
            : rows.Any(r => r.Kept is null) ? "Clean: nothing was deleted. The same command with --yes deletes these."
            : throw new NothingToDoException(
                rows.Count == 0
                    ? $"there are no workflows below '{desk.WorkDir}', so there is nothing to delete."
                    : $"none of {Counted.Of(rows.Count, "workflow")} may be deleted (older than {OlderThan.Describe(olderThan)}, ended, "
                        + $"all "
                        + "results transferred or uploaded): there is nothing to delete."
            );
    }

    /// <summary>A size for people.</summary>
    public static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture) + " MB";

    private CleanRow Delete(CleanRow row)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        if (context.Claims.Claim(desk.WorkDir, row.Name, null) is { } owner)
        {
            return row with { Kept = WorkflowClaims.Refusal(row.Name, owner).Message.TrimEnd('.') };
        }

        var now = row.Leftover
            ? _judge.Rest(row.Name, Places.Leftovers()[row.Name])
            : _judge.Of(WorkflowOnDisk.Read(context.Disk, desk.WorkDir, row.Name));
        if (now.Kept is not null)
        {
            return now;
        }

        try
        {
            new FolderRemoval(context.Disk).Do(now.Goes);
            return now with { Deleted = true };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return now with { Failed = true, Kept = $"it could not be deleted: {DiskFault.Why(error)}" };
        }
    }
}
