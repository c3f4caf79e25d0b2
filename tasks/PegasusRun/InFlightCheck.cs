using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.PegasusRun;

/// <summary>
/// The last check before a workflow is started: no other workflow may be making the same data. Plans become outdated, and two commands may
/// have planned the same runs. So the commands of one work_dir start workflows one after the other, and each sees what the others have
/// started.
/// </summary>
public static class InFlightCheck
{
    /// <summary>Name of the claim that a command holds while it starts; it is not a valid workflow name.</summary>
    private const string Claim = ".starts";

    /// <summary>Longest wait for another command's pegasus-run, which takes seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Time between two checks of the other command.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Checks. From here to its end this command is the only one that starts something.</summary>
    /// <exception cref="UsageException">Part of it is in flight, or that is unknown.</exception>
    public static void Check(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = context.Loaded.Settings;
        Alone(context, settings.WorkDir);
        if (settings.IncludeInFlight || context.Request.Invocation.Options.IncludeInFlight)
        {
            return;
        }

        var reader = new WorkInFlight(context.Request.Host, context.QueuesOf(settings), settings.WorkDir);
        var askedAt = context.Outputs.Runs.Header.AskedAt;
        Refuse(
            $"workflow '{settings.Name}' is not started",
            reader,
            reader.Read(settings.Name, askedAt, new PlanAge(askedAt, settings.Payload), context.Cancellation),
            context.Outputs.Plan.Groups.Select(g => (g.Run, g.Type, g.Hashes)),
            "The same command with another --name=NAME and without --reuse plans only the rest; or pass --include-in-flight to make it "
                + "anyway."
        );
    }

    /// <summary>
    /// Checks before a workflow is started again: since its end another one may have been started with the same runs. What that one has
    /// already made counts as well, because this one would make it again. From here on this command is the only one that starts something.
    /// </summary>
    /// <param name="context">The run.</param>
    /// <param name="queue">Asks the queue.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="tried">Runs and data types whose jobs will be tried.</param>
    /// <exception cref="UsageException">Part of it is in flight, or that is unknown.</exception>
    public static void CheckAgain(
        OutsourceContext context,
        IQueue queue,
        WorkflowOnDisk workflow,
        IReadOnlySet<(int Run, string Type)> tried
    )
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(workflow);
        Alone(context, workflow.WorkDir);
        if (context.Request.Invocation.Options.IncludeInFlight)
        {
            return;
        }

        var reader = new WorkInFlight(context.Request.Host, queue, workflow.WorkDir);
        Refuse(
            $"workflow '{workflow.Name}' is not resubmitted",
            reader,
            reader.Read(workflow.Name, null, AgeOf(context.Disk, workflow), context.Cancellation),
            Lineages(context.Disk, workflow, tried),
            "Resubmit the other runs with --only=RUN,…, or pass --include-in-flight to make these anyway."
        );
    }

    /// <summary>The age of a workflow's plan; null if it cannot be read.</summary>
    private static PlanAge? AgeOf(IFileSystem disk, WorkflowOnDisk workflow)
    {
        try
        {
            var payload = RecordedSettings.IsCanary(disk, workflow.Folder) ? JobPayload.Canary : JobPayload.Strax;
            return new PlanAge(RunsArtifact.Open(disk, Path.Combine(workflow.Folder, RunsArtifact.FileName)).Header.AskedAt, payload);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            return null;
        }
    }

    /// <summary>With the hashes of the plan; if it cannot be read, any hash may match.</summary>
    private static IEnumerable<(int Run, string Type, ImmutableSortedDictionary<string, string> Hashes)> Lineages(
        IFileSystem disk,
        WorkflowOnDisk workflow,
        IReadOnlySet<(int Run, string Type)> tried
    )
    {
        try
        {
            var planned = JobPlan.Read(disk, workflow.Folder).Groups.ToLookup(g => (g.Run, g.Type), g => g.Hashes);
            return [.. tried.Select(t => (t.Run, t.Type, planned[t].FirstOrDefault() ?? Unknown))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            return [.. tried.Select(t => (t.Run, t.Type, Unknown))];
        }
    }

    private static ImmutableSortedDictionary<string, string> Unknown => ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Waits until no other command of the work_dir is starting a workflow.</summary>
    private static void Alone(OutsourceContext context, string workDir)
    {
        for (
            var waited = TimeSpan.Zero;
            context.Claims.Claim(workDir, Claim, null) is { } owner;
            waited += Pause
        )
        {
            if (waited > Limit)
            {
                throw new OutsourceException(
                    $"another command (process {owner.Process} of {owner.User} on {owner.Host}) has been starting a workflow below "
                        + $"'{workDir}' "
                        + $"for {Limit.TotalMinutes:N0} minutes. Check what it does, and try again when it has ended."
                );
            }

            context.Request.Machine.Wait(Pause, context.Cancellation);
        }
    }

    private static void Refuse(
        string refusal,
        WorkInFlight reader,
        InFlightWork work,
        IEnumerable<(int Run, string Type, ImmutableSortedDictionary<string, string> Hashes)> groups,
        string wayOn
    )
    {
        if (reader.Unclear is [var unclear, ..])
        {
            throw new UsageException(
                $"{refusal}: cannot determine which runs are in {unclear}; they may be the same. "
                    + "Check with --target=List and --target=Status, or pass --include-in-flight to start anyway."
            );
        }

        var twice = work.IsEmpty
            ? []
            : groups
                .Select(g => (g.Run, Detail: work.DetailOf(g.Run, g.Type, g.Hashes)))
                .Where(g => g.Detail is not null)
                .ToImmutableArray();
        if (!twice.IsEmpty)
        {
            var runs = twice.Select(t => t.Run).Distinct().ToList();
            throw new UsageException(
                $"{refusal}: {Counted.Of(twice.Length, "run x data type", "run x data types")} "
                    + $"({Counted.Word(runs.Count, "run", "runs")} "
                    + $"{OnlyRuns.Text(runs)}) would be made twice; the first is "
                    + $"{twice[0].Detail}. {wayOn}"
            );
        }
    }
}
