using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Outsource.Workflows;

/// <summary>
/// A name that the program makes from the time: <c>2026-11-22</c> for a plan by type,
/// <c>2025.07.1-xenonnt_offline-global_v16-202611221405</c> for a plan by level; <c>-2</c>, <c>-3</c> … may follow.
/// </summary>
/// <param name="Stem">What precedes the time, without <c>user-</c>; empty: the name is a date, or not complete yet.</param>
/// <param name="Day">The day, UTC: <c>20261122</c>.</param>
/// <param name="Minute">Hour and minute, UTC: <c>1405</c>; empty: the name is a date.</param>
/// <param name="Count">1, or the number behind the time.</param>
internal sealed partial record TimedName(string Stem, string Day, string Minute, int Count)
{
    /// <summary>Begins the name of a workflow with packages of the operator: others cannot make the same data.</summary>
    public const string OwnCode = "user-";

    /// <summary>Room for <c>-12345</c>: the time is never cut off to count on.</summary>
    private const int Counting = 6;

    /// <summary>The parts of a name; null: it was not made from the time.</summary>
    public static TimedName? Of(string name)
    {
        var found = Pattern().Match(name);
        return found.Success && CountOf(found.Groups["count"].Value) is > 0 and var count
            ? new TimedName(
                Plain(found.Groups["stem"].Value),
                found.Groups["date"].Success ? found.Groups["date"].Value.Replace("-", "", StringComparison.Ordinal)
                    : found.Groups["day"].Value,
                found.Groups["minute"].Value,
                count
            )
            : null;
    }

    /// <summary>What precedes the time in a name, of parts that may have any characters; it fits into a name.</summary>
    /// <param name="parts">Such as tag, context, version of the corrections and run; what is null or empty is left out.</param>
    /// <param name="last">The last part, which is never shortened; null: none.</param>
    public static string StemOf(IEnumerable<string?> parts, string? last)
    {
        var end = last is null ? "" : "-" + last;
        var longest = WorkflowName.Longest - OwnCode.Length - end.Length - "-202611221405".Length - Counting;
        var stem = Clean(string.Join('-', parts.Select(p => Clean(p ?? "")).Where(p => p.Length > 0)));
        stem = stem.Length > longest ? stem[..longest].TrimEnd('.', '-', '_') : stem;
        return (stem.Length == 0 ? "workflow" : stem) + end;
    }

    /// <summary>The same text with only the characters of names: others become underscores.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            var allowed = WorkflowName.Allowed(c) ? c : '_';
            if (clean.Length == 0 ? allowed is not ('.' or '-') : allowed != '.' || clean[^1] != '.')
            {
                clean.Append(allowed);
            }
        }

        return clean.ToString();
    }

    private static string Plain(string stem) =>
        stem.StartsWith(OwnCode, StringComparison.Ordinal) ? stem[OwnCode.Length..] : stem;

    /// <summary>1 without a number, 0 if it is none that is counted on to.</summary>
    private static int CountOf(string digits) =>
        digits.Length == 0 ? 1
        : int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 1 ? count
        : 0;

    [GeneratedRegex(
        @"\A(?:(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})|(?:(?<stem>.+)-)?(?<day>[0-9]{8})(?<minute>[0-9]{4}))(?:-(?<count>[0-9]+))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Pattern();
}
