namespace Outsource.Engines.State;

/// <summary>State of a workflow.</summary>
public enum WorkflowState
{
    /// <summary>A dry run or one of its stages: nothing is written for Pegasus.</summary>
    Rehearsed,

    /// <summary>Its artifacts exist, but Pegasus has not planned it.</summary>
    Written,

    /// <summary>Planned, never started.</summary>
    Planned,

    /// <summary>Its DAGMan is in the queue.</summary>
    Running,

    /// <summary>Its DAGMan is held: nothing new starts.</summary>
    Held,

    /// <summary>Stopped with <c>pegasus-halt</c>: jobs in the queue finish, no new ones start, and then DAGMan ends.</summary>
    Halted,

    /// <summary>Its DAGMan is being removed from the queue.</summary>
    Removing,

    /// <summary>All done.</summary>
    Succeeded,

    /// <summary>Ended, and nodes failed.</summary>
    Failed,

    /// <summary>Ended because somebody removed it from the queue.</summary>
    Removed,

    /// <summary>Unknown.</summary>
    Unknown,
}
