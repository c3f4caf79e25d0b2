using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Model.ClassAds;

namespace Outsource.Operator.Desk;

/// <summary>Changes the requests of a job in the text of its submit file.</summary>
public static partial class SubmitFileEdit
{
    /// <summary>Memory times a factor. An amount that grows with the retries still grows.</summary>
    /// <param name="expression">The value of <c>request_memory</c>, MB.</param>
    /// <param name="factor">Above 0.</param>
    public static string Memory(string expression, decimal factor)
    {
        if (Growing().Match(expression) is { Success: true } growing && Number(growing.Groups["x"]) is { } each)
        {
            return ClassAd.GrowingWithRetries(Times(each, factor));
        }

        return Plain().Match(expression) is { Success: true } plain && Number(plain.Groups["x"]) is { } fixedAmount
            ? Times(fixedAmount, factor).ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"int({factor} * ({expression}))");
    }

    /// <summary>The amount of the first try: a plain number, or one that grows with the retries; null: it is neither.</summary>
    public static long? First(string? expression) =>
        Growing().Match(expression ?? "") is { Success: true } growing ? Number(growing.Groups["x"])
        : Plain().Match(expression ?? "") is { Success: true } plain ? Number(plain.Groups["x"])
        : null;

    /// <summary>Requirements that exclude sites; sites that are already excluded are not repeated.</summary>
    public static string Requirements(string? expression, IEnumerable<string> sites)
    {
        var missing = sites
            .Select(s => $"GLIDEIN_Site =!= {ClassAd.Quote(s)}")
            .Where(c => expression?.Contains(c, StringComparison.Ordinal) != true)
            .ToList();
        if (missing.Count == 0)
        {
            return expression ?? "";
        }

        var away = $"({string.Join(" && ", missing)})";
        return string.IsNullOrWhiteSpace(expression) ? away : $"({expression}) && {away}";
    }

    /// <summary>The value of a key, or null.</summary>
    public static string? ValueOf(string submitFile, string key) =>
        submitFile
            .Split('\n')
            .Select(l => Entry(l))
            .FirstOrDefault(e => string.Equals(e.Key, key, StringComparison.OrdinalIgnoreCase))
            .Value;

    /// <summary>
    /// The text with a key's value replaced; a new key is inserted before <c>queue</c>, because it has no effect after it.
    /// </summary>
    public static string With(string submitFile, string key, string value)
    {
        var lines = submitFile.Split('\n').ToList();
        var at = lines.FindIndex(l => string.Equals(Entry(l).Key, key, StringComparison.OrdinalIgnoreCase));
        if (at >= 0)
        {
            lines[at] = $"{key} = {value}";
        }
        else
        {
            var queue = lines.FindIndex(l => QueueLine().IsMatch(l));
            lines.Insert(queue < 0 ? lines.Count : queue, $"{key} = {value}");
        }

        return string.Join('\n', lines);
    }

    private static (string? Key, string? Value) Entry(string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        return equals <= 0 || line[0] is '#' or '+' ? (null, null) : (line[..equals].Trim(), line[(equals + 1)..].Trim());
    }

    private static long Times(long amount, decimal factor) => Math.Max(1, (long)Math.Ceiling(amount * factor));

    private static long? Number(Group group) =>
        long.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(
        @"^ifthenelse\(isundefined\(DAGNodeRetry\) \|\| DAGNodeRetry == 0, (?<x>[0-9]{1,12}), \(DAGNodeRetry \+ 1\)\*\k<x>\)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Growing();

    [GeneratedRegex(@"^(?<x>[0-9]{1,12})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex(@"^\s*queue\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex QueueLine();
}
