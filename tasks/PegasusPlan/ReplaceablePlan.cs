namespace Outsource.PegasusPlan;

/// <summary>Which earlier plan a command may replace.</summary>
public enum ReplaceablePlan
{
    /// <summary>No complete plan.</summary>
    None,

    /// <summary>A plan that was never started: this command continues one that was stopped.</summary>
    NeverStarted,

    /// <summary>Any, also that of a workflow that has run.</summary>
    Any,
}
