using System.Globalization;
using System.Text;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Draw;

/// <summary>A graph as text for graphviz, which allows other layouts.</summary>
public static class DotDrawing
{
    /// <summary>The text.</summary>
    public static string Of(WorkflowGraph graph)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"digraph workflow {{\n  graph [rankdir=LR, charset=\"UTF-8\", label={Quote(graph.Title, graph.Description)}];\n  "
                + $"node [shape=box, style=rounded];\n"
        );
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            var node = graph.Nodes[i];
            var style = node.Kind == GraphNodeKind.Data ? ", style=\"rounded,dashed\"" : "";
            text.Append(
                CultureInfo.InvariantCulture,
                $"  n{i} [label={Quote([.. node.Details.Prepend(node.Title).Where(w => w.Length > 0)])}{style}];\n"
            );
        }

        foreach (var edge in graph.Edges)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  n{edge.From} -> n{edge.To}{(edge.Label.Length > 0 ? $" [label={Quote(edge.Label)}]" : "")};\n"
            );
        }

        return text.Append("}\n").ToString();
    }

    /// <summary>
    /// A label with several lines. Names come from run documents, so nothing in them may end a line or change the direction of text.
    /// </summary>
    private static string Quote(params string[] lines) => $"\"{string.Join("\\n", lines.Select(Escape))}\"";

    private static string Escape(string line) =>
        UntrustedText.OneLine(line).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
