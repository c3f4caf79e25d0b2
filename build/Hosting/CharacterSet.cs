namespace Outsource.Build.Hosting;

/// <summary>Which characters the standard streams may have.</summary>
internal static class CharacterSet
{
    /// <summary>The first that is set decides (POSIX, environment variables).</summary>
    private static readonly string[] Locales = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>
    /// Whether only ASCII is shown: on a terminal without abilities, and where the locale is another than UTF-8. Where no locale is set, as
    /// in a container, it is UTF-8.
    /// </summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    public static bool IsAscii(Func<string, string?> variable)
    {
        if (variable("TERM") is "dumb")
        {
            return true;
        }

        var locale = Locales.Select(variable).FirstOrDefault(v => !string.IsNullOrEmpty(v)) ?? "";
        var name = locale.Split('@')[0].Split('.');
        return name.Length > 1 ? !IsUtf8(name[1]) : name[0] is "C" or "POSIX";
    }

    private static bool IsUtf8(string charset) =>
        string.Equals(charset.Replace("-", "", StringComparison.Ordinal), "utf8", StringComparison.OrdinalIgnoreCase);
}
