using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.CommandLine;
using Outsource.Environs;
using YamlDotNet.RepresentationModel;

namespace Outsource.LoadConfig;

/// <summary>
/// The arguments that the plan of a name was made with. <c>--reuse --name=NAME</c> means that very plan, so what was typed for it need not be typed again;
/// what is typed now wins.
/// </summary>
internal static class RecordedArguments
{
    private const string Origin = "argument --";

    /// <summary>The command line, with the arguments of the plan that it says again to take.</summary>
    /// <param name="surroundings">Where we run.</param>
    /// <param name="invocation">As typed.</param>
    /// <param name="workDir">Where plans are. Absolute.</param>
    /// <param name="note">Which arguments were added, for the operator; null: none.</param>
    public static Invocation Complete(Surroundings surroundings, Invocation invocation, string workDir, out string? note)
    {
        note = null;
        if (!invocation.Has("reuse") || invocation.Value("name") is not { } name || WorkflowName.FaultOf(name) is not null)
        {
            return invocation;
        }

        var added = Recorded(surroundings, Path.Combine(workDir, "generated", name, SettingsArtifact.FileName)).Where(a => !invocation.Has(a.Option.Name) && !(a.Option.Name == "run" && invocation.Has("runlist"))).ToList();
        if (added.Count == 0)
        {
            return invocation;
        }

        note = $"LoadConfig: as plan '{name}' was made: {string.Join(' ', added.Select(a => Shown(a.Option, a.Values)))}.";
        return invocation with { Options = invocation.Options.AddRange(added.Select(a => KeyValuePair.Create(a.Option.Name, a.Values))) };
    }

    private static List<(Option Option, ImmutableArray<string> Values)> Recorded(Surroundings surroundings, string path)
    {
        try
        {
            if (!surroundings.Disk.File.Exists(path))
            {
                return [];
            }

            return YamlReader.Root(surroundings.Disk, path).Children.TryGetValue("settings", out var node) && node is YamlMappingNode settings
                ? [.. settings.Children.Select(s => Argument(s.Value)).OfType<(Option, ImmutableArray<string>)>().DistinctBy(a => a.Item1.Name)]
                : [];
        }
        catch (Exception error) when (error is DamagedYamlException or IOException or UnauthorizedAccessException)
        {
            // Then nothing of the plan fits, and each stage says so.
            return [];
        }
    }

    private static (Option Option, ImmutableArray<string> Values)? Argument(YamlNode setting)
    {
        if (setting is not YamlMappingNode map || !map.Children.TryGetValue("origin", out var origin) || origin is not YamlScalarNode { Value: { } words } || !words.StartsWith(Origin, StringComparison.Ordinal)
            || !map.Children.TryGetValue("value", out var value))
        {
            return null;
        }

        // A list of runs is recorded, whatever file it came from.
        var typed = words[Origin.Length..] is "runlist" ? "run" : words[Origin.Length..];
        return OptionCatalog.Ours.FirstOrDefault(o => o.Name == typed && !o.HeededByStages) is not { } option
            ? null
            : (option, option.Kind == OptionKind.Flag ? [] : value switch
            {
                YamlSequenceNode list => [.. list.Children.OfType<YamlScalarNode>().Select(c => c.Value ?? "")],
                YamlScalarNode scalar => [scalar.Value ?? ""],
                _ => [],
            });
    }

    private static string Shown(Option option, ImmutableArray<string> values) => option.Kind == OptionKind.Flag
        ? $"--{option.Name}"
        : $"--{option.Name}={string.Join(',', values.Take(5))}{(values.Length > 5 ? $",… ({values.Length})" : "")}";
}
