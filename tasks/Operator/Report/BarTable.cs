using System.Globalization;

namespace Outsource.Operator.Report;

/// <summary>
/// A chart that is a table: the words stay words, the bars are drawn beside them. On a narrow window the rows of one with long texts become
/// paragraphs.
/// </summary>
internal static class BarTable
{
    /// <summary>Draws it.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">Names of the columns; those that begin with # are numbers, those that begin with ~ texts.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="bar">What the length of a bar is; null: there are no bars.</param>
    /// <param name="part">What its green part is, or null.</param>
    /// <param name="over">What is beyond the green part of a bar that goes too far, or null.</param>
    /// <param name="total">A last row of sums, or null.</param>
    public static Html Of(
        string caption,
        IReadOnlyList<string> columns,
        IReadOnlyList<BarRow> rows,
        string? bar = null,
        string? part = null,
        string? over = null,
        IReadOnlyList<string>? total = null
    )
    {
        // A table that is laid out as paragraphs would lose its roles, so they are said in words.
        var texts = columns.Any(c => c.StartsWith('~'));
        Html Role(string role) => Html.Attribute("role", texts ? role : null);
        var html = new Html().Add(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table "
                + $"class=\"{(texts ? "stack" : "packed")}\"{Role("table")}><caption><span>{caption}</span></caption><thead"
                + $"{Role("rowgroup")}><tr{Role("row")}>"
        );
        foreach (var column in columns)
        {
            html.Add($"<th scope=\"col\" class=\"{Kind(column)}\"{Role("columnheader")}>{Name(column)}</th>");
        }

        if (bar is not null)
        {
            html.Raw(
                $"<td class=\"bar\" aria-hidden=\"true\">{Swatch("all", bar)}{(part is null ? "" : Swatch("some", part))}"
                    + $"{(over is null ? "" : Swatch("over", over))}</td>"
            );
        }

        html.Raw($"</tr></thead><tbody{Role("rowgroup")}>");
        var longest = rows.Count == 0 ? 0 : rows.Max(r => r.Amount);
        foreach (var row in rows)
        {
            Row(row.Cells, bar is null ? null : Bar(row, longest));
        }

        html.Raw("</tbody>");
        if (total is not null)
        {
            html.Raw($"<tfoot{Role("rowgroup")}>");
            Row(total, bar is null ? null : "");
            html.Raw("</tfoot>");
        }

        return html.Raw("</table></div>");

        void Row(IReadOnlyList<string> cells, string? drawn)
        {
            html.Raw($"<tr{Role("row")}>");
            for (var i = 0; i < cells.Count; i++)
            {
                if (i == 0)
                {
                    html.Add($"<th scope=\"row\" class=\"{Kind(columns[i])}\"{Role("rowheader")}>{cells[i]}</th>");
                }
                else
                {
                    var name = Html.Attribute("data-name", texts ? Name(columns[i]) : null);
                    html.Add($"<td class=\"{Kind(columns[i])}\"{Role("cell")}{name}>{cells[i]}</td>");
                }
            }

            html.Raw(drawn is null ? "</tr>" : $"<td class=\"bar\" aria-hidden=\"true\">{drawn}</td></tr>");
        }
    }

    private static string Swatch(string colour, string words) =>
        $"<span class=\"swatch\"><svg viewBox=\"0 0 10 10\"><rect class=\"{colour}\" width=\"10\" height=\"10\"/></svg>{words}</span> ";

    private static string Kind(string column) =>
        column[0] switch
        {
            '#' => "number",
            '~' => "long",
            _ => "text",
        };

    private static string Name(string column) => column.TrimStart('#', '~');

    private static string Bar(BarRow row, double longest)
    {
        if (longest <= 0)
        {
            return "";
        }

        string Width(double amount) => Math.Round(100 * amount / longest, 2).ToString(CultureInfo.InvariantCulture);
        return $"<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\"><rect class=\"{(row.Over ? "over" : "all")}\" "
            + $"width=\"{Width(row.Amount)}\" "
            + $"height=\"10\"/>{(row.Part > 0 ? $"<rect class=\"some\" width=\"{Width(row.Part)}\" height=\"10\"/>" : "")}</svg>";
    }
}
