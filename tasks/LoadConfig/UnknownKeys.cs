using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>
/// Keys that have no effect: a warning, or an error if the operator could believe that they restrict what is processed.
/// </summary>
internal static class UnknownKeys
{
    /// <summary>Reports them.</summary>
    public static void Tell(XenonConfigFile file, ValueReader values)
    {
        var known = KeyCatalog.In(KeyCatalog.Outsource).Select(k => k.Name).ToList();
        foreach (var value in file.Own(KeyCatalog.Outsource).Where(v => !KeyCatalog.In(KeyCatalog.Outsource).Any(k => k.Is(v.Key))))
        {
            if (KeyCatalog.UploadSwitches.Contains(value.Key) && IsOff(value.Text))
            {
                values.Wrong(
                    $"key '{value.Key}' in [Outsource] belongs to the Python program and has no effect here: the jobs would "
                        + "upload anyway. Remove it, and pass --debug, which uploads and registers nothing.",
                    value.Line
                );
            }
            else if (KeyCatalog.Refused.TryGetValue(value.Key, out var instead))
            {
                if (!IsOff(value.Text))
                {
                    values.Wrong(
                        $"key '{value.Key}' in [Outsource] belongs to the Python program and restricts what is processed; here it has no "
                            + $"effect. Remove it: {instead}.",
                        value.Line
                    );
                }
            }
            else if (KeyCatalog.LooksRestricting(value.Key))
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
