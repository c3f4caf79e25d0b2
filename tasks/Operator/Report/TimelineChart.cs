using System.Globalization;
using System.Text;
using static Outsource.Operator.Report.Figures;

namespace Outsource.Operator.Report;

/// <summary>
/// Nodes by state over time: a drawing, a sentence that says the same, and a table with all numbers of the drawing. The drawing stretches
/// with the window; the texts of the axes belong to the page, so they have one size in any window.
/// </summary>
/// <param name="timeline">What is drawn.</param>
/// <param name="total">All nodes.</param>
internal sealed class TimelineChart(StateTimeline timeline, int total)
{
    private const int Width = 1000,
        Height = 200;

    private readonly DateTimeOffset _from = timeline.Samples[0].At;
    private readonly DateTimeOffset _to = timeline.Samples[^1].At;

    /// <summary>Draws it.</summary>
    public Html Draw()
    {
        var html = new Html()
            .Add($"<p id=\"timeline-text\">{Text()}</p>")
            .Raw("<div class=\"chart\">")
            .Add($"<div class=\"up\"><span>{total} nodes</span><span>{Half()}</span><span>0</span></div>")
            .Add($"<svg role=\"img\" aria-labelledby=\"timeline-title\" aria-describedby=\"timeline-text\" {Box()}>")
            .Raw("<title id=\"timeline-title\">Nodes by state over time</title>");
        for (var band = 0; band < timeline.Bands.Length; band++)
        {
            html.Add($"<path class=\"band {timeline.Bands[band].Style}\" d=\"{Area(band)}\"/>");
        }

        html.Add($"<path class=\"axis\" d=\"{Axes()}\"/></svg>").Raw("<div class=\"along\">");
        foreach (var time in new[] { _from, _from + ((_to - _from) / 2), _to })
        {
            html.Add($"<span>{time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}<br>{Clock(time)}</span>");
        }

        return Numbers(Legend(html.Raw("</div></div>")));
    }

    private string Text() =>
        FormattableString.Invariant($"Of {total:N0} nodes, {Sums(timeline.Samples[0])} at {Moment(_from)}; ")
        + $"{Sums(timeline.Samples[^1])} at {Moment(_to)}.";

    private string Sums(StateSample sample) =>
        string.Join(", ", timeline.Bands.Select((b, i) => (b.Name, Nodes: sample.Nodes[i])).Where(b => b.Nodes > 0).Select(Sum));

    private static string Sum((string Name, int Nodes) band) => $"{Number(band.Nodes)} {band.Name}";

    private Html Legend(Html html)
    {
        html.Raw("<ul class=\"legend\"><li>From the bottom up:</li>");
        foreach (var band in timeline.Bands)
        {
            html.Raw("<li><svg aria-hidden=\"true\" viewBox=\"0 0 10 10\">")
                .Add($"<rect class=\"band {band.Style}\" width=\"10\" height=\"10\"/></svg>{band.Name}</li>");
        }

        return html.Raw("</ul>");
    }

    private Html Numbers(Html html) =>
        html.Raw("<details><summary>The same as numbers</summary>")
            .Raw("<p class=\"soft\">Running counts Running and Post of the table above; waiting counts Ready, Unready and Futile.</p>")
            .Add(
                new BarTable(
                    "Nodes by state over time",
                    ["Time, UTC", .. timeline.Bands.Select(b => "#" + char.ToUpperInvariant(b.Name[0]) + b.Name[1..])],
                    [.. timeline.Samples.Select(Row)]
                ).Draw()
            )
            .Raw("</details>");

    private static BarRow Row(StateSample sample) =>
        new(
            [
                sample.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                .. sample.Nodes.Select(n => Number(n)),
            ],
            0
        );

    /// <summary>The area of a band: its upper edge from left to right, then its lower edge back, in steps around each sample.</summary>
    private string Area(int band)
    {
        var path = new StringBuilder(FormattableString.Invariant($"M0 {N(Y(timeline.Samples[0], band + 1))}"));
        var last = timeline.Samples.Length - 1;
        for (var i = 0; i <= last; i++)
        {
            path.Append(CultureInfo.InvariantCulture, $"V{N(Y(timeline.Samples[i], band + 1))}H{N(Middle(i, Math.Min(i + 1, last)))}");
        }

        for (var i = last; i >= 0; i--)
        {
            path.Append(CultureInfo.InvariantCulture, $"V{N(Y(timeline.Samples[i], band))}H{N(Middle(i, Math.Max(i - 1, 0)))}");
        }

        return path.Append('Z').ToString();
    }

    private double Middle(int one, int other) => (X(timeline.Samples[one]) + X(timeline.Samples[other])) / 2;

    private double X(StateSample sample) => (sample.At - _from) / (_to - _from) * Width;

    /// <summary>The upper edge of the lowest bands.</summary>
    private double Y(StateSample sample, int bands) => Height - ((double)sample.Nodes.Take(bands).Sum() / total * Height);

    private static Html Box() =>
        new Html().Raw(FormattableString.Invariant($"viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"none\""));

    private static string Axes() =>
        FormattableString.Invariant($"M0 0H{Width}M0 {Height / 2}H{Width}M0 {Height}H{Width}M{Width / 2} 0V{Height}");

    private string Moment(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd ", CultureInfo.InvariantCulture) + Clock(time);

    private string Clock(DateTimeOffset time) =>
        time.UtcDateTime.ToString(
            _to - _from < TimeSpan.FromMinutes(5) ? "HH:mm:ss 'UTC'" : "HH:mm 'UTC'",
            CultureInfo.InvariantCulture
        );

    private string Half() => (total / 2.0).ToString("#,0.#", CultureInfo.InvariantCulture);

    private static string N(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
}
