namespace Outsource.PegasusPlan;

/// <summary>Which earlier plan a command may throw away, to plan in its place.</summary>
public enum ReplaceablePlan
{
    /// <summary>None that is whole.</summary>
    None,

    /// <summary>One that was never started: this command goes on where an earlier one was stopped.</summary>
    NeverStarted,

    /// <summary>Any, even that of a workflow that has run.</summary>
    Any,
}
