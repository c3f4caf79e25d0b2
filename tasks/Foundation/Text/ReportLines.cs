using Spectre.Console;

namespace Outsource.Foundation.Text;

/// <summary>Lines of reports.</summary>
public static class ReportLines
{
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
