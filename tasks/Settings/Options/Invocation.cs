using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>The command line, parsed and checked once. Immutable. Nothing in it has been looked up on disk or network.</summary>
public sealed record Invocation
{
    /// <summary>The task to run, in the task's own spelling.</summary>
    public required string Task { get; init; }

    /// <summary>The same as a type; null for a task that is no target of ours, as in tests.</summary>
    public Target? Target => Enum.TryParse<Target>(Task, out var target) ? target : null;

    /// <summary>Whether the target runs alone, without what it depends on (Cake's <c>--exclusive</c>).</summary>
    public bool Exclusive { get; init; }

    /// <summary>
    /// Whether only <c>--tree</c>, <c>--description</c>, <c>--dryrun</c>, <c>--version</c>, <c>--info</c> or <c>--help</c> is requested.
    /// </summary>
    public bool OnlyLooks { get; init; }

    /// <summary>Whether <c>--help</c> is requested.</summary>
    public bool Help { get; init; }

    /// <summary>The word that was typed for the target, where <c>--help</c> was asked of a word that means it; else null.</summary>
    public string? Word { get; init; }

    /// <summary>The base folder of relative paths, as typed; null: the current folder.</summary>
    public string? Working { get; init; }

    /// <summary>quiet, minimal, normal, verbose or diagnostic.</summary>
    public string Verbosity { get; init; } = "normal";

    /// <summary>The options of commands that are not settings, with their types.</summary>
    public CommandOptions Options { get; init; } = new();

    /// <summary>
    /// All of our own options as typed, for code that uses their declarations: name without dashes → the values in the order typed; a flag
    /// has no value. Lists are already split.
    /// </summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Given { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>What the operator is told about how options were typed.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>The arguments for Cake's own parser: every option as <c>--name=value</c>.</summary>
    public required ImmutableArray<string> CakeArguments { get; init; }

    /// <summary>Whether existing artifacts may be replaced: <c>--replace</c>, or <c>--force</c>, which also processes again.</summary>
    public bool Replaces => Options.Replace || Options.Force;

    /// <summary>The same with another <c>--name</c>; null: none.</summary>
    public Invocation Named(string? name) =>
        this with
        {
            Options = Options with { Name = name },
            Given = name is null ? Given.Remove("name") : Given.SetItem("name", [name]),
        };

    /// <summary>Whether an option was given.</summary>
    public bool Has(Option option) => Given.ContainsKey(option.Name);

    /// <summary>All values given for an option.</summary>
    public ImmutableArray<string> Values(Option option) => Given.TryGetValue(option.Name, out var values) ? values : [];
}
