using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;

namespace Outsource.Workflows;

/// <summary>What a plan cannot know: which other workflows have made the same data since the plan asked the run database.</summary>
/// <param name="Since">When the plan asked it, UTC.</param>
/// <param name="Payload">The payload of the plan's jobs; data that others made counts only with the same payload.</param>
public sealed record PlanAge(DateTimeOffset Since, JobPayload Payload);

/// <summary>
/// Finds the runs and data types that are in flight in the workflows of a work_dir. A workflow counts if its jobs may be running: its DAG
/// is in the queue, or its state is unknown. One that was only written or planned does not count. If its DAG has ended, the data counts
/// that it made since the run database was asked: an older plan would make it twice.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="queue">Asks the queue, only for workflows whose end is not on disk.</param>
/// <param name="workDir">Absolute.</param>
public sealed class WorkInFlight(HostEnvironment host, IQueue queue, string workDir)
{
    /// <summary>Queries to the queue at the same time.</summary>
    private const int Parallel = 4;

    private readonly List<string> _unclear = [];

    private IFileSystem Disk => host.Disk;

    /// <summary>Workflows that may be running and whose runs are unknown: a clause each.</summary>
    public IReadOnlyList<string> Unclear => _unclear;

    /// <summary>Reads them.</summary>
    /// <param name="except">The current workflow, which does not count.</param>
    /// <param name="askedAt">When the run database was asked, UTC: it already knows what was done before. Null: everything that is done
    /// counts as in flight.</param>
    /// <param name="age">The age of the plan; null: workflows that have ended do not count.</param>
    /// <param name="cancel">Cancels it.</param>
    public InFlightWork Read(string except, DateTimeOffset? askedAt, PlanAge? age, CancellationToken cancel)
    {
        var directories = SubmitDirectories();
        var names = WorkflowName
            .Existing(host, workDir)
            .Concat(directories.Select(d => d.Key))
            .Where(n => n != except)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        var work = new InFlightWork();
        foreach (var running in Each([.. names], name => Of(name, directories[name], age), cancel).OfType<RunningWorkflow>())
        {
            if (running.Ended)
            {
                AddMade(work, running, age!);
            }
            else
            {
                Add(work, running, askedAt);
            }
        }

        return work;
    }

    // To set up work at the same time takes longer than to read one workflow.
    private static IEnumerable<RunningWorkflow?> Each(List<string> names, Func<string, RunningWorkflow?> read, CancellationToken cancel) =>
        names.Count < 2
            ? names.Select(read)
            : names.AsParallel().AsOrdered().WithDegreeOfParallelism(Parallel).WithCancellation(cancel).Select(read);

    /// <summary>Submit directories by name, for all versions and contexts.</summary>
    private ILookup<string, string> SubmitDirectories()
    {
        var runs = Path.Combine(workDir, "runs");
        return (Disk.Directory.Exists(runs) ? Folders(runs).SelectMany(Folders).SelectMany(Folders) : []).ToLookup(
            d => Path.GetFileName(d)!,
            StringComparer.Ordinal
        );
    }

    private string[] Folders(string below)
    {
        try
        {
            return Disk.Directory.GetDirectories(below);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another user's folder: it contains none of our workflows.
            return [];
        }
    }

    private RunningWorkflow? Of(string name, IEnumerable<string> directories, PlanAge? age)
    {
        var folder = Path.Combine(workDir, "generated", name);
        RunningWorkflow? ended = null;
        try
        {
            var journal = new JournalFile(Disk, folder);
            var entries = journal.Read();
            var starts = entries.Where(e => e.Step is Step.Start or Step.Resubmit).ToList();
            foreach (
                var directory in directories
                    .Concat(entries.Select(e => e.Directory).OfType<string>())
                    .Distinct(StringComparer.Ordinal)
                    .Where(Disk.Directory.Exists)
                    .Select(d => new SubmitDirectory(Disk, d))
            )
            {
                var dagman = directory.Dagman;
                var here = starts.Where(e => e.Directory is null || e.Directory == directory.Path).ToList();
                if (dagman.Ended && here is not [.., { State: StepState.Begun }])
                {
                    if (age is not null && dagman.Spells is [.., { To: { } end }] && end.AddSeconds(1) > age.Since)
                    {
                        ended = new RunningWorkflow(name, directory, "which has made it since the run database was asked for this plan")
                        {
                            Ended = true,
                        };
                    }

                    continue;
                }

                // Without any log it was never submitted to HTCondor, unless a start has just begun.
                if (dagman.Last is null && here is not [.., { State: StepState.Begun or StepState.Done }])
                {
                    continue;
                }

                var elsewhere = journal.StartedElsewhere(host.HostName);
                var status = DagStatus.Of(directory, queue, elsewhere);
                if (status.MayRun)
                {
                    return new RunningWorkflow(name, directory, Describe(status, directory, name));
                }

                if (elsewhere is not null && dagman.Last is null && here is [.., { State: StepState.Begun }])
                {
                    return new RunningWorkflow(name, directory, $"which {elsewhere} was about to start");
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            return new RunningWorkflow(name, null, $"cannot determine whether its DAG is running: {error.Message.TrimEnd('.')}");
        }

        return ended;
    }

    /// <summary>A halted one does not finish by waiting, so the text includes how to continue it.</summary>
    private static string Describe(DagStatus status, SubmitDirectory directory, string name) =>
        status switch
        {
            { State: DagState.Running, Halted: true } =>
                $"whose DAG is in HTCondor's queue, halted with pegasus-halt (--target=Release --name={name} continues it)",
            { State: DagState.Running } when directory.Engine == EngineKind.Pegasus => "whose DAG is in HTCondor's queue",
            { State: DagState.Running } => $"of which {directory.Names.InQueue}",
            _ => status.Description,
        };

    private void Add(InFlightWork work, RunningWorkflow running, DateTimeOffset? askedAt)
    {
        var detail = $"in workflow '{running.Name}', {running.Description}";
        var folder = Path.Combine(workDir, "generated", running.Name);
        try
        {
            if (Disk.File.Exists(Path.Combine(folder, JobPlan.FileName)))
            {
                var done = Done(running, folder, askedAt);
                foreach (var group in JobPlan.Read(Disk, folder).Groups.Where(g => !done.Contains((g.Run, g.Type))))
                {
                    work.Add(group.Run, group.Type, group.Hashes, detail);
                }

                return;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            // Then only its list of runs is known, without the data types.
        }

        if (RunList(running, folder) is not { } runs)
        {
            _unclear.Add($"workflow '{running.Name}' ({running.Description})");
            return;
        }

        foreach (var run in runs)
        {
            work.AddWhole(run, detail);
        }
    }

    /// <summary>What a workflow whose DAG has ended made since a time.</summary>
    private void AddMade(InFlightWork work, RunningWorkflow running, PlanAge age)
    {
        var folder = Path.Combine(workDir, "generated", running.Name);
        try
        {
            var settings = SettingsArtifact.Read(host, Path.Combine(folder, SettingsArtifact.FileName)).Settings;
            if (settings.Debug || settings.Payload != age.Payload || running.Directory is not { HasDag: true } directory)
            {
                return;
            }

            // Times are in whole seconds.
            var made = Ends(directory).Where(e => e.At.AddSeconds(1) > age.Since).Select(e => (e.Run, e.Type)).ToHashSet();
            foreach (var group in JobPlan.Read(Disk, folder).Groups.Where(g => made.Contains((g.Run, g.Type))))
            {
                work.Add(group.Run, group.Type, group.Hashes, $"in workflow '{running.Name}', {running.Description}");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException or FormatException)
        {
            // It has ended: a file that cannot be read blocks nothing.
        }
    }

    /// <summary>What the workflow had done and registered before the run database was asked; empty if it registers nothing.</summary>
    private HashSet<(int Run, string Type)> Done(RunningWorkflow running, string folder, DateTimeOffset? askedAt)
    {
        try
        {
            if (
                askedAt is not { } asked
                || running.Directory is not { HasDag: true } directory
                || SettingsArtifact.Read(host, Path.Combine(folder, SettingsArtifact.FileName)).Settings
                    is not { Canary: false, Debug: false }
            )
            {
                return [];
            }

            // The time of an end is in whole seconds.
            return [.. Ends(directory).Where(e => e.At.AddSeconds(1) < asked).Select(e => (e.Run, e.Type))];
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // A file that cannot be read proves nothing.
            return [];
        }
    }

    /// <summary>When the last job of each run and data type succeeded: the one that uploads.</summary>
    private List<(int Run, string Type, DateTimeOffset At)> Ends(SubmitDirectory directory) =>
        [.. directory.WithParts().Where(d => Disk.File.Exists(d.NodesLog)).SelectMany(EndsIn)];

    private List<(int Run, string Type, DateTimeOffset At)> EndsIn(SubmitDirectory directory)
    {
        // Nothing is kept beside another workflow.
        var replay = new ReplayReader(Disk, directory.RecordPaths, TimeZoneInfo.Local, host.Now.ToUniversalTime())
        {
            Cache = CacheUse.Read,
        }.Read(directory.Rescue);
        var ends = new List<(int Run, string Type, DateTimeOffset At)>();
        for (var i = 0; i < replay.Count; i++)
        {
            if (
                replay.StateOf(i) == NodeState.Done
                && replay.EndOf(i) is { } end
                && replay.NameOf(i) is { Run: { } run, Type: { } type, Part: null or "combine" }
            )
            {
                ends.Add((run, type, end));
            }
        }

        return ends;
    }

    private List<int>? RunList(RunningWorkflow running, string folder)
    {
        foreach (
            var path in new[] { Path.Combine(folder, WorkflowFolder.RunList), running.Directory?.In(WorkflowFolder.RunList) }
                .OfType<string>()
                .Where(Disk.File.Exists)
        )
        {
            try
            {
                return
                [
                    .. BoundedText
                        .ReadAll(Disk, path)
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                        .Select(line => int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture)),
                ];
            }
            catch (Exception error)
                when (error is IOException or UnauthorizedAccessException or FormatException or OverflowException or OutsourceException)
            {
                // The next file may be readable.
            }
        }

        return null;
    }

    /// <param name="Name">Of the workflow.</param>
    /// <param name="Directory">Where it is running, or null: unknown.</param>
    /// <param name="Description">Its status, as a clause after its name.</param>
    private sealed record RunningWorkflow(string Name, SubmitDirectory? Directory, string Description)
    {
        /// <summary>Whether its DAG has ended: then only what it made counts.</summary>
        public bool Ended { get; init; }
    }
}
