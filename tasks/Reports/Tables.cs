using Spectre.Console;

namespace Outsource.Reports;

/// <summary>Tables of reports, all of one make.</summary>
public static class Tables
{
    /// <summary>A table; columns that begin with # are numbers. Without colours its lines are ASCII, so that a pipe gets plain text.</summary>
    public static Table New(IAnsiConsole console, params string[] columns)
    {
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Ascii2 };
        foreach (var column in columns)
        {
            var isNumber = column.StartsWith('#');
            var header = new TableColumn(new Text(isNumber ? column[1..] : column, new Style(decoration: Decoration.Bold)));
            table.AddColumn(isNumber ? header.RightAligned().NoWrap() : header);
        }

        return table;
    }
}
