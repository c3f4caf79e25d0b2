using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Engines.State;
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
    /// <summary>Whether what earlier looks have kept beside a workflow is used.</summary>
    public CacheUse Cache { get; init; } = CacheUse.Read;

    /// <summary>Whether the changes of states are wanted: then all is read.</summary>
    public bool WithChanges { get; init; }

    /// <summary>Reads the status.</summary>
    /// <param name="workflow">The workflow.</param>
    /// <param name="queue">The answer of the queue about it, asked before.</param>
    /// <param name="now">The time, UTC.</param>
    public WorkflowStatus Read(WorkflowOnDisk workflow, QueueAnswer queue, DateTimeOffset now)
    {
        WorkflowStatus status;
        ImmutableArray<string> unread = [];
        var names = EngineNames.Of(EngineOf(workflow));
        var started = workflow.Submit is { IsStarted: true }
            ? new StatusSource($"{names.TheManager}'s files", SourceAnswer.Answered, workflow.Submit.Path)
            : new StatusSource($"{names.TheManager}'s files", SourceAnswer.NotAsked, "it was never started");
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
            Engine = EngineOf(workflow),
            Damage = [.. workflow.Damage, .. unread],
            Warnings = [.. status.Warnings, .. workflow.Damage.Select(d => d.TrimEnd('.'))],
            Sources =
            [
                queue.Jobs is null ? new StatusSource(names.Asks, SourceAnswer.Silent, queue.Silence)
                : workflow.Submit is { HasDag: true }
                    ? new StatusSource(names.Asks, SourceAnswer.Answered, $"{Counted.Of(queue.Jobs.Count, "job")} in the queue")
                : new StatusSource(names.Asks, SourceAnswer.NotAsked, "nothing is planned"),
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
        var (state, detail) = ShownState.Of(seen, () => HowToStart(workflow, submit));
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
        var nodes = NodesOf(submit, seen, status.AsOf);
        return nodes.Replay.Dag.HasParts ? InParts(workflow, status, seen, nodes, queue)
            : nodes.Replay.Count > 0 ? Replayed(status, seen, nodes, queue)
            : status with
            {
                Detail = $"'{submit.Dag}' lists no jobs; the file is incomplete{(detail is null ? "" : $"; {detail}")}",
            };
    }

    /// <summary>The nodes of a DAG with what happened to them, and what reads on in their logs.</summary>
    private (NodeReplay Replay, ReplayReader Logs) NodesOf(SubmitDirectory submit, DagEvidence seen, DateTimeOffset now)
    {
        var logs = new ReplayReader(host.Disk, submit.RecordPaths, zone, now) { Cache = Cache };
        return (WithChanges ? logs.ReadWithChanges(seen.Rescue) : logs.Read(seen.Rescue), logs);
    }

    /// <summary>The status of a workflow in parts: that of its own DAG, with those of the parts.</summary>
    private WorkflowStatus InParts(
        WorkflowOnDisk workflow,
        WorkflowStatus status,
        DagEvidence seen,
        (NodeReplay, ReplayReader) dag,
        QueueAnswer queue
    )
    {
        // Jobs of the parts have the same names as its own.
        var id = seen.Directory.Braindump?.Uuid;
        var own = queue with { Jobs = queue.Jobs?.Where(j => j.WorkflowId is null || j.WorkflowId == id).ToList() };
        var root = Replayed(status, seen, dag, own);
        var nodes = root.Nodes.ToDictionary(n => n.Node.Name, StringComparer.Ordinal);
        var merged = new PartedStatus(root, seen.Job);
        foreach (var part in seen.Directory.Parts(root.Nodes.Select(n => n.Node)))
        {
            var node = nodes[part.Node];
            var note = seen.Directory.In(part.FailureNote);
            if (node.State != NodeState.Done && host.Disk.File.Exists(note))
            {
                node.State = NodeState.Failed;
                merged.Warn(part, $"it could not be planned: {UntrustedText.Brief(BoundedText.ReadAll(host.Disk, note).Trim())}");
            }

            merged.Add(part, node, part.Directory.HasDag ? OfPart(root, node, part, queue) : Unplanned(workflow, root, node, part));
        }

        return merged.Whole();
    }

    /// <summary>A part that is planned.</summary>
    private WorkflowStatus OfPart(WorkflowStatus root, NodeStatus node, WorkflowPartPlace part, QueueAnswer queue)
    {
        var id = part.Directory.Braindump?.Uuid;
        var its = queue with
        {
            Jobs = queue
                .Jobs?.Where(j => j.Node == part.Node || (id is not null && j.WorkflowId == id))
                .Select(j => j.Node == part.Node ? j with { Node = null } : j)
                .ToList(),
        };

        // After a Resubmit it may wait for its place: then its files tell of the DAGMan before.
        var left = !node.InQueue && its.Jobs?.Any(j => j.Node is null) == false;
        var state =
            node.State == NodeState.Done ? WorkflowState.Succeeded
            : !part.Directory.IsStarted ? WorkflowState.Planned
            : (left || node.State == NodeState.Failed) && !root.Ended ? WorkflowState.Failed
            : root.State;
        var status = root with { State = state, Nodes = [], Changes = [], Warnings = [], Standstill = null };
        var seen = new DagEvidence(part.Directory, () => its, zone);
        return Replayed(status, seen, NodesOf(part.Directory, seen, status.AsOf), its);
    }

    /// <summary>A part that is still to be planned: only the names of its jobs are known.</summary>
    private WorkflowStatus Unplanned(WorkflowOnDisk workflow, WorkflowStatus root, NodeStatus node, WorkflowPartPlace part)
    {
        var list = Path.Combine(workflow.Folder, WorkflowFolder.Parts, part.Id + ".jobs");
        var state = node.State is NodeState.Failed or NodeState.Futile ? NodeState.Futile : NodeState.Unready;
        var status = root with
        {
            State = WorkflowState.Written,
            Nodes = [],
            Changes = [],
            Holds = [],
            Standstill = null,
            Retried = 0,
            Strays = 0,
            Warnings = [],
            Counts = StateCounts.None,
            JobNames = [],
            Runs = [],
            Tally = default,
        };
        var jobs = new ListedJobs(host.Disk, list, state);
        return jobs.Replay() is { } replay
            ? StatusSums.Of(status, replay) with { Nodes = jobs }
            : status with { Warnings = [$"'{list}' is missing, so the jobs of {part.Id} are unknown until it is planned"] };
    }

    /// <summary>Nothing was planned: the workflow was only written, or is a dry run.</summary>
    private WorkflowStatus Unplanned(WorkflowOnDisk workflow, WorkflowStatus status) =>
        host.Disk.File.Exists(Path.Combine(workflow.Folder, WorkflowFolder.Workflow))
            ? status with
            {
                Detail = $"not planned yet by {PlannerOf(workflow)}: --target=Submit --reuse --name={workflow.Name} plans and starts it",
            }
            : status with
            {
                State = WorkflowState.Rehearsed,
                Detail =
                    $"a dry run, nothing is written for {PlannerOf(workflow)} yet: --target=Submit --reuse --name={workflow.Name} "
                    + "submits it",
            };

    private string PlannerOf(WorkflowOnDisk workflow) => EngineNames.Of(EngineOf(workflow)).Planner;

    /// <summary>The engine that it is planned for, or else the one of its settings.</summary>
    private EngineKind EngineOf(WorkflowOnDisk workflow) =>
        workflow.Submit is { HasDag: true } submit ? submit.Engine : RecordedSettings.Engine(host.Disk, workflow.Folder);

    private DagEvidence See(WorkflowOnDisk workflow, SubmitDirectory submit, QueueAnswer queue) =>
        new(submit, () => queue, zone) { Elsewhere = new JournalFile(host.Disk, workflow.Folder).StartedElsewhere(host.HostName) };

    /// <summary>How one is started that is only planned.</summary>
    private string HowToStart(WorkflowOnDisk workflow, SubmitDirectory submit) =>
        RecordedSettings.IsDebug(host.Disk, workflow.Folder) && submit.Engine == EngineKind.Pegasus
            ? $"--debug plans only. To start it: pegasus-run '{submit.Path}'"
            : "--target=Submit --reuse starts it";

    /// <summary>The status with the state of each node from the logs.</summary>
    /// <param name="status">The status so far, with the workflow's state.</param>
    /// <param name="seen">What the state was found from.</param>
    /// <param name="nodes">The nodes, and what reads on in their logs.</param>
    /// <param name="queue">The answer of the queue.</param>
    private WorkflowStatus Replayed(WorkflowStatus status, DagEvidence seen, (NodeReplay, ReplayReader) nodes, QueueAnswer queue)
    {
        var (submit, (replay, logs)) = (seen.Directory, nodes);
        var logged = host.Disk.File.Exists(submit.NodesLog);

        // The only DAGMan has everything in its own log.
        var gap = logged || !submit.IsStarted ? null : $"'{submit.NodesLog}' is missing, so the state of most nodes is unknown";
        if (seen.Rescue is not null || seen.Job.Clusters.Length > 1)
        {
            gap ??= Earlier(submit, replay, logs);
        }

        if (submit.IsStarted && !logged)
        {
            NodeCorrections.WithoutLog(replay, status.State);
        }

        var dagmans = seen.Dagmans.Jobs;
        var missing = NodeCorrections.FromQueue(replay, queue.Jobs, dagmans);
        if (HasEnded(status.State, dagmans))
        {
            replay.End();
        }

        replay.Settle();
        status = status with
        {
            StartedAt = replay.FirstAt ?? seen.Job.Started,
            BeganAt = replay.BeganAt,
            Dagmans = seen.Job.Clusters.Length,
            QueueAnswered = queue.Jobs is not null,
            DagClusters = dagmans is null ? [] : [.. dagmans.Select(d => d.Cluster).Order()],
        };
        status = StatusSums.Add(status, replay, seen, gap);
        return status.State != WorkflowState.Running || queue.Jobs is null
            ? status
            : status with
            {
                Standstill = new Stall(submit, logs).Of(status, replay, queue.Jobs, seen.Outcome, missing),
            };
    }

    private static bool HasEnded(WorkflowState state, IReadOnlyList<QueueJob>? dagmans) =>
        state is WorkflowState.Succeeded or WorkflowState.Failed or WorkflowState.Removed
        || (state == WorkflowState.Halted && dagmans is { Count: 0 });

    /// <summary>Adds what earlier DAGMans did.</summary>
    /// <returns>Why that is unknown: then only the sums are incomplete, not the states.</returns>
    private static string? Earlier(SubmitDirectory submit, NodeReplay replay, ReplayReader logs)
    {
        try
        {
            logs.AddEarlier(replay);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"these sums do not include times and tries of earlier {submit.Names.Manager}s: '{submit.JobLog}' cannot be read: "
                + $"{DiskFault.Why(error)}";
        }
    }
}
