using System.Globalization;

namespace Outsource.Foundation.Text;

/// <summary>Runs as ranges, for messages: no more than fit on a screen.</summary>
public static class RunRanges
{
    /// <summary>Most ranges in a message.</summary>
    public const int Most = 12;

    private const int MostOfOption = 200;

    /// <summary>Every run: <c>61001, 61002, 61003</c>.</summary>
    /// <param name="runs">In any order; doubles count once.</param>
    public static string All(IEnumerable<int> runs) => string.Join(", ", runs.Distinct().Order().Select(Number));

    /// <summary>The runs as ranges: <c>61001-61004, 61007</c>.</summary>
    /// <param name="runs">In any order; doubles count once.</param>
    public static string Text(IEnumerable<int> runs)
    {
        var ranges = Of(runs);
        var left = ranges.Skip(Most).Sum(r => r.To - r.From + 1L);
        return string.Join(", ", ranges.Take(Most).Select(Range))
            + (left > 0 ? $" and {Counted.Of(left, "run")} more (all with --verbosity=verbose)" : "");
    }

    /// <summary>All runs for an option of a command to copy: <c>61001-61004,61007</c>; null: none, or too many for a command.</summary>
    /// <param name="runs">In any order; doubles count once.</param>
    public static string? Option(IEnumerable<int> runs) =>
        Of(runs) is { Count: > 0 and <= MostOfOption } ranges ? string.Join(',', ranges.Select(Range)) : null;

    private static List<(int From, int To)> Of(IEnumerable<int> runs)
    {
        var ranges = new List<(int From, int To)>();
        foreach (var run in runs.Distinct().Order())
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

        return ranges;
    }

    private static string Range((int From, int To) range) =>
        range.From == range.To ? Number(range.From) : $"{Number(range.From)}-{Number(range.To)}";

    private static string Number(int run) => run.ToString(CultureInfo.InvariantCulture);
}
