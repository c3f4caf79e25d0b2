using System.Text.RegularExpressions;

namespace Outsource.Foundation.Text;

/// <summary>Quotes commands that are printed for copying.</summary>
public static partial class ShellText
{
    /// <summary>The word, quoted for a POSIX shell if necessary.</summary>
    public static string Quote(string word) => Plain().IsMatch(word) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command to copy into a shell.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    [GeneratedRegex(@"^[A-Za-z0-9_@%+=:,./-]+$")]
    private static partial Regex Plain();
}
