namespace Outsource.PegasusPlan.Preflight;

/// <summary>Result of a check.</summary>
public enum CheckState
{
    Ok,

    /// <summary>It may succeed.</summary>
    Warning,

    /// <summary>It cannot succeed: nothing is submitted.</summary>
    Failed,
}

/// <summary>A line of the table.</summary>
/// <param name="Subject">What was checked.</param>
/// <param name="State">The result.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Remedy">What to do, or null.</param>
public sealed record CheckResult(string Subject, CheckState State, string Finding, string? Remedy = null)
{
    public static CheckResult Ok(string subject, string finding) => new(subject, CheckState.Ok, finding);

    public static CheckResult Warning(string subject, string finding, string remedy) => new(subject, CheckState.Warning, finding, remedy);

    public static CheckResult Failed(string subject, string finding, string remedy) => new(subject, CheckState.Failed, finding, remedy);
}
