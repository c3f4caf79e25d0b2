using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>The kind of an option's value.</summary>
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
/// <param name="Kind">The kind of its value.</param>
/// <param name="Meaning">One line for <c>--help</c> and docs/options.md.</param>
public sealed record Option(string Name, OptionKind Kind, string Meaning)
{
    /// <summary>The placeholder of the value in <c>--help</c>: <c>FILE</c>.</summary>
    public string? Placeholder { get; init; }

    /// <summary>The only allowed values, not case-sensitive; empty: any.</summary>
    public ImmutableArray<string> Allowed { get; init; } = [];

    /// <summary>The value if neither it nor anything else is given; null: none.</summary>
    public string? Default { get; init; }

    /// <summary>The key of <c>[Outsource]</c> with the same meaning, or null.</summary>
    public string? ConfigKey { get; init; }

    /// <summary>The environment variable with the same meaning, or null.</summary>
    public string? Variable { get; init; }

    /// <summary>Other spellings, without dashes; one letter means one dash.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The value of a switch that is given as off.</summary>
    public const string Off = "false";

    /// <summary>Whether <c>=false</c> of a switch overrides the configuration.</summary>
    public bool MayBeOff { get; init; }

    /// <summary>How it is written: <c>--run=N[,N…]</c>.</summary>
    public string Usage =>
        Kind switch
        {
            OptionKind.Flag => $"--{Name}",
            OptionKind.List => $"--{Name}={Placeholder}[,{Placeholder}…]",
            _ => $"--{Name}={Placeholder}",
        };

    /// <summary>
    /// Whether only LoadConfig reads it: it decides what is planned, so a target that works on an existing plan ignores it.
    /// </summary>
    public bool Plans { get; init; }

    /// <summary>The only targets that know it; any other refuses it. Empty (only for Cake's options): all.</summary>
    public ImmutableArray<Target> Targets { get; init; } = [];

    /// <summary>Whether it causes an action that would not happen without it. It is never proposed for a misspelled word.</summary>
    public bool Acts { get; init; }

    /// <summary>Whether everybody needs it, so that the short <c>--help</c> describes it.</summary>
    public bool Everyday { get; init; }

    /// <summary>Where else it can be set, as text: <c>[Outsource] image, $CONDA_PREFIX</c>; empty if nowhere.</summary>
    public string AlsoSetBy =>
        string.Join(
            ", ",
            new[] { ConfigKey is null ? null : $"[Outsource] {ConfigKey}", Variable is null ? null : $"${Variable}" }.OfType<string>()
        );

    /// <summary>Whether that target knows it; false for tasks that are not declared.</summary>
    public bool IsKnownTo(Target? target) => target is { } known && Targets.Contains(known);
}
