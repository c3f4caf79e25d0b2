using System.Globalization;

namespace Outsource.Report;

/// <summary>A chart that is a table: the words stay words, the bars are drawn beside them.</summary>
internal static class BarTable
{
    /// <summary>Draws it.</summary>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">Names of the columns; those that begin with # are numbers.</param>
    /// <param name="rows">Its rows.</param>
    public static Html Of(string caption, IReadOnlyList<string> columns, IReadOnlyList<BarRow> rows)
    {
        var html = new Html().Add($"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table><caption>{caption}</caption><thead><tr>");
        foreach (var column in columns)
        {
            html.Add($"<th scope=\"col\" class=\"{(column.StartsWith('#') ? "number" : "text")}\">{column.TrimStart('#')}</th>");
        }

        html.Raw("<td aria-hidden=\"true\"></td></tr></thead><tbody>");
        var longest = rows.Count == 0 ? 0 : rows.Max(r => r.Amount);
        foreach (var row in rows)
        {
            html.Raw("<tr>");
            for (var i = 0; i < row.Cells.Count; i++)
            {
                var name = columns[i].StartsWith('#') ? "number" : columns[i] is "Meaning" or "Example" or "Reason" && row.Cells[i].Length > 30 ? "long" : "text";
                html.Add(i == 0 ? (FormattableString)$"<th scope=\"row\" class=\"{name}\">{row.Cells[i]}</th>" : $"<td class=\"{name}\">{row.Cells[i]}</td>");
            }

            html.Raw($"<td class=\"bar{(columns.Count > 3 ? " thin" : "")}\" aria-hidden=\"true\">{Bar(row, longest)}</td></tr>");
        }

        return html.Raw("</tbody></table></div>");
    }

    private static string Bar(BarRow row, double longest)
    {
        if (longest <= 0)
        {
            return "";
        }

        string Width(double amount) => Math.Round(100 * amount / longest, 2).ToString(CultureInfo.InvariantCulture);
        return $"<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\"><rect width=\"{Width(row.Amount)}\" height=\"10\"/>{(row.Part > 0 ? $"<rect class=\"some\" width=\"{Width(row.Part)}\" height=\"10\"/>" : "")}</svg>";
    }
}
