namespace Outsource.Build.Hosting;

/// <summary>Who looks at what the program says.</summary>
public sealed record Onlookers
{
    /// <summary>Whether a person looks at standard output.</summary>
    public bool AtOutput { get; init; }

    /// <summary>Whether a person looks at standard error.</summary>
    public bool AtError { get; init; }

    /// <summary>Whether that person likes colours.</summary>
    public bool Colours { get; init; }

    /// <summary>
    /// Whether GitHub Actions reads along: warnings and errors are annotations then, stages can be folded, and no other text is a command.
    /// </summary>
    public bool Actions { get; init; }

    /// <summary>How often progress is a line where nobody looks at a terminal.</summary>
    public TimeSpan Interval { get; init; } = ProgressLine.Interval;
}
