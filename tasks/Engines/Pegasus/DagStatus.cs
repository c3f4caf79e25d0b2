using System.Collections.Immutable;
using System.Globalization;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Pegasus;

/// <summary>How far a workflow's DAG has come, as far as it can be known.</summary>
public enum DagState
{
    /// <summary>There is no submit directory.</summary>
    Unplanned,

    /// <summary>There is one, but the planner did not finish in it.</summary>
    HalfPlanned,

    /// <summary>Planned, and never submitted to HTCondor.</summary>
    Planned,

    /// <summary>In HTCondor's queue: running, waiting, held or being removed.</summary>
    Running,

    /// <summary>It was in the queue, and is not any more.</summary>
    Ended,

    /// <summary>The queue does not answer, and the files on disk are not enough to decide.</summary>
    Unknown,
}

/// <summary>The status of one workflow's DAG.</summary>
/// <param name="State">How far it has come.</param>
/// <param name="Clusters">DAGMan's jobs: those in the queue, or the last one that was.</param>
/// <param name="Description">For the operator: a clause without its full stop.</param>
public sealed record DagStatus(DagState State, ImmutableArray<int> Clusters, string Description)
{
    private const string HaltedWords = "its DAG was halted with pegasus-halt and has ended";

    /// <summary>Whether <c>pegasus-halt</c> stopped it from starting new jobs.</summary>
    public bool Halted { get; init; }

    /// <summary>Whether its DAG ended with nothing left to do.</summary>
    public bool Succeeded { get; init; }

    /// <summary>How to continue, as sentences that begin with a blank; empty if there is nothing to continue.</summary>
    /// <param name="name">The workflow.</param>
    public string WayOn(string name) =>
        this switch
        {
            { State: DagState.Running, Halted: true } => $" --target=Release --name={name} continues it.",
            { State: DagState.Ended, Succeeded: false } => $" --target=Resubmit --name={name} continues where it stopped.",
            _ => "",
        };

    /// <summary>Whether it must not be changed.</summary>
    public bool MayRun => State is DagState.Running or DagState.Unknown;

    /// <summary>Finds the status. The queue decides; DAGMan's log covers what is no longer in the queue.</summary>
    /// <param name="directory">The submit directory.</param>
    /// <param name="grid">Asked only when there is something to ask for.</param>
    /// <param name="elsewhere">The machine that started it, if it is not this one: its queue is not ours. Null: this one, or
    /// unknown.</param>
    public static DagStatus Of(SubmitDirectory directory, IGridPrograms grid, string? elsewhere = null)
    {
        if (!directory.Exists)
        {
            return new DagStatus(DagState.Unplanned, [], "it is not planned");
        }

        var dagman = directory.Dagman;
        if (directory.Braindump is not { } notes)
        {
            return WithoutNotes(directory, dagman);
        }

        var queue = Ask(grid, notes.Uuid);
        return queue.Jobs is { Count: > 0 } dags ? InQueue(directory, dags)
            : queue.Jobs is not null ? NotInQueue(directory, dagman, elsewhere)
            : WithoutQueue(directory, dagman, queue);
    }

    /// <summary>Without the planner's notes the queue cannot be asked. But a DAG whose planning did not finish was never started.</summary>
    private static DagStatus WithoutNotes(SubmitDirectory directory, DagmanJob dagman) =>
        dagman is { Alive.IsEmpty: false, Last: { } lost }
            ? new DagStatus(
                DagState.Unknown,
                dagman.Alive,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"cannot determine whether its DAG is running: '{directory.Notes}' is missing, and HTCondor's log does not say that "
                        + $"cluster {lost} has ended"
                )
            )
            : new DagStatus(DagState.HalfPlanned, [], "its planning did not finish");

    private static DagStatus InQueue(SubmitDirectory directory, IReadOnlyList<QueueJob> dags) =>
        new(
            DagState.Running,
            [.. dags.Select(d => d.Cluster)],
            "its DAG is in HTCondor's queue "
                + $"({string.Join("; ", dags.Select(d => d.Description))})"
                + $"{(directory.IsHalted ? " and is halted with pegasus-halt: no new jobs start" : "")}"
        )
        {
            Halted = directory.IsHalted,
        };

    private static DagStatus NotInQueue(SubmitDirectory directory, DagmanJob dagman, string? elsewhere)
    {
        if (elsewhere is not null && dagman is { Alive.IsEmpty: false, Last: { } there })
        {
            return new DagStatus(
                DagState.Unknown,
                dagman.Alive,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"cannot determine here whether its DAG is running: it was started on {elsewhere} (cluster {there}), whose queue this "
                        + $"machine cannot query, and HTCondor's log does not say that it has ended; continue there"
                )
            );
        }

        return dagman.Last is { } ended ? HasEnded(directory, dagman, ended)
            : directory.IsPlanned ? new DagStatus(DagState.Planned, [], "it is planned and was never started")
            : new DagStatus(DagState.HalfPlanned, [], "its planning did not finish");
    }

    /// <summary>
    /// The schedd's log of the job proves that it was submitted, and that it ended. A missing line does not prove the opposite.
    /// </summary>
    private static DagStatus WithoutQueue(SubmitDirectory directory, DagmanJob dagman, QueueAnswer queue) =>
        dagman is { Ended: true, Last: { } seen }
            ? HasEnded(directory, dagman, seen)
            : new DagStatus(
                DagState.Unknown,
                dagman.Alive,
                "cannot determine whether its DAG is running: "
                    + $"{queue.Silence}{(directory.IsLocked || directory.IsMonitored ? "; DAGMan's lock or monitor is there" : "")}"
            );

    private static DagStatus HasEnded(SubmitDirectory directory, DagmanJob dagman, int cluster)
    {
        var outcome = directory.Outcome;
        var (words, halted) = Ending(outcome, dagman, directory.IsHalted);
        return new DagStatus(
            DagState.Ended,
            [cluster],
            string.Create(
                CultureInfo.InvariantCulture,
                $"it was started (cluster {cluster}, {dagman.Started:yyyy-MM-ddTHH:mm:ssZ}) and {words}"
            )
        )
        {
            Halted = halted,
            Succeeded = outcome is { ExitStatus: 0 },
        };
    }

    /// <summary>DAGMan's log decides.</summary>
    private static (string Description, bool Halted) Ending(DagmanOut? outcome, DagmanJob dagman, bool haltFile) =>
        outcome switch
        {
            { ExitStatus: 0 } => ("its DAG has ended with all done", false),
            { Removed: true } => ("was removed from the queue", false),
            { Halted: true } => (HaltedWords, true),
            { ExitStatus: not null, Counts: { } counts } when counts.GetValueOrDefault("Failed") is > 0 and var failed => (
                $"its DAG has ended with {Counted.Of(failed, "failed node")}",
                false
            ),
            { ExitStatus: not null } when haltFile => (HaltedWords, true),
            { ExitStatus: not null } => ("its DAG has ended before all was done", false),
            _ when dagman.Removed => ("was removed from the queue", false),
            _ => ("its DAG has ended", false),
        };

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
