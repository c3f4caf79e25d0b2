namespace Outsource.Build.Hosting;

/// <summary>Who reads the program's output.</summary>
public sealed record Onlookers
{
    /// <summary>Whether a person reads standard output.</summary>
    public bool AtOutput { get; init; }

    /// <summary>Whether a person reads standard error.</summary>
    public bool AtError { get; init; }

    /// <summary>Whether standard output is a terminal without abilities: it has a width, but neither colours nor a cursor.</summary>
    public bool Dumb { get; init; }

    /// <summary>Whether only ASCII is shown.</summary>
    public bool Ascii { get; init; }

    /// <summary>Whether that person wants colours.</summary>
    public bool Colours { get; init; }

    /// <summary>
    /// Whether GitHub Actions reads the output: then warnings and errors are annotations, stages are groups, and no other text is a
    /// command.
    /// </summary>
    public bool Actions { get; init; }

    /// <summary>Time between progress lines without a terminal.</summary>
    public TimeSpan Interval { get; init; } = ProgressLine.Interval;
}
