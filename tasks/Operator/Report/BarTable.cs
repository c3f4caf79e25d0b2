using System.Globalization;

namespace Outsource.Operator.Report;

/// <summary>
/// A table with a bar in each row: the numbers stay text, the bars are drawn beside them. On a narrow window the rows of a table with long
/// texts are laid out as paragraphs.
/// </summary>
/// <param name="caption">What it shows.</param>
/// <param name="columns">Names of the columns; those that begin with # are numbers, those that begin with ~ long texts.</param>
/// <param name="rows">Its rows.</param>
internal sealed class BarTable(string caption, IReadOnlyList<string> columns, IReadOnlyList<BarRow> rows)
{
    private readonly bool _texts = columns.Any(c => c.StartsWith('~'));

    /// <summary>What the length of a bar is; null: there are no bars.</summary>
    public string? Bar { get; init; }

    /// <summary>What its green part is, or null.</summary>
    public string? Part { get; init; }

    /// <summary>What the rest of a bar is that goes beyond its green part, or null.</summary>
    public string? Over { get; init; }

    /// <summary>A last row of sums, or null.</summary>
    public IReadOnlyList<string>? Total { get; init; }

    /// <summary>Draws it.</summary>
    public Html Draw()
    {
        var html = new Html();
        Head(html);
        html.Raw($"<tbody{Role("rowgroup")}>");
        var longest = rows.Count == 0 ? 0 : rows.Max(r => r.Amount);
        foreach (var row in rows)
        {
            Row(html, row, Bar is null ? null : Drawn(row, longest));
        }

        html.Raw("</tbody>");
        if (Total is not null)
        {
            html.Raw($"<tfoot{Role("rowgroup")}>");
            Row(html, new BarRow(Total, 0), Bar is null ? null : "");
            html.Raw("</tfoot>");
        }

        return html.Raw("</table></div>");
    }

    private void Head(Html html)
    {
        html.Add($"<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\">")
            .Add($"<table class=\"{(_texts ? "stack" : "packed")}\"{Role("table")}><caption><span>{caption}</span></caption>")
            .Raw($"<thead{Role("rowgroup")}><tr{Role("row")}>");
        foreach (var column in columns)
        {
            html.Add($"<th scope=\"col\" class=\"{Kind(column)}\"{Role("columnheader")}>{Name(column)}</th>");
        }

        if (Bar is not null)
        {
            html.Raw("<td class=\"bar\" aria-hidden=\"true\">").Raw(Swatch("all", Bar));
            html.Raw(Part is null ? "" : Swatch("some", Part)).Raw(Over is null ? "" : Swatch("over", Over)).Raw("</td>");
        }

        html.Raw("</tr></thead>");
    }

    private void Row(Html html, BarRow row, string? drawn)
    {
        var linked = row.Filter is null ? -1 : columns.ToList().FindIndex(c => c.StartsWith('#'));
        html.Raw($"<tr{Role("row")}>");
        for (var i = 0; i < row.Cells.Count; i++)
        {
            if (i == 0)
            {
                html.Add($"<th scope=\"row\" class=\"{Kind(columns[i])}\"{Role("rowheader")}>{row.Cells[i]}</th>");
                continue;
            }

            var name = Html.Attribute("data-name", _texts ? Name(columns[i]) : null);
            var cell = i == linked ? Link(row, i) : new Html().Inline($"{row.Cells[i]}");
            html.Add($"<td class=\"{Kind(columns[i])}\"{Role("cell")}{name}>{cell}</td>");
        }

        html.Raw(drawn is null ? "</tr>" : $"<td class=\"bar\" aria-hidden=\"true\">{drawn}</td></tr>");
    }

    /// <summary>A count that leads to its lines of the ledger. Without a script it leads to the ledger as it is.</summary>
    private static Html Link(BarRow row, int cell) =>
        new Html()
            .Inline($"<a href=\"#ledger\" data-filter=\"{row.Filter}\" aria-label=\"{row.Cells[cell]} lines of {row.Cells[0]}\">")
            .Inline($"{row.Cells[cell]}</a>");

    /// <summary>A table that is laid out as paragraphs would lose its roles, so they are written out.</summary>
    private Html Role(string role) => Html.Attribute("role", _texts ? role : null);

    private static string Swatch(string colour, string text) =>
        "<span class=\"swatch\"><svg viewBox=\"0 0 10 10\">"
        + $"<rect class=\"{colour}\" width=\"10\" height=\"10\"/></svg>{text}</span> ";

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
        string Rectangle(string colour, double amount) => $"<rect class=\"{colour}\" width=\"{Width(amount)}\" height=\"10\"/>";
        return "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\">"
            + Rectangle(row.Over ? "over" : "all", row.Amount)
            + $"{(row.Part > 0 ? Rectangle("some", row.Part) : "")}</svg>";
    }
}
