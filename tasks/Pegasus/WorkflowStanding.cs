using System.Collections.Immutable;
using System.Globalization;
using Outsource.Condor;
using Outsource.Errors;

namespace Outsource.Pegasus;

/// <summary>How far a workflow has come, as far as it can be known.</summary>
public enum DagState
{
    /// <summary>There is no submit directory.</summary>
    Unplanned,

    /// <summary>There is one, but the planner did not come to its end in it.</summary>
    HalfPlanned,

    /// <summary>Planned, and never handed to HTCondor.</summary>
    Planned,

    /// <summary>In HTCondor's queue: running, waiting, held or being removed.</summary>
    Running,

    /// <summary>It was in the queue, and is no more.</summary>
    Ended,

    /// <summary>The queue does not answer, and what is on disk does not settle it.</summary>
    Unknown,
}

/// <summary>The standing of one workflow.</summary>
/// <param name="State">How far.</param>
/// <param name="Clusters">DAGMan's jobs: those in the queue, or the last one that was.</param>
/// <param name="Words">For the operator: a clause without its full stop.</param>
public sealed record WorkflowStanding(DagState State, ImmutableArray<int> Clusters, string Words)
{
    /// <summary>Whether it must not be touched.</summary>
    public bool MayRun => State is DagState.Running or DagState.Unknown;

    /// <summary>Finds out: the queue decides; DAGMan's log tells what the queue has forgotten.</summary>
    /// <param name="directory">The submit directory.</param>
    /// <param name="grid">Asked only when there is something to ask for.</param>
    /// <param name="elsewhere">The machine that started it, if it is another than this one: its queue is not ours. Null: this one, or nobody knows.</param>
    public static WorkflowStanding Of(SubmitDirectory directory, IGridPrograms grid, string? elsewhere = null)
    {
        if (!directory.Exists)
        {
            return new WorkflowStanding(DagState.Unplanned, [], "it is not planned");
        }

        var dagman = directory.Dagman;
        if (directory.Braindump is not { } notes)
        {
            // Without the planner's notes the queue cannot be asked; but what was never planned to the end was never started.
            return dagman is { Alive.IsEmpty: false, Last: { } lost }
                ? new WorkflowStanding(DagState.Unknown, dagman.Alive, string.Create(CultureInfo.InvariantCulture, $"nobody can tell whether its DAG runs: '{directory.Notes}' is lost, and HTCondor's log does not say that cluster {lost} has ended"))
                : new WorkflowStanding(DagState.HalfPlanned, [], "its planning did not come to an end");
        }

        var queue = Ask(grid, notes.Uuid);
        if (queue.Jobs is { Count: > 0 } dags)
        {
            return new WorkflowStanding(DagState.Running, [.. dags.Select(d => d.Cluster)], $"its DAG is in HTCondor's queue ({string.Join("; ", dags.Select(d => d.Words))})");
        }

        var ending = dagman.ReturnValue is { } value ? string.Create(CultureInfo.InvariantCulture, $", with return value {value}") : "";
        if (queue.Jobs is not null && elsewhere is not null && dagman is { Alive.IsEmpty: false, Last: { } there })
        {
            return new WorkflowStanding(DagState.Unknown, dagman.Alive, string.Create(CultureInfo.InvariantCulture, $"nobody can tell here whether its DAG runs: it was started on {elsewhere} (cluster {there}), whose queue this machine does not see, and HTCondor's log does not say that it has ended; go on there"));
        }

        if (queue.Jobs is not null)
        {
            return dagman.Last is { } ended
                ? new WorkflowStanding(DagState.Ended, [ended], Ended(ended))
                : directory.IsPlanned
                    ? new WorkflowStanding(DagState.Planned, [], "it is planned and was never started")
                    : new WorkflowStanding(DagState.HalfPlanned, [], "its planning did not come to an end");
        }

        // Without the queue: the schedd's own log of the job is proof that it was submitted, and of its end, but not of the contrary.
        return dagman is { Ended: true, Last: { } seen }
            ? new WorkflowStanding(DagState.Ended, [seen], Ended(seen))
            : new WorkflowStanding(DagState.Unknown, dagman.Alive, $"nobody can tell whether its DAG runs: {queue.Silence}{(directory.IsLocked || directory.IsMonitored ? "; DAGMan's lock or monitor is there" : "")}");

        string Ended(int cluster) => string.Create(CultureInfo.InvariantCulture, $"it was started (cluster {cluster}, {dagman.Started:yyyy-MM-ddTHH:mm:ssZ}) and its DAG has ended{ending}");
    }

    private static QueueAnswer Ask(IGridPrograms grid, string uuid)
    {
        try
        {
            return grid.DagsOf(uuid);
        }
        catch (UsageException missing)
        {
            return new QueueAnswer(null, missing.Message.TrimEnd('.'));
        }
    }
}
