using System.Globalization;

namespace Outsource.Foundation.Text;

/// <summary>Runs as people read them: neighbours as a range, and no more than a screen of it.</summary>
public static class RunRanges
{
    /// <summary>Ranges that are shown where not all are asked for.</summary>
    public const int Most = 12;

    /// <summary>The runs: <c>61001-61004, 61007</c>; or each of them.</summary>
    /// <param name="runs">In any order; doubles count once.</param>
    /// <param name="all">Whether each run is named.</param>
    public static string Text(IEnumerable<int> runs, bool all = false)
    {
        var ascending = runs.Distinct().Order().ToList();
        static string Number(int run) => run.ToString(CultureInfo.InvariantCulture);
        if (all)
        {
            return string.Join(", ", ascending.Select(Number));
        }

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
}
