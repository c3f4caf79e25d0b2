using Spectre.Console;

namespace Outsource.Foundation.Text;

/// <summary>Tables and lines of reports, in one style.</summary>
public static class ReportTables
{
    /// <summary>
    /// A table; columns that begin with # are numbers. Without colours its lines are ASCII, for pipes.
    /// </summary>
    public static ReportTable New(IAnsiConsole console, params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(console);
        return new ReportTable(console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Ascii2, columns);
    }

    /// <summary>
    /// A line as it is. Only the terminal breaks it, so that a command or a path can be copied as one line.
    /// </summary>
    /// <param name="console">The console.</param>
    /// <param name="text">The line; what would control the terminal is shown escaped.</param>
    public static void Line(this IAnsiConsole console, string text = "")
    {
        ArgumentNullException.ThrowIfNull(console);
        console.Profile.Out.Writer.Write(UntrustedText.Plain(text) + "\n");
    }
}
