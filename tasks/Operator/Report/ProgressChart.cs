using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Workflows.State;

namespace Outsource.Operator.Report;

/// <summary>
/// Nodes done over time. The line is drawn, and stretches with the window; the words of the axes are the page's own, of one size in any
/// window.
/// </summary>
internal static class ProgressChart
{
    private const int Width = 1000,
        Height = 200;

    /// <summary>When nodes were done, ascending; those that a rescue found done have no time.</summary>
    public static ImmutableArray<DateTimeOffset> Times(WorkflowStatus status) =>
        [.. status.Nodes.Where(n => n is { State: NodeState.Done, EndedAt: not null }).Select(n => n.EndedAt!.Value).Order()];

    /// <summary>Draws it; there must be two times at least.</summary>
    /// <param name="times">Of <see cref="Times"/>.</param>
    /// <param name="before">Nodes that were done before the first of them.</param>
    /// <param name="total">All nodes.</param>
    /// <param name="until">Where the axis of time ends: now, while it runs, so that a halt shows as such.</param>
    public static Html Draw(ImmutableArray<DateTimeOffset> times, int before, int total, DateTimeOffset until)
    {
        var (from, last) = (times[0], times[^1]);
        var to = until > last ? until : last;
        var clock = to - from < TimeSpan.FromMinutes(5) ? "HH:mm:ss 'UTC'" : "HH:mm 'UTC'";
        double X(DateTimeOffset time) => (time - from) / (to - from) * Width;
        double Y(double count) => Height - (count / total * Height);
        var line = new StringBuilder(Point('M', 0, Y(before)));

        // As many points as can be told apart.
        var step = Math.Max(1, times.Length / 400);
        for (var i = 0; i < times.Length; i += step)
        {
            line.Append(Point('L', X(times[i]), Y(before + i + 1)));
        }

        line.Append(Point('L', X(last), Y(before + times.Length))).Append(Point('L', Width, Y(before + times.Length)));
        var words = FormattableString.Invariant(
            $"Nodes done over time: {before:N0} before {Stamp(from)}, {before + times.Length:N0} of {total:N0} at {Stamp(last)}."
        );
        var html = new Html()
            .Add(
                $"<div class=\"chart\" role=\"img\" aria-label=\"{words}\"><div class=\"up\"><span>{total} "
                    + $"nodes</span><span>{Half(total)}</span><span>0</span></div>"
            )
            .Add($"<svg aria-hidden=\"true\" viewBox=\"0 0 {N(Width)} {N(Height)}\" preserveAspectRatio=\"none\">")
            .Add(
                $"<path class=\"axis\" d=\"M0 0H{N(Width)}M0 {N(Height / 2)}H{N(Width)}M0 {N(Height)}H{N(Width)}M{N(Width / 2)} "
                    + $"0V{N(Height)}\"/>"
            )
            .Add(
                $"<path class=\"area\" d=\"{line}L{N(Width)} {N(Height)}L0 {N(Height)}Z\"/><path class=\"edge\" "
                    + $"d=\"{line}\"/></svg><div class=\"along\">"
            );
        foreach (var time in new[] { from, from + ((to - from) / 2), to })
        {
            html.Add(
                $"<span>{time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}<br>"
                    + $"{time.UtcDateTime.ToString(clock, CultureInfo.InvariantCulture)}</span>"
            );
        }

        return html.Add($"</div></div><p class=\"soft\">{words}</p>");
    }

    /// <summary>A time for people.</summary>
    public static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Half(int total) => (total / 2.0).ToString("#,0.#", CultureInfo.InvariantCulture);

    private static string Point(char move, double x, double y) => $"{move}{N(x)} {N(y)}";

    private static string N(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
}
