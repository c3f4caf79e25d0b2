namespace Outsource.Settings.Options;

/// <summary>The values of <c>--target=</c>. The seven stages come first, in order.</summary>
public enum Target
{
    LoadConfig,
    QueryRuns,
    FilterModes,
    PlanChunks,
    WriteWorkflow,
    PegasusPlan,
    PegasusRun,

    /// <summary>Runs up to PlanChunks, then shows what would happen.</summary>
    DryRun,

    /// <summary>PegasusRun under a more common name.</summary>
    Submit,

    /// <summary>What is left of a workflow of the grid, with Slurm.</summary>
    Relay,

    /// <summary>DryRun, if no target is named.</summary>
    Default,
    Preflight,
    Init,
    Context,
    Runs,
    Explain,
    Diff,
    Draw,
    Report,
    List,
    Status,
    Analyze,

    /// <summary>The cause of each failed or held job, and the command that mends it.</summary>
    Doctor,
    Logs,

    /// <summary>Messages about what is new.</summary>
    Notify,
    Resubmit,
    Hold,
    Release,
    Remove,
    Clean,
    Statistics,
    Outputs,
    Usage,
    Fetch,
    Unpack,
    Locate,
    Reconcile,
    Calibrate,
    Completion,
    Publish,
    Test,
}
