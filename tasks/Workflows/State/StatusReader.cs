using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Workflows.State;

/// <summary>
/// Finds the status of a workflow: the nodes from DAGMan's files, the jobs in the queue from HTCondor if it answers. What neither shows is
/// reported as unknown.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="zone">The submit host's time zone.</param>
public sealed class StatusReader(HostEnvironment host, TimeZoneInfo zone)
{
    /// <summary>With fewer ended jobs a rate is not meaningful.</summary>
    private const int LeastForRate = 3;

    /// <summary>Reads the status.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="queue">The answer of the queue about it, asked before.</param>
    /// <param name="now">The time, UTC.</param>
    public WorkflowStatus Read(WorkflowOnDisk workflow, QueueAnswer queue, DateTimeOffset now)
    {
        WorkflowStatus status;
        ImmutableArray<string> unread = [];
        var started = workflow.Submit is { IsStarted: true }
            ? new StatusSource("DAGMan's files", SourceAnswer.Answered, workflow.Submit.Path)
            : new StatusSource("DAGMan's files", SourceAnswer.NotAsked, "it was never started");
        try
        {
            status = ReadDirectory(workflow, queue, now);
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // Deleted meanwhile, owned by another user, on a disk that is not mounted, or damaged: other workflows, or the next look,
            // must still work.
            var why = $"its files cannot be read ({error.Message.TrimEnd('.')})";
            status = new WorkflowStatus
            {
                Name = workflow.Name,
                AsOf = now,
                State = WorkflowState.Unknown,
                SubmittedAt = workflow.SubmittedAt,
                SubmitDirectory = workflow.Submit?.Path,
                QueueAnswered = queue.Jobs is not null,
                Detail = why,
            };
            started = started with { Answer = SourceAnswer.Silent, Description = why };
            unread = error is UnfitFileException ? [error.Message] : [];
        }

        return status with
        {
            Damage = [.. workflow.Damage, .. unread],
            Warnings = [.. status.Warnings, .. workflow.Damage.Select(d => d.TrimEnd('.'))],
            Sources =
            [
                queue.Jobs is null ? new StatusSource("condor_q", SourceAnswer.Silent, queue.Silence)
                : workflow.Submit is { HasDag: true }
                    ? new StatusSource("condor_q", SourceAnswer.Answered, $"{Counted.Of(queue.Jobs.Count, "job")} in the queue")
                : new StatusSource("condor_q", SourceAnswer.NotAsked, "nothing is planned"),
                started,
            ],
        };
    }

    private WorkflowStatus ReadDirectory(WorkflowOnDisk workflow, QueueAnswer queue, DateTimeOffset now)
    {
        var status = new WorkflowStatus
        {
            Name = workflow.Name,
            AsOf = now,
            State = WorkflowState.Written,
            SubmittedAt = workflow.SubmittedAt,
            SubmitDirectory = workflow.Submit?.Path,
        };
        if (workflow.Submit is not { } submit)
        {
            return Unplanned(workflow, status);
        }

        if (!submit.HasDag)
        {
            return status with
            {
                State = workflow.SubmittedAt is null ? WorkflowState.Written : WorkflowState.Unknown,
                Detail = $"there is no '{submit.Dag}'",
            };
        }

        var seen = See(workflow, submit, queue);
        var (state, detail) = StateOf(seen);
        if (
            state == WorkflowState.Planned
            && new JournalFile(host.Disk, workflow.Folder).Last(Step.Plan) is { State: StepState.Begun } begun
        )
        {
            // The files there may be incomplete.
            return status with
            {
                Detail =
                    $"the planner began {begun.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} and its end is not recorded: it may be running, "
                    + "or it was stopped; run the same --target=Submit again to complete it",
            };
        }

        // One that was started by hand has no record of ours.
        status = status with
        {
            State = state,
            Detail = detail,
            SubmittedAt = status.SubmittedAt ?? seen.Job.Started,
        };
        var dag = DagFile.Read(host.Disk, submit.Dag);
        return dag.Nodes.Count > 0
            ? Replayed(status, seen, dag, queue)
            : status with
            {
                Detail = $"'{submit.Dag}' lists no jobs; the file is incomplete{(detail is null ? "" : $"; {detail}")}",
            };
    }

    /// <summary>Nothing was planned: the workflow was only written, or is a dry run.</summary>
    private WorkflowStatus Unplanned(WorkflowOnDisk workflow, WorkflowStatus status) =>
        host.Disk.File.Exists(Path.Combine(workflow.Folder, WorkflowFolder.Workflow))
            ? status with
            {
                Detail = $"not planned yet by Pegasus: --target=Submit --reuse --name={workflow.Name} plans and starts it",
            }
            : status with
            {
                State = WorkflowState.Rehearsed,
                Detail = $"a dry run, nothing is written for Pegasus yet: --target=Submit --reuse --name={workflow.Name} submits it",
            };

    private Seen See(WorkflowOnDisk workflow, SubmitDirectory submit, QueueAnswer queue) =>
        new(
            submit,
            submit.IsStarted ? DagmanOut.Read(host.Disk, submit.DagmanOut, zone) : null,
            DagmanJob.Read(host.Disk, submit.DagmanLog, zone),
            queue.Jobs?.Where(j => j.Node is null && j.Status is not QueueJob.Completed).ToList(),
            queue.Silence,
            RescueFile.Newest(host.Disk, submit.Dag),
            new JournalFile(host.Disk, workflow.Folder).StartedElsewhere(host.HostName),
            RecordedSettings.IsDebug(host.Disk, workflow.Folder)
        );

    /// <summary>The status with the state of each node from the logs.</summary>
    /// <param name="status">The status so far, with the workflow's state.</param>
    /// <param name="seen">What the state was found from.</param>
    /// <param name="dag">The nodes.</param>
    /// <param name="queue">The answer of the queue.</param>
    private WorkflowStatus Replayed(WorkflowStatus status, Seen seen, DagFile dag, QueueAnswer queue)
    {
        var submit = seen.Submit;
        var replay = new NodeReplay(dag, seen.Rescue);
        var logged = host.Disk.File.Exists(submit.NodesLog);
        foreach (var happened in logged ? UserLog.Read(host.Disk, submit.NodesLog, zone, status.AsOf) : [])
        {
            replay.Add(happened);
        }

        // The only DAGMan has everything in its own log.
        var gap = logged || !submit.IsStarted ? null : $"'{submit.NodesLog}' is missing, so the state of most nodes is unknown";
        if (seen.Rescue is not null || seen.Job.Clusters.Length > 1)
        {
            gap ??= Earlier(submit, replay, status.AsOf);
        }

        if (submit.IsStarted && !logged)
        {
            WithoutLog(replay, status.State);
        }

        var missing = Correct(replay, queue.Jobs, seen.Dagmans);
        if (HasEnded(status.State, seen.Dagmans))
        {
            replay.End(seen.Rescue);
        }

        replay.Settle();
        status = status with
        {
            StartedAt = replay.FirstAt ?? seen.Job.Started,
            BeganAt = replay.BeganAt,
            Dagmans = seen.Job.Clusters.Length,
        };
        status = Summed(status, replay, seen.Job, queue, seen.Outcome, seen.Dagmans, gap);
        return status.State != WorkflowState.Running || queue.Jobs is null
            ? status
            : status with
            {
                Standstill = new Stall(host.Disk, submit, zone).Of(status, replay, queue.Jobs, seen.Outcome, missing),
            };
    }

    private static bool HasEnded(WorkflowState state, List<QueueJob>? dagmans) =>
        state is WorkflowState.Succeeded or WorkflowState.Failed or WorkflowState.Removed
        || (state == WorkflowState.Halted && dagmans is []);

    /// <summary>If the log of nodes is lost, only the end of the whole workflow is known.</summary>
    private static void WithoutLog(NodeReplay replay, WorkflowState state)
    {
        if (state != WorkflowState.Succeeded)
        {
            Doubt(replay, n => n.State != NodeState.Done);
            return;
        }

        foreach (var node in replay.Nodes)
        {
            node.State = NodeState.Done;
        }
    }

    /// <summary>Adds what earlier DAGMans did.</summary>
    /// <returns>Why that is unknown: then only the sums are incomplete, not the states.</returns>
    private string? Earlier(SubmitDirectory submit, NodeReplay replay, DateTimeOffset now)
    {
        try
        {
            if (host.Disk.File.Exists(submit.JobLog))
            {
                replay.AddEarlier(UserLog.Read(host.Disk, submit.JobLog, zone, now));
            }

            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"these sums do not include times and tries of earlier DAGMans: '{submit.JobLog}' cannot be read: "
                + $"{DiskFault.Why(error)}";
        }
    }

    /// <summary>What the state is found from.</summary>
    /// <param name="Submit">The submit directory.</param>
    /// <param name="Outcome">DAGMan's log, or null: there is none.</param>
    /// <param name="Job">The history of its job.</param>
    /// <param name="Dagmans">Its jobs in the queue; null: the queue does not answer.</param>
    /// <param name="Silence">Why not, or null.</param>
    /// <param name="Rescue">Its rescue file, or null.</param>
    /// <param name="Elsewhere">The machine that started it, if it is not this one, or null.</param>
    /// <param name="Debug">Whether it was planned with --debug.</param>
    private sealed record Seen(
        SubmitDirectory Submit,
        DagmanOut? Outcome,
        DagmanJob Job,
        List<QueueJob>? Dagmans,
        string? Silence,
        RescueFile? Rescue,
        string? Elsewhere,
        bool Debug
    );

    /// <summary>Its DAGMan is in the queue.</summary>
    private static (WorkflowState State, string? Detail) StateInQueue(SubmitDirectory submit, List<QueueJob> dagmans)
    {
        if (!dagmans.Exists(d => d.Status is QueueJob.Running or QueueJob.Idle))
        {
            return dagmans.Find(d => d.Status == QueueJob.Held) is { } held
                ? (WorkflowState.Held, $"its DAGMan is held: {held.HoldReason ?? "no reason given"}; --target=Release continues it")
                : (
                    WorkflowState.Removing,
                    "its DAGMan is being removed from the queue; after that, --target=Resubmit continues the workflow"
                );
        }

        if (submit.IsHalted)
        {
            return (
                WorkflowState.Halted,
                "halted with pegasus-halt: jobs in the queue finish, no new ones start, and then DAGMan ends. "
                    + "--target=Release continues it while DAGMan is running; after its end use --target=Resubmit"
            );
        }

        return dagmans.TrueForAll(d => d.Status != QueueJob.Running)
            ? (WorkflowState.Running, "its DAGMan waits in the queue to be started")
            : (WorkflowState.Running, null);
    }

    private static (WorkflowState State, string? Detail) StateOf(Seen seen)
    {
        if (seen.Dagmans is [_, ..] dagmans)
        {
            return StateInQueue(seen.Submit, dagmans);
        }

        if (seen.Outcome is not { } outcome)
        {
            return StateWithoutAWord(seen);
        }

        // The failed ones are for Analyze; the halt explains the rest.
        var halted = outcome is { ExitStatus: not (null or 0), Removed: false } && (outcome.Halted || seen.Submit.IsHalted);
        return outcome switch
        {
            _ when halted && FailedNodes(seen) == 0 => (
                WorkflowState.Halted,
                "halted with pegasus-halt, and no job failed: its jobs finished, then DAGMan ended; --target=Resubmit continues it"
            ),
            { ExitStatus: 0 } => (WorkflowState.Succeeded, null),
            { ExitStatus: not null, Removed: true } => (
                WorkflowState.Removed,
                "it was removed from the queue; --target=Resubmit continues it"
            ),
            { ExitStatus: { } code } => (
                WorkflowState.Failed,
                $"DAGMan ended with {code}{(halted ? ", and was halted before that by pegasus-halt" : "")}; --target=Analyze shows why, "
                    + "--target=Resubmit continues it"
            ),
            _ when seen.Job is { Ended: true, Removed: true } => RemovedBeforeAWord,
            _ => StateWithoutAnEnd(seen, outcome),
        };
    }

    /// <summary>DAGMan wrote nothing.</summary>
    private static (WorkflowState State, string? Detail) StateWithoutAWord(Seen seen) =>
        seen switch
        {
            { Job: { Ended: true, Removed: true } } => RemovedBeforeAWord,
            { Job: { Ended: true } job } => (
                WorkflowState.Failed,
                $"DAGMan ended{(job.ReturnValue is { } code ? $" with {code}" : "")} without writing a log; "
                    + $"'{SubmitDirectory.DagName}.lib.err' "
                    + "may show why; --target=Resubmit starts it again"
            ),
            { Dagmans: null } => (
                WorkflowState.Unknown,
                $"DAGMan has written nothing in '{seen.Submit.Path}' yet; HTCondor does not answer ({seen.Silence})"
            ),
            { Debug: true } => (
                WorkflowState.Planned,
                $"never started: --debug plans only. To start it: pegasus-run '{seen.Submit.Path}'"
            ),
            _ => (WorkflowState.Planned, "never started: --target=Submit --reuse starts it"),
        };

    /// <summary>DAGMan started, and no file says that it ended for good.</summary>
    private static (WorkflowState State, string? Detail) StateWithoutAnEnd(Seen seen, DagmanOut outcome) =>
        seen switch
        {
            { Dagmans: null } when outcome.Interrupted => (
                WorkflowState.Unknown,
                $"DAGMan stopped{At(outcome)} and HTCondor will start it again, as after a shutdown of HTCondor or a hold; "
                    + $"HTCondor does not answer ({seen.Silence})"
            ),
            { Dagmans: null } => (
                WorkflowState.Unknown,
                $"DAGMan has not recorded its end{(outcome.LastLineAt is null ? "" : $", its last line is from{At(outcome)}")}; "
                    + $"HTCondor does not answer ({seen.Silence})"
            ),
            { Elsewhere: { } machine } => (
                WorkflowState.Unknown,
                $"it was started on {machine}, whose queue this machine cannot query: run this command there"
            ),
            _ => (
                WorkflowState.Unknown,
                "its DAGMan is not in the queue and has not recorded its "
                    + $"end{(outcome.LastLineAt is null ? "" : $" (its last line is from{At(outcome)})")}: "
                    + "it was killed, or HTCondor lost it, and nothing runs. --target=Resubmit starts it again; finished results are "
                    + "kept"
            ),
        };

    private static (WorkflowState State, string? Detail) RemovedBeforeAWord =>
        (WorkflowState.Removed, "it was removed from the queue before DAGMan wrote anything; --target=Resubmit continues it");

    /// <summary>Nodes that failed, from the rescue file, or else from DAGMan's last count.</summary>
    private static int FailedNodes(Seen seen) => seen.Rescue?.Failed.Count ?? seen.Outcome?.Counts?.GetValueOrDefault("Failed") ?? 0;

    private static string At(DagmanOut outcome) => outcome.LastLineAt is { } at ? $" {at:yyyy-MM-ddTHH:mm:ssZ}" : "";

    /// <summary>The queue has the newer state of its jobs; a job whose end is in the log has ended.</summary>
    /// <returns>How many nodes are in the queue by the log but not by the queue.</returns>
    private static int Correct(NodeReplay replay, IReadOnlyList<QueueJob>? jobs, List<QueueJob>? dagmans)
    {
        if (jobs is null)
        {
            return 0;
        }

        // Compared by reference: the equality of a node changes with its properties.
        var seen = new HashSet<NodeStatus>(ReferenceEqualityComparer.Instance);
        foreach (var job in jobs)
        {
            if (replay.Find(job.Node) is { } node && (node.Cluster is null || node.Cluster <= job.Cluster))
            {
                seen.Add(node);
                Correct(node, job);
            }
        }

        if (dagmans is [])
        {
            Doubt(replay, n => n.InQueue && !seen.Contains(n));
        }

        return replay.Nodes.Count(n => n.InQueue && !seen.Contains(n));
    }

    private static void Correct(NodeStatus node, QueueJob job)
    {
        var ended = node.State is NodeState.Done or NodeState.Failed or NodeState.Post && node.Cluster == job.Cluster;
        if (!ended)
        {
            node.State = job.Status switch
            {
                QueueJob.Idle => NodeState.Idle,
                QueueJob.Held => NodeState.Held,
                QueueJob.Running or QueueJob.MovingOutput or QueueJob.Suspended => NodeState.Running,
                _ => node.State,
            };
            node.Cluster = job.Cluster;
            (node.HoldReason, node.HoldCode, node.HoldSubcode) =
                job.Status == QueueJob.Held
                    ? (job.HoldReason ?? node.HoldReason, job.HoldCode ?? node.HoldCode, job.HoldSubcode ?? node.HoldSubcode)
                    : (null, null, null);
        }

        node.Memory = new Usage(job.MemoryMb ?? node.Memory?.Used, node.Memory?.Requested);
        node.Disk = new Usage(job.DiskKb ?? node.Disk?.Used, node.Disk?.Requested);
    }

    private static void Doubt(NodeReplay replay, Func<NodeStatus, bool> which)
    {
        foreach (var node in replay.Nodes.Where(which))
        {
            node.State = NodeState.Unknown;
        }
    }

    private static WorkflowStatus Summed(
        WorkflowStatus status,
        NodeReplay replay,
        DagmanJob job,
        QueueAnswer queue,
        DagmanOut? outcome,
        List<QueueJob>? dagmans,
        string? gap
    )
    {
        var nodes = replay.Nodes.ToImmutableArray();
        var (rate, eta) = Eta(status, replay, job);
        var transfers = Transfers(nodes);
        var counts = StateCounts.Count(nodes);
        return status with
        {
            QueueAnswered = queue.Jobs is not null,
            DagClusters = dagmans is null ? [] : [.. dagmans.Select(d => d.Cluster).Order()],
            AsOf = replay.LastAt > status.AsOf ? replay.LastAt.Value : status.AsOf, // the log went on while it was read
            LastEventAt = replay.LastAt ?? outcome?.LastLineAt,
            Nodes = nodes,
            Changes = [.. replay.Changes],
            Counts = counts,
            JobNames =
            [
                .. nodes
                    .GroupBy(n => (n.Name.Ours, n.Name.Job))
                    .OrderByDescending(g => g.Key.Ours)
                    .ThenBy(g => g.Key.Job, StringComparer.Ordinal)
                    .Select(g => new JobNameStatus(g.Key.Job, g.Key.Ours, StateCounts.Count(g))),
            ],
            Runs =
            [
                .. nodes
                    .Where(n => n.Name.Run is not null)
                    .GroupBy(n => n.Name.Run!.Value)
                    .OrderBy(g => g.Key)
                    .Select(g => RunOf(g.Key, StateCounts.Count(g), [.. transfers[g.Key].Distinct()])),
            ],
            Holds = HoldReasons.Group(nodes.Where(n => n.State == NodeState.Held)),
            Retried = replay.Retried,
            Strays = replay.Strays,
            JobsPerHour = rate,
            Eta = eta,
            Warnings =
            [
                .. Warnings(status, counts, replay.Strays, queue, outcome, dagmans),
                .. gap is null ? Array.Empty<string>() : [gap],
            ],
        };
    }

    private static IEnumerable<string> Warnings(
        WorkflowStatus status,
        StateCounts counts,
        int strays,
        QueueAnswer queue,
        DagmanOut? outcome,
        List<QueueJob>? dagmans
    )
    {
        if (queue.Silence is { } silence && !status.Ended)
        {
            yield return $"HTCondor does not answer ({silence}): all of this is from DAGMan's files and may be outdated";
        }

        if (dagmans is [_, _, ..])
        {
            yield return $"{dagmans.Count} DAGMans run this workflow at the same time (clusters "
                + $"{string.Join(", ", dagmans.Select(d => d.Cluster).Order())}): each submits every job. Remove it with "
                + "--target=Remove, then --target=Resubmit";
        }

        if (strays > 0)
        {
            yield return $"the jobs' log contains {Counted.Of(strays, "node")} that '{SubmitDirectory.DagName}' does not list: that "
                + "file and these counts are incomplete";
        }

        // A node whose submission failed leaves no event.
        if (outcome?.Counts?.GetValueOrDefault("Failed") is { } failed && failed > counts[NodeState.Failed])
        {
            yield return $"DAGMan counts {Counted.Of(failed, "failed node")}, its log shows {counts[NodeState.Failed]}: the others were "
                + $"never submitted; '{SubmitDirectory.DagName}.dagman.out' shows why";
        }
    }

    private static (double? Rate, DateTimeOffset? Eta) Eta(WorkflowStatus status, NodeReplay replay, DagmanJob job)
    {
        var done = replay.Nodes.Count(n => n is { State: NodeState.Done, Tries: > 0, Name.Ours: true });
        var ahead = replay.Nodes.Count(n =>
            n.Name.Ours && n.State is NodeState.Running or NodeState.Idle or NodeState.Ready or NodeState.Unready or NodeState.Post
        );
        if (status.State != WorkflowState.Running || done < LeastForRate || replay.BeganAt is not { } from || status.AsOf <= from)
        {
            return (null, null);
        }

        if (!replay.Nodes.Any(n => n.State is NodeState.Running or NodeState.Idle or NodeState.Post or NodeState.Ready))
        {
            // Nothing moves: everything that is left waits for held jobs.
            return (null, null);
        }

        // The time in which the workflow was stopped does not count.
        var ran = job.RanFor(from, status.AsOf);
        var rate = done / (ran > TimeSpan.Zero ? ran : status.AsOf - from).TotalHours;
        var hours = ahead / rate;
        return (rate, ahead == 0 || hours > 24 * 366 ? null : status.AsOf.AddHours(hours));
    }

    /// <summary>Run → the jobs of the planner that transfer its results: one job transfers the files of several runs.</summary>
    private static ILookup<int, NodeStatus> Transfers(IEnumerable<NodeStatus> nodes)
    {
        var all = nodes.ToDictionary(n => n.Node.Name, StringComparer.Ordinal);
        IEnumerable<(int Run, NodeStatus Node)> Of(NodeStatus node)
        {
            var above = new HashSet<string>(StringComparer.Ordinal);
            var open = new Stack<DagNode>(node.Node.Parents);
            while (open.TryPop(out var parent))
            {
                if (!above.Add(parent.Name) || !all.TryGetValue(parent.Name, out var status))
                {
                    continue;
                }

                if (status.Name.Run is { } run)
                {
                    yield return (run, node);
                }
                else
                {
                    // A registration follows a stage-out.
                    foreach (var next in parent.Parents)
                    {
                        open.Push(next);
                    }
                }
            }
        }

        return all.Values.Where(n => n.Name.Job is "stage_out" or "register").SelectMany(Of).ToLookup(t => t.Run, t => t.Node);
    }

    private static RunStatus RunOf(int run, StateCounts counts, IReadOnlyList<NodeStatus> transfers)
    {
        var back = transfers.All(t => t.State == NodeState.Done);
        var moving = counts[NodeState.Running] + counts[NodeState.Post] > 0;
        return new(
            run,
            counts[NodeState.Failed] > 0 || (counts[NodeState.Done] == counts.Total && transfers.Any(t => t.State is NodeState.Failed))
                    ? RunState.Failed
                : counts[NodeState.Held] > 0 ? RunState.Held
                : counts[NodeState.Unknown] > 0 ? RunState.Unknown
                : counts[NodeState.Done] == counts.Total && back ? RunState.Finished
                : moving || (counts[NodeState.Done] == counts.Total && transfers.Any(t => t.State is NodeState.Running or NodeState.Post))
                    ? RunState.Running
                : counts[NodeState.Idle] + counts[NodeState.Done] > 0 ? RunState.Queued
                : RunState.Waiting,
            counts
        );
    }
}
