using System.Text.RegularExpressions;

namespace Outsource.Foundation.Text;

/// <summary>Words of a command that is printed to be typed.</summary>
public static partial class ShellText
{
    /// <summary>The word as a POSIX shell takes it whole; plain words stay as they are.</summary>
    public static string Quote(string word) => Plain().IsMatch(word) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command to copy into a shell.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    [GeneratedRegex(@"^[A-Za-z0-9_@%+=:,./-]+$")]
    private static partial Regex Plain();
}
