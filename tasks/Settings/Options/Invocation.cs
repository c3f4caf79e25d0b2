using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>The command line, parsed and checked once. Immutable; nothing of it has been looked up on disk or network.</summary>
public sealed record Invocation
{
    /// <summary>The task to run, spelled as the task spells itself.</summary>
    public required string Task { get; init; }

    /// <summary>The same as a type; null for a task that is no target of ours, as in tests.</summary>
    public Target? Target => Enum.TryParse<Target>(Task, out var target) ? target : null;

    /// <summary>Whether the target runs alone, without what it depends on (Cake's <c>--exclusive</c>).</summary>
    public bool Exclusive { get; init; }

    /// <summary>
    /// Whether nothing but <c>--tree</c>, <c>--description</c>, <c>--dryrun</c>, <c>--version</c>, <c>--info</c> or <c>--help</c> is asked
    /// for.
    /// </summary>
    public bool OnlyLooks { get; init; }

    /// <summary>Whether <c>--help</c> is asked for.</summary>
    public bool Help { get; init; }

    /// <summary>The folder that relative paths start at, as typed; null: the one the operator stands in.</summary>
    public string? Working { get; init; }

    /// <summary>quiet, minimal, normal, verbose or diagnostic.</summary>
    public string Verbosity { get; init; } = "normal";

    /// <summary>What commands take that is no setting, with its types.</summary>
    public CommandOptions Options { get; init; } = new();

    /// <summary>
    /// All of our own options as typed, for who goes by their declarations: name without dashes → the values in the order typed; a flag
    /// has no value. Lists are split already.
    /// </summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Given { get; init; } =
        ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>What goes on to Cake's own parser: every option as <c>--name=value</c>.</summary>
    public required ImmutableArray<string> CakeArguments { get; init; }

    /// <summary>Whether what stands may be replaced: <c>--replace</c>, and <c>--force</c>, which processes again as well.</summary>
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
