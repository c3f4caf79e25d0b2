using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Calibrate;

/// <summary>A point of a picture.</summary>
/// <param name="Label">What it is: <c>95 %</c>, or <c>now</c>.</param>
/// <param name="Over">Share of jobs that would be tried again.</param>
/// <param name="Waste">What a job asks for and does not use, in the unit of the panel.</param>
public sealed record WastePoint(string Label, double Over, double Waste);

/// <summary>A panel of a picture.</summary>
/// <param name="Title">Family and amount.</param>
/// <param name="Unit">Of waste.</param>
/// <param name="Points">By quantile, ascending.</param>
/// <param name="Now">What is asked for now; null: it is not known.</param>
public sealed record WastePanel(string Title, string Unit, ImmutableArray<WastePoint> Points, WastePoint? Now);

/// <summary>
/// Draws waste against holds as SVG, a panel for each family: to the right more jobs are tried again, upwards each asks for more than it
/// uses. Colours are attributes, so a page with a content security policy can hold it.
/// </summary>
public static class WasteChart
{
    private const int Width = 300,
        Height = 210,
        Left = 58,
        Top = 30,
        Across = 3,
        PlotWidth = Width - Left - 20,
        PlotHeight = Height - Top - 44;

    private const string Ink = "#4c5a69",
        Line = "#2f6fbb",
        Other = "#b5541c";

    /// <summary>The picture.</summary>
    /// <param name="panels">At least one.</param>
    public static string Of(ImmutableArray<WastePanel> panels)
    {
        var rows = (panels.Length + Across - 1) / Across;
        var (width, height) = (Width * Math.Min(Across, panels.Length), Height * rows);
        var text = new StringBuilder();
        void Add(FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"waste-title waste-desc\" width=\"{width}\" ");
        Add($"height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"system-ui,sans-serif\" font-size=\"11\">");
        Add($"<title id=\"waste-title\">Waste against holds</title><desc id=\"waste-desc\">{Escape(Describe(panels))}</desc>");
        Add($"<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>");
        for (var i = 0; i < panels.Length; i++)
        {
            Panel(text, panels[i], i % Across * Width, i / Across * Height);
        }

        return text.Append("</svg>\n").ToString();
    }

    private static void Panel(StringBuilder text, WastePanel panel, int x, int y)
    {
        void Add(FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture)).Append('\n');
        var scale = new Scale(panel, x + Left, y + Top);
        var (left, bottom) = (x + Left, y + Top + PlotHeight);
        Add($"<text x=\"{left}\" y=\"{y + 16}\" fill=\"{Ink}\" font-weight=\"600\">{Escape(panel.Title)}</text>");
        Add($"<path d=\"M{left} {y + Top}V{bottom}H{left + PlotWidth}\" fill=\"none\" stroke=\"{Ink}\"/>");
        Add($"<text x=\"{left - 4}\" y=\"{y + Top + 4}\" fill=\"{Ink}\" text-anchor=\"end\">{Escape(Number(scale.Most))}</text>");
        Add($"<text x=\"{left - 4}\" y=\"{bottom}\" fill=\"{Ink}\" text-anchor=\"end\">0</text>");
        Add($"<text x=\"{left + PlotWidth}\" y=\"{bottom + 14}\" fill=\"{Ink}\" text-anchor=\"end\">{scale.Over:P0} tried again</text>");
        Add($"<text x=\"{left}\" y=\"{bottom + 14}\" fill=\"{Ink}\">0</text>");
        Add($"<text x=\"{left}\" y=\"{bottom + 30}\" fill=\"{Ink}\">waste of a job, {Escape(panel.Unit)}</text>");
        var line = string.Join(' ', panel.Points.Select(p => $"{N(scale.X(p))},{N(scale.Y(p))}"));
        Add($"<polyline points=\"{line}\" fill=\"none\" stroke=\"{Line}\"/>");
        var labelled = new List<(double X, double Y)>();
        foreach (var point in panel.Points)
        {
            var (at, up) = (scale.X(point), scale.Y(point));
            Add($"<circle cx=\"{at}\" cy=\"{up}\" r=\"3\" fill=\"{Line}\"/>");

            // Points that are close together share a label; the numbers are in the description, and in the report's table.
            if (!labelled.Exists(l => Math.Abs(l.X - at) < 36 && Math.Abs(l.Y - up) < 12))
            {
                labelled.Add((at, up));
                var isRight = at > left + (PlotWidth * 0.8);
                Add($"<text x=\"{(isRight ? at - 5 : at + 5)}\" y=\"{up - 5}\" fill=\"{Line}\" {(isRight ? "text-anchor=\"end\"" : "")}>");
                Add($"{Escape(point.Label)}</text>");
            }
        }

        if (panel.Now is { } now)
        {
            var above = now.Waste > scale.Most ? $": {Number(now.Waste)}, beyond the scale" : "";
            Add($"<rect x=\"{scale.X(now) - 4}\" y=\"{scale.Y(now) - 4}\" width=\"8\" height=\"8\" fill=\"{Other}\"/>");
            Add($"<text x=\"{scale.X(now) + 7}\" y=\"{scale.Y(now) + 12}\" fill=\"{Other}\">{Escape(now.Label + above)}</text>");
        }
    }

    /// <summary>Where points are drawn. What is asked for now may be far above all lines: then it does not count for the scale.</summary>
    private sealed class Scale
    {
        private readonly int _left,
            _top;

        public Scale(WastePanel panel, int left, int top)
        {
            (_left, _top) = (left, top);
            var most = panel.Points.Select(p => p.Waste).DefaultIfEmpty().Max();
            Most = Math.Max(1e-9, panel.Now is { } now && now.Waste <= 3 * most ? Math.Max(most, now.Waste) : most);
            Over = Math.Max(0.01, panel.Points.Concat(panel.Now is { } also ? [also] : []).Max(p => p.Over));
        }

        public double Most { get; }

        public double Over { get; }

        public double X(WastePoint point) => Math.Round(_left + (point.Over / Over * PlotWidth), 1);

        public double Y(WastePoint point) => Math.Round(_top + PlotHeight - (Math.Min(1, point.Waste / Most) * PlotHeight), 1);
    }

    private static string Describe(IEnumerable<WastePanel> panels) =>
        string.Concat(
            panels.Select(p =>
                $"{p.Title}: "
                + string.Join(
                    ", ",
                    p.Points.Concat(p.Now is { } now ? [now] : [])
                        .Select(w => FormattableString.Invariant($"{w.Label} wastes {Number(w.Waste)} {p.Unit}, {w.Over:P1} tried again"))
                )
                + ". "
            )
        )
            .TrimEnd();

    private static string N(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString(number < 10 ? "0.####" : "N0", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(UntrustedText.OneLine(text));
}
