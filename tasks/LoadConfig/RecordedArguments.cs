using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

/// <summary>The arguments of an existing plan. <c>--reuse</c> means exactly that plan, so its arguments need not be typed again.</summary>
internal static class RecordedArguments
{
    private const string Origin = "argument --";

    /// <summary>The command line, with the arguments of the plan that it reuses.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="invocation">As typed.</param>
    /// <param name="workDir">Where plans are. Absolute.</param>
    /// <param name="proposed">The requested name, not yet compared with existing workflows.</param>
    /// <param name="note">Which arguments were added, for the operator; null: none.</param>
    /// <exception cref="UsageException">Several plans match.</exception>
    public static Invocation Complete(
        HostEnvironment host,
        Invocation invocation,
        string workDir,
        WorkflowName proposed,
        out string? note
    )
    {
        note = null;
        if (!invocation.Options.Reuse || WorkflowName.ErrorIn(proposed.Name) is not null)
        {
            return invocation;
        }

        var name = proposed.FromDate ? Meant(host, invocation, workDir, proposed) : proposed.Name;
        var added = Of(host, workDir, name)
            .Select(a => a.Option.Kind == OptionKind.Repeated ? a with { Values = Untyped(invocation, a.Values) } : a)
            .Where(a => a.Option.Kind == OptionKind.Repeated ? !a.Values.IsEmpty : !invocation.Has(a.Option))
            .Where(a => a.Option.Name != "name"
                && !(a.Option.Name == "run" && invocation.Options.RunList is not null))
            .ToList();
        if (proposed.FromDate && (name != proposed.Name || IsPlan(host, workDir, name)))
        {
            // Resolved once: later code does not search again.
            invocation = invocation.Named(name);
        }

        if (added.Count == 0)
        {
            return invocation;
        }

        note = $"LoadConfig: arguments of plan '{name}': {Describe(added)}.";
        return With(invocation, added.Select(a => KeyValuePair.Create(a.Option.Name, a.Values.AddRange(invocation.Values(a.Option)))));
    }

    /// <summary>The arguments of a plan, each as it can be typed again; and in a few words.</summary>
    public static (ImmutableArray<string> Typed, string Brief) Shown(HostEnvironment host, string workDir, string name)
    {
        var recorded = Of(host, workDir, name).Where(a => a.Option.Name != "name").ToList();
        return ([.. recorded.Select(a => Shown(a.Option, a.Values, int.MaxValue))], Describe(recorded));
    }

    /// <summary>What was set for the plan, without the keys that are typed again.</summary>
    private static ImmutableArray<string> Untyped(Invocation invocation, ImmutableArray<string> recorded) =>
        [.. recorded.Where(text => Assignments.Find(invocation, Assignments.KeyOf(text)!) is null)];

    private static Invocation With(Invocation invocation, IEnumerable<KeyValuePair<string, ImmutableArray<string>>> more)
    {
        var given = invocation.Given.SetItems(more);
        return invocation with { Given = given, Options = OptionCatalog.Typed(given) };
    }

    /// <summary>Which plan of a day is meant if none is named: the only one with the options typed, or else the latest.</summary>
    private static string Meant(HostEnvironment host, Invocation invocation, string workDir, WorkflowName proposed)
    {
        var names = proposed.OfBase(host, workDir);
        var open = names
            .Where(n => IsPlan(host, workDir, n))
            .Select(n => (Name: n, Arguments: Of(host, workDir, n)))
            .ToList();
        if (open.Count < 2)
        {
            return names is [.., var last] ? last : proposed.Name;
        }

        var typed = OptionCatalog.Ours.Where(o => o.Plans && invocation.Has(o)).ToList();
        var fitting = open.Where(p =>
                typed.Count > 0
                && typed.TrueForAll(t =>
                    p.Arguments.Exists(a => a.Option.Name == t.Name && a.Values.ToHashSet().SetEquals(invocation.Values(t)))
                )
            )
            .ToList();
        return fitting is [var only]
            ? only.Name
            : throw new UsageException(
                $"--reuse matches several plans of {proposed.Day}: "
                    + (
                        string.Join(
                            ", ",
                            open.TakeLast(20).Select(p => $"'{p.Name}' ({(p.Arguments.Count == 0 ? "no options" : Describe(p.Arguments))})")
                        )
                    )
                    + ". "
                    + "Pass --name=NAME with it."
            );
    }

    /// <summary>Whether there is a plan from which no workflow was written.</summary>
    private static bool IsPlan(HostEnvironment host, string workDir, string name)
    {
        var folder = Path.Combine(workDir, "generated", name);
        return host.Disk.File.Exists(Path.Combine(folder, SettingsArtifact.FileName))
            && !host.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow));
    }

    private static string Describe(IEnumerable<(Option Option, ImmutableArray<string> Values)> arguments) =>
        string.Join(' ', arguments.Select(a => Shown(a.Option, a.Values, 5)));

    private static List<(Option Option, ImmutableArray<string> Values)> Of(HostEnvironment host, string workDir, string name) =>
        Recorded(host, Path.Combine(workDir, "generated", name, SettingsArtifact.FileName));

    private static List<(Option Option, ImmutableArray<string> Values)> Recorded(HostEnvironment host, string path)
    {
        try
        {
            if (!host.Disk.File.Exists(path))
            {
                return [];
            }

            return
                [
                    .. YamlReader
                        .Root(host.Disk, path)
                        .Entries("settings")
                        .Select(Argument)
                        .OfType<(Option Option, ImmutableArray<string> Values)>()
                        .GroupBy(a => a.Option)
                        .Select(g => (g.Key, g.Key.Kind == OptionKind.Repeated ? [.. g.SelectMany(a => a.Values)] : g.First().Values)),
                ];
        }
        catch (Exception error) when (error is DamagedYamlException or IOException or UnauthorizedAccessException)
        {
            // Then the plan does not match, and each stage reports that.
            return [];
        }
    }

    private static (Option Option, ImmutableArray<string> Values)? Argument(YamlEntry setting)
    {
        if (
            setting.Map.Text("origin") is not { } words
            || !words.StartsWith(Origin, StringComparison.Ordinal)
            || setting.Map["value"] is not { } value
        )
        {
            return null;
        }

        // A list of runs is recorded, also if it came from a file.
        var typed = words[Origin.Length..] is "runlist" ? "run" : words[Origin.Length..];
        return OptionCatalog.Ours.FirstOrDefault(o => o.Name == typed && o.Plans) is not { } option
            ? null
            : (
                option,
                option.Kind switch
                {
                    OptionKind.Flag => Texts(value) is [Option.Off] ? [Option.Off] : [],
                    OptionKind.Repeated => SettingCatalog.ByName.TryGetValue(setting.Name, out var known)
                        ? [.. known.Assignments(Texts(value))]
                        : [],
                    _ => Texts(value),
                }
            );
    }

    private static ImmutableArray<string> Texts(YamlValue value) =>
        value switch
        {
            YamlList list => [.. list.Texts],
            YamlScalar scalar => [scalar.Text],
            _ => [],
        };

    private static string Shown(Option option, ImmutableArray<string> values, int most) =>
        option.Kind == OptionKind.Flag
            ? $"--{option.Name}{(values.IsEmpty ? "" : "=" + Option.Off)}"
            : option.Kind == OptionKind.Repeated ? string.Join(' ', values.Select(v => $"--{option.Name} {ShellText.Quote(v)}"))
            : $"--{option.Name}={string.Join(',', values.Take(most))}{(values.Length > most ? $",… ({values.Length})" : "")}";
}
