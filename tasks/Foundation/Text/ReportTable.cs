using System.Collections.Immutable;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

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

    /// <summary>A cell of several lines.</summary>
    public static Cell Of(IEnumerable<string> lines) => new([.. lines.Select(OneLine)]);

    public static implicit operator Cell(string text) => new(text);

    private static string OneLine(string text) => UntrustedText.OneLine(text.Replace('\t', ' '));
}

/// <summary>
/// A table that never breaks its first column, which tells the rows apart. When the columns are too wide for the screen, texts are broken
/// into lines; if that is not enough, the other columns follow in further tables with the first column again; and if that is still too
/// wide,
/// each row becomes a paragraph. Nothing is left out and no number is broken.
/// </summary>
/// <param name="border">Its border.</param>
/// <param name="columns">Names of its columns; those that begin with # are numbers.</param>
public sealed class ReportTable(TableBorder border, params string[] columns) : IRenderable
{
    /// <summary>A text column is not made narrower than this.</summary>
    private const int NarrowText = 20;

    private const string Number = "#";

    private readonly List<string> _columns = [.. columns];
    private readonly List<ImmutableArray<Cell>> _rows = [];

    /// <summary>Adds a column; a number where its name begins with #.</summary>
    public void AddColumn(string name) => _columns.Add(name);

    /// <summary>Adds a row, a cell for each column.</summary>
    public void AddRow(params IEnumerable<Cell> cells)
    {
        ImmutableArray<Cell> row = [.. cells];
        if (row.Length != _columns.Count)
        {
            throw new ArgumentException($"the row has {row.Length} cells, the table {_columns.Count} columns.", nameof(cells));
        }

        _rows.Add(row);
    }

    public Measurement Measure(RenderOptions options, int maxWidth) => new(Math.Min(maxWidth, NarrowText), maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var whole = _columns.Select((_, i) => Width(i, folded: false)).ToArray();
        var least = _columns.Select((_, i) => Width(i, folded: true)).ToArray();
        if (Parts(least, maxWidth) is not { } parts)
        {
            return Paragraphs(maxWidth);
        }

        return parts.SelectMany(part => ((IRenderable)Part(part, Widths(part, whole, least, maxWidth))).Render(options, maxWidth));
    }

    /// <summary>
    /// Which columns are in which table, the first one in each; null: one of them is too wide even alone with the first.
    /// </summary>
    private static List<List<int>>? Parts(int[] least, int room)
    {
        if (Frame(1) + least[0] > room)
        {
            return null;
        }

        List<List<int>> parts =
        [
            [0],
        ];
        for (var i = 1; i < least.Length; i++)
        {
            if (Total([.. parts[^1], i], least) <= room)
            {
                parts[^1].Add(i);
            }
            else if (parts[^1].Count == 1 || Total([0, i], least) > room)
            {
                return null;
            }
            else
            {
                parts.Add([0, i]);
            }
        }

        return parts;
    }

    private static int Total(IReadOnlyCollection<int> part, int[] widths) => Frame(part.Count) + part.Sum(i => widths[i]);

    /// <summary>The width of lines and blanks.</summary>
    private static int Frame(int number) => (3 * number) + 1;

    /// <summary>Each column gets its minimum, and the rest goes to the columns that are broken, in order.</summary>
    private static int[] Widths(List<int> part, int[] whole, int[] least, int room)
    {
        var widths = part.Select(i => least[i]).ToArray();
        var left = room - Total(part, least);

        // Names of columns before texts: they are short.
        foreach (var at in Enumerable.Range(0, part.Count).OrderBy(at => whole[part[at]] - least[part[at]] > NarrowText))
        {
            var more = Math.Min(left, whole[part[at]] - widths[at]);
            widths[at] += more;
            left -= more;
        }

        return widths;
    }

    private Table Part(List<int> part, int[] widths)
    {
        var table = new Table { Border = border };
        for (var at = 0; at < part.Count; at++)
        {
            var column = new TableColumn(
                new Spectre.Console.Text(string.Join('\n', Wrapped([Name(part[at])], widths[at])), new Style(decoration: Decoration.Bold))
            )
            {
                Width = widths[at],
            };
            table.AddColumn(IsNumber(part[at]) ? column.RightAligned() : column);
        }

        foreach (var row in _rows)
        {
            table.AddRow(
                part.Select(i => new Spectre.Console.Text(string.Join('\n', row[i].Lines), row[i].Style)
                {
                    Justification = IsNumber(i) ? Justify.Right : Justify.Left,
                })
            );
        }

        return table;
    }

    /// <summary>A row is its name, and below it the other columns.</summary>
    private IEnumerable<Segment> Paragraphs(int room)
    {
        foreach (var row in _rows)
        {
            yield return new Segment(string.Join(' ', row[0].Lines), row[0].Style ?? Style.Plain);
            yield return Segment.LineBreak;
            foreach (
                var line in Wrapped(
                    Enumerable
                        .Range(1, _columns.Count - 1)
                        .Select(i =>
                            (Name(i).Length > 0 ? Name(i) + ": " : "")
                            + string.Join(' ', row[i].Lines)
                            + (i < _columns.Count - 1 ? ";" : "")
                        ),
                    room - 2
                )
            )
            {
                yield return new Segment("  " + line);
                yield return Segment.LineBreak;
            }
        }
    }

    /// <summary>Breaks at blanks; a word that is longer than the room is not broken, so that it can be copied.</summary>
    private static IEnumerable<string> Wrapped(IEnumerable<string> pieces, int room)
    {
        var line = new StringBuilder();
        foreach (var word in pieces.SelectMany(p => p.Split(' ')))
        {
            if (line.Length > 0 && Cells(line.ToString()) + 1 + Cells(word) > room)
            {
                yield return line.ToString();
                _ = line.Clear();
            }

            _ = line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    /// <summary>How wide a column is, in columns of the terminal: whole, or as narrow as it may be made.</summary>
    private int Width(int column, bool folded)
    {
        var head = folded && column > 0 ? Name(column).Split(' ').Max(Cells) : Cells(Name(column));
        var body = _rows.Count == 0 ? 0 : _rows.Max(r => r[column].Lines.Max(Cells));
        return Math.Max(head, folded && column > 0 && !IsNumber(column) ? Math.Min(body, NarrowText) : body);
    }

    private string Name(int column) => IsNumber(column) ? _columns[column][1..] : _columns[column];

    private bool IsNumber(int column) => _columns[column].StartsWith(Number, StringComparison.Ordinal);

    private static int Cells(string text) => new Segment(text).CellCount();
}
