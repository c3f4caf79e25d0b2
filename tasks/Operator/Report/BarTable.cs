using System.Globalization;

namespace Outsource.Operator.Report;

/// <summary>
/// A chart that is a table: the words stay words, the bars are drawn beside them. On a narrow window the rows of one with long texts become
/// paragraphs.
/// </summary>
/// <param name="caption">What it shows.</param>
/// <param name="columns">Names of the columns; those that begin with # are numbers, those that begin with ~ texts.</param>
/// <param name="rows">Its rows.</param>
internal sealed class BarTable(string caption, IReadOnlyList<string> columns, IReadOnlyList<BarRow> rows)
{
    private readonly bool _texts = columns.Any(c => c.StartsWith('~'));

    /// <summary>What the length of a bar is; null: there are no bars.</summary>
    public string? Bar { get; init; }

    /// <summary>What its green part is, or null.</summary>
    public string? Part { get; init; }

    /// <summary>What is beyond the green part of a bar that goes too far, or null.</summary>
    public string? Over { get; init; }

    /// <summary>A last row of sums, or null.</summary>
    public IReadOnlyList<string>? Total { get; init; }

    /// <summary>Draws it.</summary>
    public Html Draw()
    {
        var html = new Html();
        Head(html);
        html.Raw($"</tr></thead><tbody{Role("rowgroup")}>");
        var longest = rows.Count == 0 ? 0 : rows.Max(r => r.Amount);
        foreach (var row in rows)
        {
            Row(html, row.Cells, Bar is null ? null : Drawn(row, longest));
        }

        html.Raw("</tbody>");
        if (Total is not null)
        {
            html.Raw($"<tfoot{Role("rowgroup")}>");
            Row(html, Total, Bar is null ? null : "");
            html.Raw("</tfoot>");
        }

        return html.Raw("</table></div>");
    }

    private void Head(Html html)
    {
        html.Add(
            $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table "
                + $"class=\"{(_texts ? "stack" : "packed")}\"{Role("table")}><caption><span>{caption}</span></caption><thead"
                + $"{Role("rowgroup")}><tr{Role("row")}>"
        );
        foreach (var column in columns)
        {
            html.Add($"<th scope=\"col\" class=\"{Kind(column)}\"{Role("columnheader")}>{Name(column)}</th>");
        }

        if (Bar is not null)
        {
            html.Raw(
                $"<td class=\"bar\" aria-hidden=\"true\">{Swatch("all", Bar)}{(Part is null ? "" : Swatch("some", Part))}"
                    + $"{(Over is null ? "" : Swatch("over", Over))}</td>"
            );
        }
    }

    private void Row(Html html, IReadOnlyList<string> cells, string? drawn)
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
                var name = Html.Attribute("data-name", _texts ? Name(columns[i]) : null);
                html.Add($"<td class=\"{Kind(columns[i])}\"{Role("cell")}{name}>{cells[i]}</td>");
            }
        }

        html.Raw(drawn is null ? "</tr>" : $"<td class=\"bar\" aria-hidden=\"true\">{drawn}</td></tr>");
    }

    /// <summary>A table that is laid out as paragraphs would lose its roles, so they are said in words.</summary>
    private Html Role(string role) => Html.Attribute("role", _texts ? role : null);

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

    private static string Drawn(BarRow row, double longest)
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
