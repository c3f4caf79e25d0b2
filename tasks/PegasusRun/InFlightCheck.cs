using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.PegasusRun;

/// <summary>
/// The last look before a workflow is started: none of its runs and data types is made by another workflow. Plans age, and two commands may
/// have planned the same runs; so commands of one work_dir start one after the other, and each sees what the others have started.
/// </summary>
public static class InFlightCheck
{
    /// <summary>Name of the claim that one command has while it starts; no workflow can be called so.</summary>
    private const string Claim = ".starts";

    /// <summary>Longest wait for another command's pegasus-run; it takes seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>From one look at the other command to the next.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks. From here on to its end this command is the only one that starts something.</summary>
    /// <exception cref="UsageException">Something of it is in flight, or nobody can tell.</exception>
    public static void Check(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = context.Loaded.Settings;
        Alone(context, settings.WorkDir);
        if (settings.IncludeInFlight || context.Request.Invocation.Options.IncludeInFlight)
        {
            return;
        }

        var reader = new WorkInFlight(context.Request.Host, context.GridOf(settings), settings.WorkDir);
        var askedAt = context.Outputs.Runs.Header.AskedAt;
        Refuse(
            $"workflow '{settings.Name}' is not started",
            reader,
            reader.Read(settings.Name, askedAt, new PlanAge(askedAt, settings.Payload), context.Cancellation),
            context.Outputs.Plan.Groups.Select(g => (g.Run, g.Type, g.Hashes)),
            "The same command with another --name=NAME and without --reuse plans what is left, or pass --include-in-flight to make it all "
                + "the same."
        );
    }

    /// <summary>
    /// Looks before a workflow is started again: since its end another one may have been started with the same runs. What that one has done
    /// already counts as well, for this one would make it once more. From here on this command is the only one that starts something.
    /// </summary>
    /// <param name="context">The run.</param>
    /// <param name="grid">Asks the queue.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="tried">Runs and data types whose jobs are to be tried.</param>
    /// <exception cref="UsageException">Something of it is in flight, or nobody can tell.</exception>
    public static void CheckAgain(
        OutsourceContext context,
        IGridPrograms grid,
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

        var reader = new WorkInFlight(context.Request.Host, grid, workflow.WorkDir);
        Refuse(
            $"workflow '{workflow.Name}' is not resubmitted",
            reader,
            reader.Read(workflow.Name, null, AgeOf(context.Disk, workflow), context.Cancellation),
            Lineages(context.Disk, workflow, tried),
            "Resubmit the other runs with --only=RUN,…, or pass --include-in-flight to make these twice all the same."
        );
    }

    /// <summary>How old the plan of a workflow is; null where nobody can read it.</summary>
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

    /// <summary>With the hashes of the plan; where nobody can read it, any hash may be theirs.</summary>
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

    /// <summary>Waits until no other command of the work_dir starts a workflow.</summary>
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
                        + $"for {Limit.TotalMinutes:N0} minutes. Look what it does, and try again when it has ended."
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
                $"{refusal}: nobody can tell which runs are in {unclear}, and they may be the same. "
                    + "Look at it with --target=List and --target=Status, or pass --include-in-flight to start all the same."
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
                $"{refusal}: {Counted.Of(twice.Length, "run x data type", "run x data types")} of it "
                    + $"({Counted.Word(runs.Count, "run", "runs")} "
                    + $"{OnlyRuns.Text(runs)}) would be made twice; the first is "
                    + $"{twice[0].Detail}. {wayOn}"
            );
        }
    }
}
