using System.Collections.Immutable;
using Outsource.Condor;
using Outsource.DagMan;
using Outsource.Environs;
using Outsource.Journal;
using Outsource.Pegasus;
using Outsource.Reports;
using Outsource.Workflows;
using Outsource.WriteWorkflow;

namespace Outsource.Status;

/// <summary>
/// Finds out where a workflow stands: the nodes from DAGMan's files, what is in the queue from HTCondor when it answers.
/// What neither tells is unknown, and said to be.
/// </summary>
/// <param name="surroundings">Where we run.</param>
/// <param name="zone">The submit host's time zone.</param>
public sealed class StatusReader(Surroundings surroundings, TimeZoneInfo zone)
{
    /// <summary>With fewer ended jobs a rate means nothing.</summary>
    private const int LeastForRate = 3;

    /// <summary>Reads it.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="queue">What the queue said of it, asked before.</param>
    /// <param name="now">The time, UTC.</param>
    public WorkflowStatus Read(WorkflowOnDisk workflow, QueueAnswer queue, DateTimeOffset now)
    {
        WorkflowStatus status;
        var started = workflow.Submit is { IsStarted: true } ? new StatusSource("DAGMan's files", SourceAnswer.Answered, workflow.Submit.Path) : new StatusSource("DAGMan's files", SourceAnswer.NotAsked, "it was never started");
        try
        {
            status = ReadDirectory(workflow, queue, now);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Taken away while it was read, of another user, on a disk that is away: one workflow of many, or one look of many.
            var why = $"its files cannot be read ({error.Message.TrimEnd('.')})";
            status = new WorkflowStatus { Name = workflow.Name, AsOf = now, State = WorkflowState.Unknown, SubmittedAt = workflow.SubmittedAt, SubmitDirectory = workflow.Submit?.Path, QueueAnswered = queue.Jobs is not null, Detail = why };
            started = started with { Answer = SourceAnswer.Silent, Words = why };
        }

        return status with
        {
            Sources =
            [
                queue.Jobs is null ? new StatusSource("condor_q", SourceAnswer.Silent, queue.Silence)
                    : workflow.Submit is { HasDag: true } ? new StatusSource("condor_q", SourceAnswer.Answered, $"{Counted.Of(queue.Jobs.Count, "job")} in the queue")
                    : new StatusSource("condor_q", SourceAnswer.NotAsked, "nothing is planned"),
                started,
            ],
        };
    }

    private WorkflowStatus ReadDirectory(WorkflowOnDisk workflow, QueueAnswer queue, DateTimeOffset now)
    {
        var status = new WorkflowStatus { Name = workflow.Name, AsOf = now, State = WorkflowState.Written, SubmittedAt = workflow.SubmittedAt, SubmitDirectory = workflow.Submit?.Path };
        if (workflow.Submit is not { } submit)
        {
            return surroundings.Disk.File.Exists(Path.Combine(workflow.Folder, WorkflowWriter.FileName))
                ? status with { Detail = $"Pegasus has not planned it yet: --target=Submit --reuse --name={workflow.Name} does" }
                : status with { State = WorkflowState.Rehearsed, Detail = $"a rehearsal, nothing is written for Pegasus yet: --target=Submit --reuse --name={workflow.Name} goes on from it" };
        }

        if (!submit.HasDag)
        {
            return status with { State = workflow.SubmittedAt is null ? WorkflowState.Written : WorkflowState.Unknown, Detail = $"there is no '{submit.Dag}'" };
        }

        var outcome = submit.IsStarted ? DagmanOut.Read(surroundings.Disk, submit.DagmanOut, zone) : null;
        var dagmans = queue.Jobs?.Where(j => j.Node is null && j.Status is not QueueJob.Completed).ToList();
        var (state, detail) = StateOf(submit, outcome, DagmanJob.Read(surroundings.Disk, submit.DagmanLog, zone), dagmans, queue.Silence);
        if (state == WorkflowState.Planned && new JournalFile(surroundings.Disk, workflow.Folder).Last(Steps.Plan) is { State: StepState.Begun } begun)
        {
            // What lies there may be half of it, whatever it looks like.
            return status with { Detail = $"the planner began {begun.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} and is not known to have ended: it may be at work, or it was stopped; the same --target=Submit again completes it" };
        }

        var dag = DagFile.Read(surroundings.Disk, submit.Dag);
        if (dag.Nodes.Count == 0)
        {
            return status with { State = state, Detail = $"'{submit.Dag}' names no job, so it is not whole{(detail is null ? "" : $"; {detail}")}" };
        }

        var rescue = RescueFile.Newest(surroundings.Disk, submit.Dag);
        var replay = new NodeReplay(dag, rescue);
        var logged = surroundings.Disk.File.Exists(submit.NodesLog);
        foreach (var happened in logged ? UserLog.Read(surroundings.Disk, submit.NodesLog, zone, now) : [])
        {
            replay.Add(happened);
        }

        var ended = state is WorkflowState.Succeeded or WorkflowState.Failed or WorkflowState.Removed;
        if (submit.IsStarted && !logged && state != WorkflowState.Succeeded)
        {
            Doubt(replay, n => n.State != NodeState.Done);
        }
        else if (submit.IsStarted && !logged)
        {
            foreach (var node in replay.Nodes)
            {
                node.State = NodeState.Done;
            }
        }

        Correct(replay, queue.Jobs, dagmans);
        replay.Settle(ended, rescue);
        return Summed(status with { State = state, Detail = detail }, replay, queue, outcome, dagmans, logged || !submit.IsStarted ? null : $"'{submit.NodesLog}' is not there, so most nodes are unknown");
    }

    private static (WorkflowState State, string? Detail) StateOf(SubmitDirectory submit, DagmanOut? outcome, DagmanJob job, List<QueueJob>? dagmans, string? silence)
    {
        if (dagmans is [_, ..])
        {
            return dagmans.Exists(d => d.Status is QueueJob.Running or QueueJob.Idle) ? (WorkflowState.Running, null)
                : dagmans.Find(d => d.Status == QueueJob.Held) is { } held ? (WorkflowState.Held, $"its DAGMan is held: {held.HoldReason ?? "no reason given"}")
                : (WorkflowState.Running, "its DAGMan is being removed");
        }

        return outcome switch
        {
            null when job is { Ended: true, Removed: true } => beforeAWord(),
            null when job.Ended => (WorkflowState.Failed, $"DAGMan ended{(job.ReturnValue is { } code ? $" with {code}" : "")} without a word, '{SubmitDirectory.DagName}.lib.err' may say why; --target=Resubmit starts it again"),
            null when dagmans is null => submitted(),
            null => (WorkflowState.Planned, "never started: --target=Submit --reuse starts it"),
            { ExitStatus: 0 } => (WorkflowState.Succeeded, null),
            { ExitStatus: not null, Removed: true } => (WorkflowState.Removed, "somebody took it out of the queue; --target=Resubmit continues it"),
            { ExitStatus: { } code } => (WorkflowState.Failed, $"DAGMan ended with {code}; --target=Analyze says why, --target=Resubmit continues it"),
            _ when job is { Ended: true, Removed: true } => beforeAWord(),
            { Interrupted: true } when dagmans is null => (WorkflowState.Unknown, $"DAGMan stopped{At(outcome)} to be started again by HTCondor, as when that is shut down or the workflow is held; HTCondor does not answer ({silence})"),
            _ when dagmans is null => (WorkflowState.Unknown, $"DAGMan has not said that it ended{(outcome.LastLineAt is null ? "" : $", its last line is of{At(outcome)}")}; HTCondor does not answer ({silence})"),
            _ => (WorkflowState.Unknown, "its DAGMan is not in the queue, and has not said that it ended"),
        };

        (WorkflowState, string?) beforeAWord() => (WorkflowState.Removed, "it was taken out of the queue before DAGMan could say anything; --target=Resubmit continues it");
        (WorkflowState, string?) submitted() => (WorkflowState.Unknown, $"DAGMan has written nothing in '{submit.Path}' yet; HTCondor does not answer ({silence})");
    }

    private static string At(DagmanOut outcome) => outcome.LastLineAt is { } at ? $" {at:yyyy-MM-ddTHH:mm:ssZ}" : "";

    /// <summary>The queue knows better what is in it; a job that the log saw end has ended.</summary>
    private static void Correct(NodeReplay replay, IReadOnlyList<QueueJob>? jobs, List<QueueJob>? dagmans)
    {
        if (jobs is null)
        {
            return;
        }

        var seen = new HashSet<NodeStatus>();
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
            (node.HoldReason, node.HoldCode, node.HoldSubcode) = job.Status == QueueJob.Held
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

    private static WorkflowStatus Summed(WorkflowStatus status, NodeReplay replay, QueueAnswer queue, DagmanOut? outcome, List<QueueJob>? dagmans, string? gap)
    {
        var nodes = replay.Nodes.ToImmutableArray();
        var (rate, eta) = Eta(status, replay);
        var counts = StateCounts.Count(nodes);
        return status with
        {
            QueueAnswered = queue.Jobs is not null,
            DagClusters = dagmans is null ? [] : [.. dagmans.Select(d => d.Cluster).Order()],
            StartedAt = replay.FirstAt,
            AsOf = replay.LastAt > status.AsOf ? replay.LastAt.Value : status.AsOf, // the log went on while it was read
            LastEventAt = replay.LastAt ?? outcome?.LastLineAt,
            Nodes = nodes,
            Counts = counts,
            JobNames = [.. nodes.GroupBy(n => (n.Name.Ours, n.Name.Job)).OrderByDescending(g => g.Key.Ours).ThenBy(g => g.Key.Job, StringComparer.Ordinal).Select(g => new JobNameStatus(g.Key.Job, g.Key.Ours, StateCounts.Count(g)))],
            Runs = [.. nodes.Where(n => n.Name.Run is not null).GroupBy(n => n.Name.Run!.Value).OrderBy(g => g.Key).Select(g => RunOf(g.Key, StateCounts.Count(g)))],
            Holds = HoldReasons.Group(nodes.Where(n => n.State == NodeState.Held)),
            Retried = replay.Retried,
            Strays = replay.Strays,
            JobsPerHour = rate,
            Eta = eta,
            Warnings = [.. Warnings(status, counts, replay.Strays, queue, outcome, dagmans), .. gap is null ? Array.Empty<string>() : [gap]],
        };
    }

    private static IEnumerable<string> Warnings(WorkflowStatus status, StateCounts counts, int strays, QueueAnswer queue, DagmanOut? outcome, List<QueueJob>? dagmans)
    {
        if (queue.Silence is { } silence && !status.Ended)
        {
            yield return $"HTCondor does not answer ({silence}): all of this is from DAGMan's files, and may be old";
        }

        if (dagmans is [_, _, ..])
        {
            yield return $"{dagmans.Count} DAGMans run this workflow at once (clusters {string.Join(", ", dagmans.Select(d => d.Cluster).Order())}): each submits every job. Remove it with --target=Remove, then --target=Resubmit";
        }

        if (strays > 0)
        {
            yield return $"the jobs' log speaks of {Counted.Of(strays, "node")} that '{SubmitDirectory.DagName}' does not have: that file is not whole, and nor are these counts";
        }

        // A node that could not even be submitted leaves no event.
        if (outcome?.Counts?.GetValueOrDefault("Failed") is { } failed && failed > counts[NodeState.Failed])
        {
            yield return $"DAGMan counts {Counted.Of(failed, "failed node")}, its log shows {counts[NodeState.Failed]}: the others never reached the queue; '{SubmitDirectory.DagName}.dagman.out' says why";
        }
    }

    private static (double? Rate, DateTimeOffset? Eta) Eta(WorkflowStatus status, NodeReplay replay)
    {
        var done = replay.Nodes.Count(n => n is { State: NodeState.Done, Attempts: > 0, Name.Ours: true });
        var ahead = replay.Nodes.Count(n => n.Name.Ours && n.State is NodeState.Running or NodeState.Idle or NodeState.Ready or NodeState.Unready or NodeState.Post);
        if (status.State != WorkflowState.Running || done < LeastForRate || replay.FirstAt is not { } from || status.AsOf <= from)
        {
            return (null, null);
        }

        if (!replay.Nodes.Any(n => n.State is NodeState.Running or NodeState.Idle or NodeState.Post or NodeState.Ready))
        {
            // Nothing moves: all that is left waits for jobs that are held.
            return (null, null);
        }

        var rate = done / (status.AsOf - from).TotalHours;
        var hours = ahead / rate;
        return (rate, ahead == 0 || hours > 24 * 366 ? null : status.AsOf.AddHours(hours));
    }

    private static RunStatus RunOf(int run, StateCounts counts) => new(
        run,
        counts[NodeState.Failed] > 0 ? RunState.Failed
            : counts[NodeState.Held] > 0 ? RunState.Held
            : counts[NodeState.Unknown] > 0 ? RunState.Unknown
            : counts[NodeState.Done] == counts.Total ? RunState.Finished
            : counts[NodeState.Running] + counts[NodeState.Idle] + counts[NodeState.Post] > 0 ? RunState.Running
            : RunState.Waiting,
        counts);
}
