using System.Globalization;
using System.Net;
using System.Text;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Draw;

/// <summary>Draws a graph as SVG: text stays text, nothing is loaded, and the colours follow the reader's dark or light mode.</summary>
public static class SvgDrawing
{
    /// <summary>Colours and fonts.</summary>
    public const string Style = """
        .graph{--ink:#1b2430;--soft:#4c5a69;--line:#6d7b8a;--data:#eef1f4;--work:#e2edfb;--join:#e4f3e8;--paper:#fff;
        font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
        @media (prefers-color-scheme:dark){.graph{--ink:#e8edf2;--soft:#b3bfcb;--line:#8b9aa9;--data:#252d36;--work:#1c3350;
        --join:#1d3a29;--paper:#14191f}}
        @media print{.graph{--ink:#000;--soft:#333;--line:#555;--data:#eee;--work:#e2edfb;--join:#e4f3e8;--paper:#fff}}
        .graph .paper{fill:var(--paper)}
        .graph rect.box{stroke:var(--line);stroke-width:1}
        .graph .data{fill:var(--data);stroke-dasharray:4 3}
        .graph .processing{fill:var(--work)}
        .graph .combine{fill:var(--join)}
        .graph text{fill:var(--ink);font-size:12px}
        .graph text.name{font-size:14px;font-weight:600}
        .graph text.more{fill:var(--soft)}
        .graph text.label{fill:var(--soft);font-size:11.5px;text-anchor:middle;paint-order:stroke;stroke:var(--paper);stroke-width:4px}
        .graph path.edge{fill:none;stroke:var(--line);stroke-width:1.4}.graph path.tip{fill:var(--line)}
        """;

    /// <summary>Characters that fit into a box; longer text is cut, and its tooltip has all of it.</summary>
    private const int TitleFits = 26,
        DetailFits = 33,
        LabelFits = 19;

    /// <summary>The drawing as a separate file.</summary>
    public static string Of(WorkflowGraph graph) => Draw(graph, "", $"<style>\n{Style}\n</style>\n");

    /// <summary>The drawing as a part of a page that holds <see cref="Style"/> once.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="prefix">Prefix of the ids, so that several drawings can be on one page.</param>
    public static string Part(WorkflowGraph graph, string prefix) => Draw(graph, prefix + "-", "");

    private static string Draw(WorkflowGraph graph, string prefix, string style)
    {
        var layout = LayeredLayout.Of(graph);
        var text = new StringBuilder();
        void Add(FormattableString piece) => text.Append(piece.ToString(CultureInfo.InvariantCulture)).Append('\n');
        FormattableString labels = $"aria-labelledby=\"{prefix}title {prefix}desc\"";
        FormattableString size = $"width=\"{layout.Width}\" height=\"{layout.Height}\" viewBox=\"0 0 {layout.Width} {layout.Height}\"";
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" role=\"img\" {labels} {size}>");
        Add($"<title id=\"{prefix}title\">{Escape(graph.Title)}</title>");
        Add($"<desc id=\"{prefix}desc\">{Escape(Describe(graph))}</desc>");
        text.Append(style);
        Add($"<rect class=\"paper\" width=\"{layout.Width}\" height=\"{layout.Height}\"/>");

        for (var i = 0; i < graph.Edges.Length; i++)
        {
            var path = layout.Paths[i];
            var end = path[^1];
            Add($"<path class=\"edge\" d=\"{Curve(path)}\"/><path class=\"tip\" d=\"M{end.X} {end.Y}l-8 -4v8z\"/>");
        }

        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            var (node, at) = (graph.Nodes[i], layout.Boxes[i]);
            var kind = node.Kind.ToString().ToLowerInvariant();
            var lines = node.Details.Where(d => d.Length > 0).ToList();
            var top = at.Y + (LayeredLayout.BoxHeight / 2) + 5 - (lines.Count * 8);
            FormattableString box = $"width=\"{LayeredLayout.BoxWidth}\" height=\"{LayeredLayout.BoxHeight}\"";
            Add($"<g><title>{Escape(node.Description)}</title><rect class=\"box {kind}\" x=\"{at.X}\" y=\"{at.Y}\" {box} rx=\"6\"/>");
            Add($"<text class=\"name\" x=\"{at.X + 12}\" y=\"{top}\">{Escape(Cut(node.Title, TitleFits))}</text>");
            for (var l = 0; l < lines.Count; l++)
            {
                Add($"<text class=\"more\" x=\"{at.X + 12}\" y=\"{top + (16 * (l + 1))}\">{Escape(Cut(lines[l], DetailFits))}</text>");
            }

            Add($"</g>");
        }

        for (var i = 0; i < graph.Edges.Length; i++)
        {
            var (from, to) = (layout.Paths[i][0], layout.Paths[i][1]);
            if (graph.Edges[i].Label.Length > 0)
            {
                var middle = (X: (from.X + to.X) / 2, Y: Math.Round(((from.Y + to.Y) / 2) - 5, 1));
                var label = Escape(Cut(graph.Edges[i].Label, LabelFits));
                Add($"<text class=\"label\" x=\"{middle.X}\" y=\"{middle.Y}\">{label}</text>");
            }
        }

        return text.Append("</svg>\n").ToString();
    }

    /// <summary>The graph as sentences.</summary>
    private static string Describe(WorkflowGraph graph)
    {
        string Edge(GraphEdge edge)
        {
            var label = edge.Label.Length > 0 ? $" ({edge.Label})" : "";
            return $"{graph.Nodes[edge.From].Title} leads to {graph.Nodes[edge.To].Title}{label}. ";
        }

        return $"{graph.Description} {string.Concat(graph.Edges.Select(Edge))}".TrimEnd();
    }

    private static string Curve(IReadOnlyList<Point> path)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"M{path[0].X} {path[0].Y}"));
        for (var i = 1; i < path.Count; i++)
        {
            var middle = (path[i - 1].X + path[i].X) / 2;
            text.Append(CultureInfo.InvariantCulture, $"C{middle} {path[i - 1].Y} {middle} {path[i].Y} {path[i].X} {path[i].Y}");
        }

        return text.ToString();
    }

    private static string Cut(string text, int fits) => text.Length <= fits ? text : text[..(fits - 1)] + "…";

    /// <summary>Escaped for XML; characters that XML cannot contain are shown as such.</summary>
    private static string Escape(string text) =>
        WebUtility.HtmlEncode(
            string.Concat(
                UntrustedText
                    .OneLine(text)
                    .Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\ufffe' or '\uffff' ? '\ufffd' : c)
            )
        );
}
