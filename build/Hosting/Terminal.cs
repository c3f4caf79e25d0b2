using System.Text.RegularExpressions;
using Spectre.Console;

namespace Outsource.Build.Hosting;

/// <summary>The terminal's size, and consoles that draw tables for it or for a pipe.</summary>
internal static partial class Terminal
{
    /// <summary>Columns.</summary>
    public static int Width() => Of(() => System.Console.WindowWidth, 80);

    /// <summary>Rows.</summary>
    public static int Height() => Of(() => System.Console.WindowHeight, 24);

    /// <summary>Rows that a line needs on the terminal.</summary>
    public static int RowsOf(string line, int width) =>
        Math.Max(1, (new Spectre.Console.Rendering.Segment(Sequences().Replace(line, "")).CellCount() + width - 1) / width);

    /// <summary>For a terminal.</summary>
    public static IAnsiConsole ConsoleFor(TextWriter output, Onlookers onlookers) =>
        onlookers is { AtOutput: true, Colours: true }
            ? Console(output, onlookers, AnsiSupport.Detect, ColorSystemSupport.Detect)
            : Console(output, onlookers, AnsiSupport.No, ColorSystemSupport.NoColors);

    /// <summary>For output without a width; lines must not be broken.</summary>
    public static IAnsiConsole ConsoleForPipe(TextWriter output, Onlookers onlookers)
    {
        var console = Console(output, onlookers, AnsiSupport.No, ColorSystemSupport.NoColors);
        console.Profile.Width = 1_000_000;
        return console;
    }

    private static IAnsiConsole Console(TextWriter output, Onlookers onlookers, AnsiSupport ansi, ColorSystemSupport colours)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = ansi,
                ColorSystem = colours,
                Interactive = InteractionSupport.No,

                // Spectre.Console uses colours in every pipeline that it knows by its variables, also if they are disabled.
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
                Out = new AnsiConsoleOutput(output),
            }
        );
        console.Profile.Capabilities.Unicode = !onlookers.Ascii;
        console.Pipeline.Attach(new PlainCells());
        return console;
    }

    private static int Of(Func<int> size, int usual)
    {
        try
        {
            return size() is > 0 and var known ? known : usual;
        }
        catch (IOException)
        {
            return usual;
        }
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m", RegexOptions.CultureInvariant)]
    private static partial Regex Sequences();
}
