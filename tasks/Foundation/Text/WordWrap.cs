using System.Text;
using Spectre.Console.Rendering;

namespace Outsource.Foundation.Text;

/// <summary>Lines of a width, in columns of the terminal: a wide character needs two.</summary>
internal static class WordWrap
{
    /// <summary>How wide a text is.</summary>
    public static int Width(string text) => new Segment(text).CellCount();

    /// <summary>The widest of its words.</summary>
    public static int WidestWord(string text) => text.Split(' ').Max(Width);

    /// <summary>Breaks at blanks; a word that is longer than the room is not broken, so that it can be copied.</summary>
    public static IEnumerable<string> AtBlanks(string text, int room)
    {
        if (Width(text) <= room)
        {
            yield return text;
            yield break;
        }

        var line = new StringBuilder();
        var width = 0;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var more = Width(word);
            if (width > 0 && width + 1 + more > room)
            {
                yield return line.ToString();
                _ = line.Clear();
                width = 0;
            }

            _ = line.Append(width > 0 ? " " : "").Append(word);
            width += more + (width > 0 ? 1 : 0);
        }

        if (width > 0)
        {
            yield return line.ToString();
        }
    }

    /// <summary>Breaks at blanks, and a word that is longer than the room where the line ends.</summary>
    public static IEnumerable<string> Anywhere(string text, int room) => AtBlanks(text, room).SelectMany(line => Cut(line, room));

    private static IEnumerable<string> Cut(string line, int room)
    {
        var part = new StringBuilder();
        var width = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            var letter = rune.ToString();
            var more = Width(letter);
            if (width > 0 && width + more > room)
            {
                yield return part.ToString();
                _ = part.Clear();
                width = 0;
            }

            _ = part.Append(letter);
            width += more;
        }

        yield return part.ToString();
    }
}
