namespace Outsource.Engines.Slurm.Programs;

/// <summary>A job as Slurm knows it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">In Slurm's words: PENDING, RUNNING, COMPLETED, TIMEOUT, …</param>
/// <param name="Reason">Why it waits or ended, in Slurm's words: Priority, Dependency, JobHeldUser, …; empty: none is told.</param>
public sealed record SlurmJob(int Id, string State, string Reason)
{
    /// <summary>What ours begin with: <c>outsource:WORKFLOW:NODE</c>.</summary>
    public const string Mark = "outsource:";

    private static readonly HashSet<string> InQueue = new(StringComparer.Ordinal)
    {
        "PENDING",
        "CONFIGURING",
        "RUNNING",
        "SUSPENDED",
        "COMPLETING",
        "STOPPED",
        "SIGNALING",
        "STAGE_OUT",
        "RESIZING",
        "REQUEUED",
        "REQUEUE_FED",
        "REQUEUE_HOLD",
        "SPECIAL_EXIT",
        "RESV_DEL_HOLD",
    };

    /// <summary>The comment with which it was submitted; empty: none.</summary>
    public string Comment { get; init; } = "";

    /// <summary>When it was submitted, or null: not told.</summary>
    public DateTimeOffset? Submitted { get; init; }

    /// <summary>When it started, or null: not yet, or not told.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended, or null: not yet, or not told.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Its exit code; negative: ended by that signal; null: not told.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Most memory that it used, MB; null: not told.</summary>
    public long? PeakMb { get; init; }

    /// <summary>Whether it is in the queue: what has ended Slurm knows for some time too.</summary>
    public bool IsQueued => InQueue.Contains(State) && !WaitsForNothing;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => State is "RUNNING" or "COMPLETING" or "SUSPENDED" or "SIGNALING" or "STAGE_OUT" or "STOPPED" or "RESIZING";

    /// <summary>Whether somebody must release it before it starts.</summary>
    public bool IsHeld =>
        State is "REQUEUE_HOLD" or "SPECIAL_EXIT" or "RESV_DEL_HOLD"
        || (State == "PENDING" && (Reason.StartsWith("JobHeld", StringComparison.Ordinal) || Reason == "JobHoldMaxRequeue"));

    /// <summary>Whether it waits for another job.</summary>
    public bool WaitsForOthers => State == "PENDING" && Reason == "Dependency";

    /// <summary>Whether it waits for a job that has failed: Slurm is about to remove it, and it will never run.</summary>
    public bool WaitsForNothing => Reason == "DependencyNeverSatisfied";

    /// <summary>The comment of a job of ours.</summary>
    public static string CommentOf(string workflow, string node) => $"{Mark}{workflow}:{node}";

    /// <summary>The DAG node of a job of a workflow; null: it is not one of it.</summary>
    public string? NodeIn(string workflow)
    {
        var begin = $"{Mark}{workflow}:";
        return Comment.StartsWith(begin, StringComparison.Ordinal) ? Comment[begin.Length..] : null;
    }
}

/// <summary>The answer of Slurm's queue.</summary>
/// <param name="Jobs">Its jobs; null: it did not answer, so nothing is known.</param>
/// <param name="Silence">Why it did not answer, without a full stop, or null.</param>
public sealed record SlurmQueue(IReadOnlyList<SlurmJob>? Jobs, string? Silence = null);
