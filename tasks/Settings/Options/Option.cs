using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>What an option takes.</summary>
public enum OptionKind
{
    /// <summary>Nothing, or <c>=true</c>, <c>=false</c>.</summary>
    Flag,

    /// <summary>One value; giving it twice with different values is an error.</summary>
    Value,

    /// <summary>Several values: repeated, or separated by commas or blanks.</summary>
    List,

    /// <summary>Several values, each as it is typed: repeated.</summary>
    Repeated,
}

/// <summary>An option of the command line.</summary>
/// <param name="Name">Lower case, without dashes.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Meaning">One line for <c>--help</c> and docs/options.md.</param>
public sealed record Option(string Name, OptionKind Kind, string Meaning)
{
    /// <summary>What stands for the value in <c>--help</c>: <c>FILE</c>.</summary>
    public string? Placeholder { get; init; }

    /// <summary>The only values it takes, compared without case; empty: any.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>What is used when neither it nor anything else is given; null: nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The key of <c>[Outsource]</c> that says the same, or null.</summary>
    public string? ConfigKey { get; init; }

    /// <summary>The environment variable that says the same, or null.</summary>
    public string? Variable { get; init; }

    /// <summary>Other spellings, without dashes; one letter means one dash.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>How it is written: <c>--run=N[,N…]</c>.</summary>
    public string Usage =>
        Kind switch
        {
            OptionKind.Flag => $"--{Name}",
            OptionKind.List => $"--{Name}={Placeholder}[,{Placeholder}…]",
            _ => $"--{Name}={Placeholder}",
        };

    /// <summary>
    /// Whether only LoadConfig reads it: it says what is planned, so a target that works on a plan that is there takes no notice of it.
    /// </summary>
    public bool Plans { get; init; }

    /// <summary>The only targets that know it; any other refuses it. Empty, of Cake's options only: all.</summary>
    public ImmutableArray<Target> Targets { get; init; } = [];

    /// <summary>
    /// Whether it lets something happen that would not happen without it: never proposed for a word that is only somewhat like it.
    /// </summary>
    public bool Acts { get; init; }

    /// <summary>Where else it can be set, for people: <c>[Outsource] image, $CONDA_PREFIX</c>; empty when nowhere.</summary>
    public string AlsoSetBy =>
        string.Join(
            ", ",
            new[] { ConfigKey is null ? null : $"[Outsource] {ConfigKey}", Variable is null ? null : $"${Variable}" }.OfType<string>()
        );

    /// <summary>Whether that target knows it; of tasks that somebody added, nobody can tell.</summary>
    public bool IsKnownTo(Target? target) => target is { } known && Targets.Contains(known);
}
