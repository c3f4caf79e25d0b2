using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Outsource.DagMan;
using Outsource.Status;

namespace Outsource.Report;

/// <summary>Nodes done over time, as a line and as a table of the same.</summary>
internal static class ProgressChart
{
    private const int Width = 800, Height = 240, Left = 60, Bottom = 30, Top = 12, Right = 12;

    /// <summary>When nodes were done, ascending; those that a rescue found done have no time.</summary>
    public static ImmutableArray<DateTimeOffset> Times(WorkflowStatus status) =>
        [.. status.Nodes.Where(n => n is { State: NodeState.Done, EndedAt: not null }).Select(n => n.EndedAt!.Value).Order()];

    /// <summary>Draws it; there must be two times at least.</summary>
    /// <param name="times">Of <see cref="Times"/>.</param>
    /// <param name="before">Nodes that were done before the first of them.</param>
    /// <param name="total">All nodes.</param>
    public static Html Draw(ImmutableArray<DateTimeOffset> times, int before, int total)
    {
        var (from, to) = (times[0], times[^1]);
        double X(DateTimeOffset time) => Left + ((time - from) / (to - from) * (Width - Left - Right));
        double Y(double count) => Height - Bottom - (count / total * (Height - Bottom - Top));
        var line = new StringBuilder(Point('M', Left, Y(before)));

        // As many points as can be told apart.
        var step = Math.Max(1, times.Length / 400);
        for (var i = 0; i < times.Length; i += step)
        {
            line.Append(Point('L', X(times[i]), Y(before + i + 1)));
        }

        line.Append(Point('L', X(to), Y(before + times.Length)));
        var words = FormattableString.Invariant($"Nodes done over time: {before} before {Stamp(from)}, {before + times.Length} of {total} at {Stamp(to)}.");
        return new Html()
            .Add($"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 {N(Width)} {N(Height)}\" aria-label=\"{words}\">")
            .Add($"<path class=\"axis\" fill=\"none\" d=\"M{N(Left)} {N(Top)}V{N(Height - Bottom)}H{N(Width - Right)}\"/>")
            .Add($"<path class=\"area\" d=\"{line}L{N(X(to))} {N(Height - Bottom)}L{N(Left)} {N(Height - Bottom)}Z\"/><path class=\"edge\" d=\"{line}\"/>")
            .Add($"<text x=\"{N(Left - 8)}\" y=\"{N(Top + 10)}\" text-anchor=\"end\">{total}</text><text x=\"{N(Left - 8)}\" y=\"{N(Height - Bottom)}\" text-anchor=\"end\">0</text>")
            .Add($"<text x=\"{N(Left)}\" y=\"{N(Height - 8)}\">{Stamp(from)}</text><text x=\"{N(Width - Right)}\" y=\"{N(Height - 8)}\" text-anchor=\"end\">{Stamp(to)}</text></svg>")
            .Add($"<p class=\"soft\">{words}</p>");
    }

    /// <summary>A time for people.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Point(char move, double x, double y) => $"{move}{N(x)} {N(y)}";

    private static string N(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
}
