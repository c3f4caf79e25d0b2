using System.Collections.Immutable;
using System.Reflection;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>
/// All options, collected from <see cref="CommandOptions"/> and <see cref="OutsourceSettings"/>, where they are declared.
/// </summary>
public static class OptionCatalog
{
    /// <summary>Properties of <see cref="CommandOptions"/> and the option of each.</summary>
    internal static ImmutableArray<(Option Option, PropertyInfo Property)> OfCommands { get; } =
    [
        .. typeof(CommandOptions)
            .GetProperties()
            .SelectMany(
                p => p.GetCustomAttributes(typeof(OptionAttribute), inherit: false),
                (p, declared) => (((OptionAttribute)declared).Declare(p.Name, p.PropertyType), p)
            ),
    ];

    /// <summary>Our own options, in the order of <c>--help</c>: first those of settings, then those of commands.</summary>
    public static ImmutableArray<Option> Ours { get; } =
    [.. SettingCatalog.All.Select(s => s.Option).OfType<Option>(), .. OfCommands.Select(d => d.Option)];

    /// <summary>Our own options by name.</summary>
    public static ImmutableDictionary<string, Option> ByName { get; } = Ours.ToImmutableDictionary(o => o.Name, StringComparer.Ordinal);

    /// <summary>The options of commands, with their types.</summary>
    /// <param name="given">Option → values; a flag has none.</param>
    public static CommandOptions Typed(IReadOnlyDictionary<string, ImmutableArray<string>> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        var typed = new CommandOptions();
        foreach (var (option, property) in OfCommands)
        {
            if (given.TryGetValue(option.Name, out var values))
            {
                property.SetValue(
                    typed,
                    option.Kind switch
                    {
                        OptionKind.Flag => true,
                        OptionKind.List or OptionKind.Repeated => values,
                        _ => values[^1],
                    }
                );
            }
        }

        return typed;
    }

    /// <summary>Cake's options.</summary>
    public static ImmutableArray<Option> Cakes { get; } =
    [
        new("target", OptionKind.Value, "the task to run, after those it depends on")
        {
            Placeholder = "TASK",
            Default = DefaultTarget,
            Aliases = ["t"],
        },
        new("exclusive", OptionKind.Flag, "run only the target, on the artifacts of earlier stages; needs --name")
        {
            Aliases = ["e"],
            Targets = [.. TargetSets.Of(TargetSet.Planning).Remove(Target.Submit), Target.Preflight],
        },
        new(
            "verbosity",
            OptionKind.Value,
            "amount of output: quiet (results and errors only), minimal (and warnings), normal, verbose or diagnostic"
        )
        {
            Placeholder = "LEVEL",
            Default = "normal",
            Aliases = ["v"],
        },
        new("description", OptionKind.Flag, "list the tasks with what they do")
        {
            Aliases = ["descriptions", "showdescription", "showdescriptions"],
        },
        new("tree", OptionKind.Flag, "show which task depends on which") { Aliases = ["showtree"] },
        new("dryrun", OptionKind.Flag, "list the tasks that would run, in order (for a dry run of the processing use --target=DryRun)")
        {
            Aliases = ["noop", "whatif"],
        },
        new("working", OptionKind.Value, "base folder of relative paths")
        {
            Placeholder = "FOLDER",
            Default = "the current folder",
            Aliases = ["w"],
        },
        new("version", OptionKind.Flag, "print the version") { Aliases = ["ver"] },
        new("info", OptionKind.Flag, "print versions of the program and its parts"),
        new("help", OptionKind.Flag, "print the help; with --target=TASK, of that target") { Aliases = ["h", "?"] },
    ];

    /// <summary>The target if none is named.</summary>
    public const string DefaultTarget = "Default";

    /// <summary>Options that only print something: nothing is configured, no task runs.</summary>
    public static ImmutableArray<string> Looking { get; } = ["description", "tree", "dryrun", "version", "info", "help"];
}
