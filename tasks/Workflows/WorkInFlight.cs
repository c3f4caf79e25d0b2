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

/// <summary>
/// Finds out which runs and data types are under way in the workflows of a work_dir. A workflow counts when its jobs may run: its DAG is in
/// the queue, or nobody can tell. One that was only written or planned does not, nor one whose DAG has ended.
/// </summary>
/// <param name="surroundings">Where we run.</param>
/// <param name="grid">Asks the queue, about workflows only whose end is not on disk.</param>
/// <param name="workDir">Absolute.</param>
public sealed class WorkInFlight(HostEnvironment surroundings, IGridPrograms grid, string workDir)
{
    /// <summary>Questions to the queue at the same time.</summary>
    private const int Parallel = 4;

    private readonly List<string> _unclear = [];

    private IFileSystem Disk => surroundings.Disk;

    /// <summary>Workflows that may run, and of which nobody can tell which runs are in them: a clause each.</summary>
    public IReadOnlyList<string> Unclear => _unclear;

    /// <summary>Reads it.</summary>
    /// <param name="except">The workflow that is worked on.</param>
    /// <param name="askedAt">When the run database was asked, UTC: what a workflow had done before, the database would know. Null: whatever
    /// is done counts as under way.</param>
    /// <param name="cancel">Ends it at once.</param>
    public InFlightWork Read(string except, DateTimeOffset? askedAt, CancellationToken cancel)
    {
        var directories = SubmitDirectories();
        var names = WorkflowName
            .Existing(surroundings, workDir)
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
                .Select(name => Of(name, directories[name]))
                .OfType<Flying>()
        )
        {
            Add(work, flying, askedAt);
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

    private Flying? Of(string name, IEnumerable<string> directories)
    {
        var folder = Path.Combine(workDir, "generated", name);
        try
        {
            var journal = new JournalFile(Disk, folder);
            var entries = journal.Read();
            var starts = entries.Where(e => e.Step is Steps.Start or Steps.Resubmit).ToList();
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
                    continue;
                }

                // Without a word of its log it was never handed to HTCondor, unless somebody was just about to.
                if (dagman.Last is null && here is not [.., { State: StepState.Begun or StepState.Done }])
                {
                    continue;
                }

                var elsewhere = journal.StartedElsewhere(surroundings.Host);
                var standing = WorkflowStanding.Of(directory, grid, elsewhere);
                if (standing.MayRun)
                {
                    return new Flying(name, directory, Words(standing, name));
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

        return null;
    }

    /// <summary>One that is halted is not done by waiting, so its way on is told with it.</summary>
    private static string Words(WorkflowStanding standing, string name) =>
        standing switch
        {
            { State: DagState.Running, Halted: true } =>
                $"whose DAG is in HTCondor's queue, halted with pegasus-halt (--target=Release --name={name} lets it go on)",
            { State: DagState.Running } => "whose DAG is in HTCondor's queue",
            _ => standing.Words,
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

    /// <summary>What the workflow had done, and entered, before the run database was asked; nothing of one that enters nothing.</summary>
    private HashSet<(int Run, string Type)> Done(Flying flying, string folder, DateTimeOffset? askedAt)
    {
        try
        {
            if (
                askedAt is not { } asked
                || flying.Directory is not { HasDag: true } directory
                || SettingsArtifact.Read(surroundings, Path.Combine(folder, SettingsArtifact.FileName)).Settings
                    is not { Canary: false, Debug: false }
            )
            {
                return [];
            }

            var rescue = RescueFile.Newest(Disk, directory.Dag);
            var replay = new NodeReplay(DagFile.Read(Disk, directory.Dag), rescue);
            foreach (var happened in UserLog.Read(Disk, directory.NodesLog, TimeZoneInfo.Local, surroundings.Now.ToUniversalTime()))
            {
                replay.Add(happened);
            }

            // The last job of a type uploads; the time of its end is in whole seconds.
            return
            [
                .. replay
                    .Nodes.Where(n =>
                        n is { State: NodeState.Done, Name: { Run: not null, Type: not null, Part: null or "combine" } }
                        && n.EndedAt is { } ended
                        && ended.AddSeconds(1) < asked
                    )
                    .Select(n => (n.Name.Run!.Value, n.Name.Type!)),
            ];
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // What cannot be read proves nothing.
            return [];
        }
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

    private sealed record Flying(string Name, SubmitDirectory? Directory, string Words);
}
