using Spectre.Console;

namespace Outsource.Foundation.Text;

/// <summary>Tables and lines of reports, all of one make.</summary>
public static class ReportTables
{
    /// <summary>
    /// A table; columns that begin with # are numbers. Without colours its lines are ASCII, so that a pipe gets plain text.
    /// </summary>
    public static ReportTable New(IAnsiConsole console, params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(console);
        return new ReportTable(console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Ascii2, columns);
    }

    /// <summary>
    /// A line as it is. A terminal breaks it where it must, and who marks it there copies one line: a command or a path stays whole.
    /// </summary>
    /// <param name="console">Where to.</param>
    /// <param name="text">The line; nothing in it steers the terminal.</param>
    public static void Line(this IAnsiConsole console, string text = "")
    {
        ArgumentNullException.ThrowIfNull(console);
        console.Profile.Out.Writer.Write(UntrustedText.Plain(text) + "\n");
    }
}
