namespace Outsource.Foundation.Text;

/// <summary>The known name nearest to a mistyped one, for "did you mean".</summary>
public static class NearestName
{
    /// <summary>The shortest word that is taken for the beginning of a name.</summary>
    private const int Beginning = 4;

    /// <summary>
    /// The nearest of <paramref name="known"/> by edit distance (a swap of neighbours counts one), or else the only one that begins with
    /// the word; null when none is close.
    /// </summary>
    public static string? Of(string wrong, IEnumerable<string> known)
    {
        known = [.. known];
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in known)
        {
            var distance = Distance(wrong.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < bestDistance)
            {
                (best, bestDistance) = (name, distance);
            }
        }

        // A name of which more than every second letter would change is not a useful hint.
        return best is not null && bestDistance <= Math.Max(1, Math.Max(wrong.Length, best.Length) / 2) ? best
            : wrong.Length >= Beginning
            && known.Where(name => name.StartsWith(wrong, StringComparison.OrdinalIgnoreCase)).Take(2).ToList() is [var only]
                ? only
            : null;
    }

    /// <summary>
    /// The same, where some names change something: one of those is only proposed for a word that differs in one letter.
    /// </summary>
    /// <param name="wrong">As typed.</param>
    /// <param name="known">Names that change nothing.</param>
    /// <param name="acting">Names that change something.</param>
    public static string? Of(string wrong, IEnumerable<string> known, IEnumerable<string> acting) =>
        acting.FirstOrDefault(a => a.Length > 4 && Distance(wrong.ToLowerInvariant(), a.ToLowerInvariant()) <= 1) ?? Of(wrong, known);

    /// <summary>The nearest names, the nearest first; none that is not close.</summary>
    /// <param name="wrong">As typed.</param>
    /// <param name="known">The names there are.</param>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<string> Few(string wrong, IEnumerable<string> known, int most) =>
        [
            .. known
                .Select(name => (name, Distance: Distance(wrong.ToLowerInvariant(), name.ToLowerInvariant())))
                .Where(n => n.Distance <= Math.Max(1, Math.Max(wrong.Length, n.name.Length) / 2))
                .OrderBy(n => n.Distance)
                .ThenBy(n => n.name, StringComparer.Ordinal)
                .Take(most)
                .Select(n => n.name),
        ];

    /// <summary>" (did you mean 'x'?)" or nothing, for the end of a message.</summary>
    public static string Hint(string wrong, IEnumerable<string> known) => Of(wrong, known) is { } name ? $" (did you mean '{name}'?)" : "";

    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
