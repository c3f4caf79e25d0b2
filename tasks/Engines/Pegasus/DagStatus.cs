using System.Collections.Immutable;
using System.Globalization;
using Outsource.Engines.Records;
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

/// <summary>
/// The status of one workflow's DAG: whether it may be planned, started or changed. <see cref="ShownState"/> is made from it, so that no
/// command shows a workflow as ended while another one refuses to touch it, or the reverse.
/// </summary>
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

    /// <summary>Cluster of its last DAGMan, or null: none, or unknown.</summary>
    public int? LastCluster => Clusters.IsEmpty ? null : Clusters[^1];

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

    /// <summary>Finds the status. The queue decides; files on disk cover what is no longer in the queue.</summary>
    /// <param name="directory">The submit directory.</param>
    /// <param name="queue">Asked only when there is something to ask for.</param>
    /// <param name="elsewhere">The machine that started it, if it is not this one: its queue is not ours. Null: this one, or
    /// unknown.</param>
    public static DagStatus Of(SubmitDirectory directory, IQueue queue, string? elsewhere = null) =>
        Of(DagEvidence.Of(directory, queue, elsewhere));

    /// <summary>Finds the status.</summary>
    /// <param name="seen">What is known.</param>
    public static DagStatus Of(DagEvidence seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        if (!seen.Directory.Exists)
        {
            return new DagStatus(DagState.Unplanned, [], "it is not planned");
        }

        return seen.Directory.Braindump is null ? WithoutNotes(seen)
            : seen.Dagmans.Jobs is { Count: > 0 } dags ? InQueue(seen.Directory, dags)
            : seen.Dagmans.Jobs is not null ? NotInQueue(seen)
            : WithoutQueue(seen);
    }

    /// <summary>Without the planner's notes the queue cannot be asked. But a DAG whose planning did not finish was never started.</summary>
    private static DagStatus WithoutNotes(DagEvidence seen) =>
        !seen.WasStarted ? HalfPlanned
        : seen.EndIsRecorded ? HasEnded(seen)
        : new DagStatus(
            DagState.Unknown,
            seen.Job.Alive,
            $"cannot determine whether its DAG is running: '{seen.Directory.Notes}' is missing, and "
                + (
                    seen.Job.Last is { } lost
                        ? string.Create(CultureInfo.InvariantCulture, $"{seen.Names.Log} does not say that cluster {lost} has ended")
                        : $"{seen.Names.TheManager}'s log does not say that it has ended"
                )
        );

    private static DagStatus HalfPlanned { get; } = new(DagState.HalfPlanned, [], "its planning did not finish");

    private static DagStatus InQueue(SubmitDirectory directory, IReadOnlyList<QueueJob> dags) =>
        new(
            DagState.Running,
            [.. dags.Select(d => d.Cluster)],
            $"{directory.Names.InQueue} "
                + $"({string.Join("; ", dags.Select(d => d.Description))})"
                + $"{(directory.IsHalted ? " and is halted with pegasus-halt: no new jobs start" : "")}"
        )
        {
            Halted = directory.IsHalted,
        };

    private static DagStatus NotInQueue(DagEvidence seen)
    {
        if (!seen.WasStarted)
        {
            return seen.Directory.IsPlanned
                ? new DagStatus(DagState.Planned, [], "it is planned and was never started")
                : HalfPlanned;
        }

        return seen.Elsewhere is { } machine && !seen.EndIsRecorded
            ? new DagStatus(
                DagState.Unknown,
                seen.Job.Alive,
                "cannot determine here whether its DAG is running: it was started on "
                    + machine
                    + (seen.Job.Last is { } there ? string.Create(CultureInfo.InvariantCulture, $" (cluster {there})") : "")
                    + $", whose queue this machine cannot query, and {seen.Names.Log} does not say that it has ended; continue there"
            )
            : HasEnded(seen);
    }

    /// <summary>DAGMan's own log is not enough here: with some exit codes HTCondor starts it again.</summary>
    private static DagStatus WithoutQueue(DagEvidence seen) =>
        seen.Job.Ended
            ? HasEnded(seen)
            : new DagStatus(
                DagState.Unknown,
                seen.Job.Alive,
                "cannot determine whether its DAG is running: "
                    + seen.Dagmans.Silence
                    + (seen.Directory.IsLocked || seen.Directory.IsMonitored ? $"; {seen.Names.TheManager}'s lock or monitor is there" : "")
            );

    private static DagStatus HasEnded(DagEvidence seen)
    {
        var (words, halted) = Ending(seen.Outcome, seen.Job, seen.Directory.IsHalted);
        var cluster = seen.Job.Last ?? seen.Outcome?.ClusterId;
        var start = cluster is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (cluster {cluster}{At(seen.Job.Started)})");
        return new DagStatus(DagState.Ended, cluster is { } last ? [last] : [], $"it was started{start} and {words}")
        {
            Halted = halted,
            Succeeded = seen.Outcome is { ExitStatus: 0 },
        };
    }

    private static string At(DateTimeOffset? time) =>
        time is { } at ? string.Create(CultureInfo.InvariantCulture, $", {at:yyyy-MM-ddTHH:mm:ssZ}") : "";

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
}
