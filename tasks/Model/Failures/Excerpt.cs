using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Outsource.Model.Failures;

/// <summary>The shortest useful part of what was said of a failed job.</summary>
public static partial class Excerpt
{
    /// <summary>Characters of the longest.</summary>
    public const int Longest = 200;

    /// <summary>A line: the last that names an error, else the first that says anything; null: nothing was said.</summary>
    /// <param name="texts">What was said, the most exact first.</param>
    public static string? Of(ImmutableArray<string> texts)
    {
        var line =
            texts.LastOrDefault(t => Exception().IsMatch(t))
            ?? texts.LastOrDefault(t => Trouble().IsMatch(t))
            ?? texts.FirstOrDefault(t => !string.IsNullOrWhiteSpace(t));
        var shown = Stamp().Replace(line?.Trim() ?? "", "");
        return shown.Length == 0 ? null
            : shown.Length > Longest ? shown[..Longest] + "…"
            : shown;
    }

    [GeneratedRegex(@"^\s*[\w.]*(?:Error|Exception|Corrupted)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Exception();

    [GeneratedRegex(
        @"\b(?:error|fatal|failed|failure|cannot|could not|denied|refused|killed|missing|not found)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Trouble();

    /// <summary>The time at the head of a line of a log.</summary>
    [GeneratedRegex(@"^\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:.,]+Z?\]?:?\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Stamp();
}
