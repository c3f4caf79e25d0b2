using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>Keys that are set for one call: <c>--set KEY=VALUE</c>, or <c>KEY+=VALUE</c>, which adds to a list.</summary>
public static class Assignments
{
    /// <summary>Where such a value came from, as settings.yml records it.</summary>
    public const string Origin = "argument --set";

    /// <summary>Keys that count for targets that load no settings.</summary>
    private static readonly string[] Places = ["work_dir", "share_with_group", "pegasus_path"];

    /// <summary>Targets that name or show causes read the table of causes.</summary>
    private static readonly Target[] OfCauses = [Target.Doctor, Target.Report, Target.Resubmit, Target.Release, Target.Remove];

    /// <summary>What <c>--set</c> says about a key, or null.</summary>
    public static string? Find(Invocation invocation, string key)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        return invocation.Options.Set.LastOrDefault(text => KeyOf(text) == key) is { } found ? TextOf(found) : null;
    }

    /// <summary>
    /// The value of a key for this call: what <c>--set</c> says, which stands in line 0, else what the file says, or null.
    /// </summary>
    /// <param name="invocation">The command line.</param>
    /// <param name="key">The key.</param>
    /// <param name="inFile">The value of the file, or null.</param>
    public static ConfigValue? Value(Invocation invocation, string key, ConfigValue? inFile)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var given = invocation.Options.Set.Where(text => KeyOf(text) == key).ToList();
        if (given.Count == 0)
        {
            return inFile;
        }

        var before = Adds(given[^1]) ? inFile?.Text ?? OfDefault(key) : "";
        var added = given.Where(Adds).Select(TextOf).Prepend(before).Where(text => text.Trim().Length > 0);
        return new ConfigValue(Adds(given[^1]) ? string.Join(", ", added) : TextOf(given[^1]), 0, 0, key);
    }

    /// <summary>The keys that are set, each once.</summary>
    public static IEnumerable<string> Keys(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        return invocation.Options.Set.Select(KeyOf).OfType<string>().Distinct(StringComparer.Ordinal);
    }

    /// <summary>All that is wrong with the assignments of a command line.</summary>
    public static IEnumerable<Fault> Faults(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in invocation.Options.Set)
        {
            var fault = ErrorIn(text, invocation);
            if (fault is null && !seen.TryAdd(KeyOf(text)!, text) && seen[KeyOf(text)!] is var first && first != text)
            {
                fault = (Adds(first), Adds(text)) switch
                {
                    (true, true) => null,
                    (false, false) => $"--set gives '{KeyOf(text)}' twice, with different values. Give it once.",
                    _ => $"--set gives '{KeyOf(text)}' both with = and with +=. Use one of them.",
                };
            }

            if (fault is not null)
            {
                yield return new Fault(fault);
            }
        }
    }

    private static string? ErrorIn(string text, Invocation invocation)
    {
        if (KeyOf(text) is not { Length: > 0 } key)
        {
            return $"--set {UntrustedText.Shown(text)} has no value: write --set KEY=VALUE, such as --set max_daily=5.";
        }

        if (SettingCatalog.All.FirstOrDefault(s => s.Key?.Is(key) == true) is not { } setting)
        {
            return ErrorInKey(key);
        }

        if (setting.Option is { } option && invocation.Has(option))
        {
            return $"--{option.Name} and --set {key} exclude each other: give one of them.";
        }

        if (Adds(text) && ErrorInAdding(setting, key) is { } wrong)
        {
            return $"--set {UntrustedText.Shown(text)}: {wrong}.";
        }

        return invocation.Target is { } target && KnownTo(target) is { } known && !known.Contains(key)
            ? $"--set {key}: the target {target} does not read this key; of --set it knows {string.Join(", ", known)}. Nothing was run."
            : null;
    }

    /// <summary>The keys that a target reads; null: all.</summary>
    private static string[]? KnownTo(Target target) =>
        TargetSets.Of(TargetSet.Settings).Contains(target) ? null
        : target == Target.Doctor ? [.. Places, "tables_folder", "doctor_site_share"]
        : OfCauses.Contains(target) ? [.. Places, "tables_folder"]
        : Places;

    /// <summary>The assignments of a command that another target reads too, as options.</summary>
    public static IEnumerable<string> For(Target target, Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var known = KnownTo(target);
        return invocation.Options.Set.Where(s => known is null || known.Contains(KeyOf(s))).Select(s => $"--set={s}");
    }

    /// <summary>Why a text is not a key that can be set.</summary>
    private static string ErrorInKey(string key)
    {
        if (SettingCatalog.All.FirstOrDefault(s => s.Key?.Kind == KeyKind.PerType && s.Name == key) is { Key: { } perType })
        {
            var (of, end, name) = perType.Name.EndsWith(Key.PerNameEnd, StringComparison.Ordinal)
                ? ("the name of a package", Key.PerNameEnd, "cutax")
                : ("a data type", Key.PerTypeEnd, "peaklets");
            var example = ShellText.Quote($"{key}.{name}={perType.Sample}");
            return $"--set {key} needs {of}: write --set {key}{end}=VALUE, such as --set {example}.";
        }

        var known = SettingCatalog.All.Select(s => s.Key?.Name).OfType<string>();
        return KeyCatalog.All.FirstOrDefault(k => k.Name == key) is { } other
            ? $"--set {key}: this key belongs to [{other.Section}], and --set takes keys of [Outsource] only. Write it into the file."
            : $"--set {UntrustedText.Shown(key)}: this is not a key of [Outsource]{NearestName.Hint(key, known)}. "
                + "docs/configuration.md lists the keys.";
    }

    private static string? ErrorInAdding(Setting setting, string key) =>
        setting.Key!.Kind != KeyKind.List ? $"+= adds to a list, and {key} is not a list. Write --set {key}=VALUE"
        : setting.Standard is null ? $"the default of {key} is in a table, so give the whole list: --set {key}=VALUE,VALUE"
        : null;

    /// <summary>
    /// The key of an assignment, in lower case as the file's are, and by its first name if it has two; null where there is no '='.
    /// </summary>
    internal static string? KeyOf(string text)
    {
        if (text.IndexOf('=', StringComparison.Ordinal) is var end && end <= 0)
        {
            return null;
        }

        var typed = text[..(Adds(text) ? end - 1 : end)].Trim().ToLowerInvariant();
        return SettingCatalog.All.FirstOrDefault(s => s.Key?.Synonym == typed)?.Name ?? typed;
    }

    private static bool Adds(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var end && text[end - 1] == '+';

    private static string TextOf(string text) => text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();

    /// <summary>What a list has when the file does not name it.</summary>
    private static string OfDefault(string key) =>
        SettingCatalog.All.FirstOrDefault(s => s.Key?.Is(key) == true)?.Standard is ImmutableArray<string> { IsDefault: false } list
            ? string.Join(", ", list)
            : "";
}
