using System.Collections.Immutable;
using Spectre.Console;

namespace Outsource.Foundation.Text;

/// <summary>A cell of a table.</summary>
/// <param name="Lines">Its lines.</param>
/// <param name="Style">Its colour.</param>
public readonly record struct Cell(ImmutableArray<string> Lines, Style? Style = null)
{
    /// <param name="text">May contain line ends: they are shown, and do not break the row.</param>
    /// <param name="style">Its colour.</param>
    public Cell(string text, Style? style = null)
        : this([OneLine(text)], style) { }

    /// <summary>Whether it says nothing.</summary>
    public bool IsEmpty => Lines.All(l => l.Length == 0 || l == "-");

    /// <summary>A cell of several lines.</summary>
    public static Cell Of(IEnumerable<string> lines) => new([.. lines.Select(OneLine)]);

    public static implicit operator Cell(string text) => new(text);

    /// <summary>The same in ASCII.</summary>
    internal Cell InAscii() => this with { Lines = [.. Lines.Select(AsciiText.Of)] };

    private static string OneLine(string text) => UntrustedText.OneLine(text.Replace('\t', ' '));
}
