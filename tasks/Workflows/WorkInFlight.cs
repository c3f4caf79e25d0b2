using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;

namespace Outsource.Workflows;

/// <summary>What a plan cannot know: which other workflows have made the same since the run database was asked for it.</summary>
/// <param name="Since">When it was asked, UTC.</param>
/// <param name="Payload">What the plan's jobs run; what others made counts where they ran the same.</param>
public sealed record PlanAge(DateTimeOffset Since, JobPayload Payload);

/// <summary>
/// Finds out which runs and data types are under way in the workflows of a work_dir. A workflow counts when its jobs may run: its DAG is in
/// the queue, or nobody can tell. One that was only written or planned does not. Of one whose DAG has ended counts what it made since the
/// run database was asked: a plan that waited meanwhile would make it once more.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="grid">Asks the queue, about workflows only whose end is not on disk.</param>
/// <param name="workDir">Absolute.</param>
public sealed class WorkInFlight(HostEnvironment host, IGridPrograms grid, string workDir)
{
    /// <summary>Questions to the queue at the same time.</summary>
    private const int Parallel = 4;

    private readonly List<string> _unclear = [];

    private IFileSystem Disk => host.Disk;

    /// <summary>Workflows that may run, and of which nobody can tell which runs are in them: a clause each.</summary>
    public IReadOnlyList<string> Unclear => _unclear;

    /// <summary>Reads it.</summary>
    /// <param name="except">The workflow that is worked on.</param>
    /// <param name="askedAt">When the run database was asked, UTC: what a workflow had done before, the database would know. Null: whatever
    /// is done counts as under way.</param>
    /// <param name="age">How old the plan is for which this is asked; null: what has ended does not count.</param>
    /// <param name="cancel">Ends it at once.</param>
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
        foreach (
            var flying in names
                .AsParallel()
                .AsOrdered()
                .WithDegreeOfParallelism(Parallel)
                .WithCancellation(cancel)
                .Select(name => Of(name, directories[name], age))
                .OfType<Flying>()
        )
        {
            if (flying.Ended)
            {
                AddMade(work, flying, age!);
            }
            else
            {
                Add(work, flying, askedAt);
            }
        }

        return work;
    }

    /// <summary>Submit directories by name, whatever version and context they were planned for.</summary>
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
            // Another user's: none of ours is in it.
            return [];
        }
    }

    private Flying? Of(string name, IEnumerable<string> directories, PlanAge? age)
    {
        var folder = Path.Combine(workDir, "generated", name);
        Flying? ended = null;
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
                        ended = new Flying(name, directory, "which has made it since the run database was asked for this plan")
                        {
                            Ended = true,
                        };
                    }

                    continue;
                }

                // Without a word of its log it was never handed to HTCondor, unless somebody was just about to.
                if (dagman.Last is null && here is not [.., { State: StepState.Begun or StepState.Done }])
                {
                    continue;
                }

                var elsewhere = journal.StartedElsewhere(host.HostName);
                var status = DagStatus.Of(directory, grid, elsewhere);
                if (status.MayRun)
                {
                    return new Flying(name, directory, Words(status, name));
                }

                if (elsewhere is not null && dagman.Last is null && here is [.., { State: StepState.Begun }])
                {
                    return new Flying(name, directory, $"which {elsewhere} was about to start");
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            return new Flying(name, null, $"nobody can tell whether its DAG runs: {error.Message.TrimEnd('.')}");
        }

        return ended;
    }

    /// <summary>One that is halted is not done by waiting, so its way on is told with it.</summary>
    private static string Words(DagStatus status, string name) =>
        status switch
        {
            { State: DagState.Running, Halted: true } =>
                $"whose DAG is in HTCondor's queue, halted with pegasus-halt (--target=Release --name={name} lets it go on)",
            { State: DagState.Running } => "whose DAG is in HTCondor's queue",
            _ => status.Words,
        };

    private void Add(InFlightWork work, Flying flying, DateTimeOffset? askedAt)
    {
        var detail = $"in workflow '{flying.Name}', {flying.Words}";
        var folder = Path.Combine(workDir, "generated", flying.Name);
        try
        {
            if (Disk.File.Exists(Path.Combine(folder, JobPlan.FileName)))
            {
                var done = Done(flying, folder, askedAt);
                foreach (var group in JobPlan.Read(Disk, folder).Groups.Where(g => !done.Contains((g.Run, g.Type))))
                {
                    work.Add(group.Run, group.Type, group.Hashes, detail);
                }

                return;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException)
        {
            // Then its list of runs tells, without the data types.
        }

        if (RunList(flying, folder) is not { } runs)
        {
            _unclear.Add($"workflow '{flying.Name}' ({flying.Words})");
            return;
        }

        foreach (var run in runs)
        {
            work.AddWhole(run, detail);
        }
    }

    /// <summary>What a workflow whose DAG has ended made since a time.</summary>
    private void AddMade(InFlightWork work, Flying flying, PlanAge age)
    {
        var folder = Path.Combine(workDir, "generated", flying.Name);
        try
        {
            var settings = SettingsArtifact.Read(host, Path.Combine(folder, SettingsArtifact.FileName)).Settings;
            if (settings.Debug || settings.Payload != age.Payload || flying.Directory is not { HasDag: true } directory)
            {
                return;
            }

            // Times are in whole seconds.
            var made = Ends(directory).Where(e => e.At.AddSeconds(1) > age.Since).Select(e => (e.Run, e.Type)).ToHashSet();
            foreach (var group in JobPlan.Read(Disk, folder).Groups.Where(g => made.Contains((g.Run, g.Type))))
            {
                work.Add(group.Run, group.Type, group.Hashes, $"in workflow '{flying.Name}', {flying.Words}");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OutsourceException or FormatException)
        {
            // It has ended: what cannot be read holds nothing up.
        }
    }

    /// <summary>What the workflow had done, and entered, before the run database was asked; nothing of one that enters nothing.</summary>
    private HashSet<(int Run, string Type)> Done(Flying flying, string folder, DateTimeOffset? askedAt)
    {
        try
        {
            if (
                askedAt is not { } asked
                || flying.Directory is not { HasDag: true } directory
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
            // What cannot be read proves nothing.
            return [];
        }
    }

    /// <summary>When the last job of each run and data type ended well: the one that uploads.</summary>
    private List<(int Run, string Type, DateTimeOffset At)> Ends(SubmitDirectory directory)
    {
        var replay = new NodeReplay(DagFile.Read(Disk, directory.Dag), RescueFile.Newest(Disk, directory.Dag));
        foreach (var happened in UserLog.Read(Disk, directory.NodesLog, TimeZoneInfo.Local, host.Now.ToUniversalTime()))
        {
            replay.Add(happened);
        }

        return
        [
            .. replay
                .Nodes.Where(n =>
                    n is { State: NodeState.Done, EndedAt: not null, Name: { Run: not null, Type: not null, Part: null or "combine" } }
                )
                .Select(n => (n.Name.Run!.Value, n.Name.Type!, n.EndedAt!.Value)),
        ];
    }

    private List<int>? RunList(Flying flying, string folder)
    {
        foreach (
            var path in new[] { Path.Combine(folder, WorkflowFolder.RunList), flying.Directory?.In(WorkflowFolder.RunList) }
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
                // The next one may do.
            }
        }

        return null;
    }

    /// <param name="Name">Of the workflow.</param>
    /// <param name="Directory">Where it runs, or null: nobody can tell.</param>
    /// <param name="Words">How it stands, behind its name.</param>
    private sealed record Flying(string Name, SubmitDirectory? Directory, string Words)
    {
        /// <summary>Whether its DAG has ended: only what it made counts.</summary>
        public bool Ended { get; init; }
    }
}
