using System.Globalization;

namespace Outsource.Model.ClassAds;

/// <summary>Text of HTCondor ClassAd expressions.</summary>
public static class ClassAd
{
    /// <summary>A string literal: quoted, with <c>"</c> and <c>\</c> escaped.</summary>
    public static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>All clauses joined by <c>&amp;&amp;</c>, each once, empty ones left out.</summary>
    public static string And(IEnumerable<string?> clauses) => Join(" && ", clauses);

    /// <summary>One of the clauses, each once; in parentheses when there are several.</summary>
    public static string? Or(IEnumerable<string?> clauses)
    {
        var text = Join(" || ", clauses);
        return text.Length == 0 ? null
            : text.Contains(" || ", StringComparison.Ordinal) ? $"({text})"
            : text;
    }

    /// <summary>An amount that grows with each retry of a DAG node: X, then 2·X, 3·X … (docs/domain.md §8).</summary>
    public static string GrowingWithRetries(long amount)
    {
        var x = amount.ToString(CultureInfo.InvariantCulture);
        return $"ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, {x}, (DAGNodeRetry + 1)*{x})";
    }

    private static string Join(string by, IEnumerable<string?> clauses) =>
        string.Join(by, clauses.Where(c => !string.IsNullOrEmpty(c)).Distinct(StringComparer.Ordinal));
}
