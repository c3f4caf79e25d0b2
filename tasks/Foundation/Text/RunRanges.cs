using System.Globalization;

namespace Outsource.Foundation.Text;

/// <summary>Runs as ranges, for messages: no more than fit on a screen.</summary>
public static class RunRanges
{
    /// <summary>Most ranges in a message.</summary>
    public const int Most = 12;

    /// <summary>Every run: <c>61001, 61002, 61003</c>.</summary>
    /// <param name="runs">In any order; doubles count once.</param>
    public static string All(IEnumerable<int> runs) => string.Join(", ", runs.Distinct().Order().Select(Number));

    /// <summary>The runs as ranges: <c>61001-61004, 61007</c>.</summary>
    /// <param name="runs">In any order; doubles count once.</param>
    public static string Text(IEnumerable<int> runs)
    {
        var ascending = runs.Distinct().Order().ToList();
        var ranges = new List<(int From, int To)>();
        foreach (var run in ascending)
        {
            if (ranges is [.., var last] && last.To + 1 == run)
            {
                ranges[^1] = (last.From, run);
            }
            else
            {
                ranges.Add((run, run));
            }
        }

        var left = ranges.Skip(Most).Sum(r => r.To - r.From + 1L);
        return string.Join(", ", ranges.Take(Most).Select(r => r.From == r.To ? Number(r.From) : $"{Number(r.From)}-{Number(r.To)}"))
            + (left > 0 ? $" and {Counted.Of(left, "run")} more (all with --verbosity=verbose)" : "");
    }

    private static string Number(int run) => run.ToString(CultureInfo.InvariantCulture);
}
