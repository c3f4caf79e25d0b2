using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>Keys that are set for one call: <c>--set KEY=VALUE</c>.</summary>
public static class Assignments
{
    /// <summary>Where such a value came from, as settings.yml records it.</summary>
    public const string Origin = "argument --set";

    /// <summary>Keys that count for targets that load no settings.</summary>
    private static readonly string[] Places = ["work_dir", "share_with_group", "pegasus_path"];

    /// <summary>What <c>--set</c> says about a key, or null; what is written later counts.</summary>
    public static string? Find(Invocation invocation, string key)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        return invocation.Options.Set.LastOrDefault(text => KeyOf(text) == key) is { } found
            ? found[(found.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim()
            : null;
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
            if (fault is null && !seen.TryAdd(KeyOf(text)!, text) && seen[KeyOf(text)!] != text)
            {
                fault = $"--set gives '{KeyOf(text)}' twice, with different values. Give it once.";
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
            if (SettingCatalog.All.FirstOrDefault(s => s.Key?.Kind == KeyKind.PerType && s.Name == key) is { Key: { } perType })
            {
                var example = ShellText.Quote($"{key}.peaklets={perType.Sample}");
                return $"--set {key} needs a data type: write --set {key}.TYPE=VALUE, such as --set {example}.";
            }

            var known = SettingCatalog.All.Select(s => s.Key?.Name).OfType<string>();
            return KeyCatalog.All.FirstOrDefault(k => k.Name == key) is { } other
                ? $"--set {key}: this key belongs to [{other.Section}], and --set takes keys of [Outsource] only. Write it into the file."
                : $"--set {UntrustedText.Shown(key)}: this is not a key of [Outsource]{NearestName.Hint(key, known)}. "
                    + "docs/configuration.md lists the keys.";
        }

        if (setting.Option is { } option && invocation.Has(option))
        {
            return $"--{option.Name} and --set {key} exclude each other: give one of them.";
        }

        return invocation.Target is { } target && !TargetSets.Of(TargetSet.Settings).Contains(target) && !Places.Contains(key)
            ? $"--set {key}: the target {target} does not read this key; of --set it knows {string.Join(", ", Places)}. Nothing was run."
            : null;
    }

    /// <summary>The key of an assignment, in lower case as the file's are; null where there is no '='.</summary>
    private static string? KeyOf(string text) =>
        text.IndexOf('=', StringComparison.Ordinal) is > 0 and var end ? text[..end].Trim().ToLowerInvariant() : null;
}
