namespace Outsource.Engines.Records;

/// <summary>State of a node. In the order in which reports list them.</summary>
public enum NodeState
{
    /// <summary>Done; if it has a script, the script succeeded.</summary>
    Done,

    /// <summary>Failed, and not retried automatically.</summary>
    Failed,

    /// <summary>Held in the queue.</summary>
    Held,

    /// <summary>Running on a machine.</summary>
    Running,

    /// <summary>In the queue, waiting for a machine.</summary>
    Idle,

    /// <summary>The job ended; its script is still to run.</summary>
    Post,

    /// <summary>Can be submitted, or will be retried.</summary>
    Ready,

    /// <summary>Waits for other nodes.</summary>
    Unready,

    /// <summary>Waits for a node that failed.</summary>
    Futile,

    /// <summary>Unknown.</summary>
    Unknown,
}

/// <summary>An amount that a job asked for and used.</summary>
/// <param name="Used">Used, or null when the log does not say.</param>
/// <param name="Requested">Asked for, or null.</param>
public sealed record Usage(long? Used, long? Requested);

/// <summary>What is known of a node.</summary>
/// <param name="Node">The node as planned.</param>
/// <param name="Name">The parts of its name.</param>
public sealed record NodeStatus(DagNode Node, NodeName Name)
{
    public NodeState State { get; set; } = NodeState.Unready;

    /// <summary>How often the last DAGMan submitted it.</summary>
    public int Attempts { get; set; }

    /// <summary>How often all DAGMans of the workflow submitted it.</summary>
    public int Tries { get; set; }

    /// <summary>How many of <see cref="Tries"/> failed; those that were removed from the queue do not count.</summary>
    public int FailedTries { get; set; }

    /// <summary>Exit code of the last failed try, or null.</summary>
    public int? FailedCode { get; set; }

    /// <summary>Since when HTCondor has lost the machine that runs it, or null.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>Its last cluster in the queue, or null.</summary>
    public int? Cluster { get; set; }

    /// <summary>Exit code of the last job that ended; negative: ended by that signal; null: none ended.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Return value of the last script, or null.</summary>
    public int? PostCode { get; set; }

    /// <summary>HTCondor's reason why it is held, or null.</summary>
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

    /// <summary>Time spent on machines, over all tries of all DAGMans.</summary>
    public TimeSpan Wall { get; set; }

    /// <summary>The part of <see cref="Wall"/> that was spent on tries that failed or were removed.</summary>
    public TimeSpan Lost { get; set; }

    /// <summary>Whether it is in the queue, as far as the log says.</summary>
    public bool InQueue => State is NodeState.Held or NodeState.Running or NodeState.Idle;
}
