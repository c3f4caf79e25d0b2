namespace Outsource.PegasusPlan.Preflight;

/// <summary>What came of a check.</summary>
public enum CheckState
{
    Ok,

    /// <summary>It may go well.</summary>
    Warning,

    /// <summary>It cannot go well: nothing is submitted.</summary>
    Failed,
}

/// <summary>A line of the table.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="State">How it is.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Remedy">What to do, or null.</param>
public sealed record CheckResult(string Subject, CheckState State, string Finding, string? Remedy = null)
{
    public static CheckResult Ok(string subject, string finding) => new(subject, CheckState.Ok, finding);

    public static CheckResult Warning(string subject, string finding, string cure) => new(subject, CheckState.Warning, finding, cure);

    public static CheckResult Failed(string subject, string finding, string cure) => new(subject, CheckState.Failed, finding, cure);
}
