namespace Outsource.Settings.Options;

/// <summary>What <c>--target=</c> may name. The seven stages come first, in the order of the walk.</summary>
public enum Target
{
    LoadConfig,
    QueryRuns,
    FilterModes,
    PlanChunks,
    WriteWorkflow,
    PegasusPlan,
    PegasusRun,

    /// <summary>Up to PlanChunks, then says what would happen.</summary>
    DryRun,

    /// <summary>PegasusRun under the name that operators look for.</summary>
    Submit,

    /// <summary>DryRun, where no target is named.</summary>
    Default,
    Preflight,
    Init,
    Explain,
    Diff,
    Draw,
    Report,
    List,
    Status,
    Analyze,
    Logs,
    Resubmit,
    Hold,
    Release,
    Remove,
    Clean,
    Statistics,
    Outputs,
    Completion,
    Publish,
    Test,
}
