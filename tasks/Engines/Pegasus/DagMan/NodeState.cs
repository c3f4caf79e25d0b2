namespace Outsource.Engines.Pegasus.DagMan;

/// <summary>Where a node stands. In the order in which reports list them.</summary>
public enum NodeState
{
    /// <summary>Done, and so said by its script where it has one.</summary>
    Done,

    /// <summary>Failed, and not tried again by itself.</summary>
    Failed,

    /// <summary>Held in the queue.</summary>
    Held,

    /// <summary>Running on a machine.</summary>
    Running,

    /// <summary>In the queue, waiting for a machine.</summary>
    Idle,

    /// <summary>The job ended; its script decides about it.</summary>
    Post,

    /// <summary>Can go to the queue, or is tried again.</summary>
    Ready,

    /// <summary>Waits for other nodes.</summary>
    Unready,

    /// <summary>Waits for a node that failed.</summary>
    Futile,

    /// <summary>Nobody tells.</summary>
    Unknown,
}

/// <summary>An amount that a job asked for and used.</summary>
/// <param name="Used">Used, or null when the log does not say.</param>
/// <param name="Requested">Asked for, or null.</param>
public sealed record Usage(long? Used, long? Requested);

/// <summary>What is known of a node.</summary>
/// <param name="Node">The node as planned.</param>
/// <param name="Name">What its name tells.</param>
public sealed record NodeStatus(DagNode Node, NodeName Name)
{
    public NodeState State { get; set; } = NodeState.Unready;

    /// <summary>How often it was sent to the queue by the last DAGMan.</summary>
    public int Attempts { get; set; }

    /// <summary>How often it was sent to the queue by all DAGMans of the workflow.</summary>
    public int Tries { get; set; }

    /// <summary>How many of <see cref="Tries"/> failed; those that were taken back do not count.</summary>
    public int FailedTries { get; set; }

    /// <summary>Exit code of the last try that failed, or null.</summary>
    public int? FailedCode { get; set; }

    /// <summary>Since when HTCondor has lost the machine that it runs on, or null.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>Its last cluster in the queue, or null.</summary>
    public int? Cluster { get; set; }

    /// <summary>Exit code of the last job that ended; negative: ended by that signal; null: none ended.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Return value of the last script, or null.</summary>
    public int? PostCode { get; set; }

    /// <summary>Why it is held, in HTCondor's words, or null.</summary>
    public string? HoldReason { get; set; }

    public int? HoldCode { get; set; }

    public int? HoldSubcode { get; set; }

    /// <summary>Why it was removed from the queue, or null.</summary>
    public string? RemovalReason { get; set; }

    /// <summary>MB.</summary>
    public Usage? Memory { get; set; }

    /// <summary>KB.</summary>
    public Usage? Disk { get; set; }

    public DateTimeOffset? ExecutedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Time spent on machines, all tries of all DAGMans together.</summary>
    public TimeSpan Wall { get; set; }

    /// <summary>Of <see cref="Wall"/>, what tries took that failed or were taken back.</summary>
    public TimeSpan Lost { get; set; }

    /// <summary>Whether it is in the queue, as far as the log says.</summary>
    public bool InQueue => State is NodeState.Held or NodeState.Running or NodeState.Idle;
}
