using System.Globalization;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>
/// Keys that have no effect: a warning, or an error if the operator could believe that they restrict what is processed.
/// </summary>
internal static class UnknownKeys
{
    /// <summary>Keys that narrow what is processed, and that the plan does not read.</summary>
    public static void TellUnread(ValueReader values, PlanKind plan)
    {
        foreach (var (key, instead) in KeyCatalog.OnlyByLevel)
        {
            if (plan == PlanKind.ByType && values.InFile(key) is { } value && !IsOff(value.Text))
            {
                values.Wrong(
                    $"{key} restricts what is processed, but plans by type do not read it. Remove it: {instead}; or make a plan by level "
                        + "(--plan=by-level).",
                    value.Line
                );
            }
        }
    }

    /// <summary>
    /// What has no effect on this plan, for those who want to know: keys of the other plan, and keys of the Python program.
    /// </summary>
    public static IEnumerable<string> Unused(XenonConfigFile file, PlanKind plan)
    {
        var written = file.Own(KeyCatalog.Outsource).ToList();
        var other = written.Where(v => KeyCatalog.In(KeyCatalog.Outsource).Any(k => k.Is(v.Key) && !k.Plan.Holds(plan))).ToList();
        if (other.Count > 0)
        {
            var name = plan == PlanKind.ByLevel ? PlanKind.ByType : PlanKind.ByLevel;
            yield return $"keys that only plans {name.Word()} read: {Listed(other)}.";
        }

        if (written.Where(v => KeyCatalog.Useless.Contains(v.Key)).ToList() is { Count: > 0 } useless)
        {
            yield return $"keys that have no use in this program: {Listed(useless)}.";
        }
    }

    private static string Listed(IEnumerable<ConfigValue> keys) =>
        string.Join(", ", keys.Select(k => $"{UntrustedText.Brief(k.Key)} (line {k.Line.ToString(CultureInfo.InvariantCulture)})"));

    /// <summary>Reports them.</summary>
    public static void Tell(XenonConfigFile file, ValueReader values)
    {
        var known = KeyCatalog.In(KeyCatalog.Outsource).Select(k => k.Name).ToList();
        foreach (var value in file.Own(KeyCatalog.Outsource).Where(v => !KeyCatalog.In(KeyCatalog.Outsource).Any(k => k.Is(v.Key))))
        {
            if (KeyCatalog.Useless.Contains(value.Key))
            {
                continue;
            }

            if (KeyCatalog.LooksRestricting(value.Key))
            {
                values.Wrong(
                    $"unknown key '{value.Key}' in [Outsource]{NearestName.Hint(value.Key, known)}: it looks like one that restricts "
                        + "what is processed, or where, but it has no effect. Correct it, or remove it.",
                    value.Line
                );
            }
            else
            {
                values.Warn($"unknown key '{value.Key}' in [Outsource]{NearestName.Hint(value.Key, known)}; it has no effect.", value.Line);
            }
        }

        // A restricting key in a section where it is not read.
        foreach (var section in new[] { KeyCatalog.Basic, KeyCatalog.RunDb })
        {
            foreach (
                var value in file.Own(section).Where(v => KeyCatalog.In(KeyCatalog.Outsource).Any(k => k.Restricts && k.Name == v.Key))
            )
            {
                values.Wrong($"key '{value.Key}' is in [{section}], where it has no effect. Move it to [Outsource].", value.Line);
            }
        }
    }

    /// <summary>Whether a switch is off, or a list empty: then the key can be ignored.</summary>
    private static bool IsOff(string text) => text.Trim().ToLowerInvariant() is "" or "0" or "no" or "false" or "off" or "none";
}
