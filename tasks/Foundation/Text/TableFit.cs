using System.Collections.Immutable;

namespace Outsource.Foundation.Text;

/// <summary>Which columns of a table are shown on a terminal, and how wide they are.</summary>
internal sealed record TableFit
{
    /// <summary>A column of words is not made narrower than this.</summary>
    private const int NarrowText = 20;

    /// <summary>A longer word of a sentence may be broken.</summary>
    private const int LongWord = 24;

    /// <summary>The shown columns.</summary>
    public required ImmutableArray<int> Shown { get; init; }

    /// <summary>The width of each.</summary>
    public required ImmutableArray<int> Widths { get; init; }

    /// <summary>Those that are left out because the terminal is too narrow.</summary>
    public required ImmutableArray<int> LeftOut { get; init; }

    /// <summary>
    /// Texts are broken into lines; where that is not enough, columns are left out in the order of the shape; null: even then it is too
    /// wide.
    /// </summary>
    public static TableFit? Of(ImmutableArray<Column> columns, IReadOnlyList<ImmutableArray<Cell>> rows, int room)
    {
        var shown = Enumerable
            .Range(0, columns.Length)
            .Where(i => !columns[i].OnlyIfUsed || rows.Any(r => !r[i].IsEmpty))
            .ToImmutableArray();
        var least = columns.Select((c, i) => Least(c, rows.Select(r => r[i]))).ToArray();
        var whole = columns.Select((c, i) => Whole(c, rows.Select(r => r[i]))).ToArray();
        ImmutableArray<int> leftOut = [];
        while (Frame(shown.Length) + shown.Sum(i => least[i]) > room)
        {
            var next = shown.Where(i => columns[i].LeftOutAs is not null).OrderBy(i => columns[i].LeftOutAs).ToList();
            if (next.Count == 0)
            {
                return null;
            }

            shown = shown.Remove(next[0]);
            leftOut = leftOut.Add(next[0]);
        }

        return new TableFit
        {
            Shown = shown,
            Widths = Spread([.. shown.Select(i => least[i])], [.. shown.Select(i => whole[i])], room),
            LeftOut = leftOut,
        };
    }

    /// <summary>The width of lines and blanks.</summary>
    private static int Frame(int number) => (3 * number) + 1;

    /// <summary>Each column gets its minimum, and the rest goes to the columns that are broken, in order.</summary>
    private static ImmutableArray<int> Spread(int[] least, int[] whole, int room)
    {
        var left = room - Frame(least.Length) - least.Sum();
        var widths = least.ToArray();

        // Headings before texts: they are short.
        foreach (var at in Enumerable.Range(0, least.Length).OrderBy(at => whole[at] - least[at] > NarrowText))
        {
            var more = Math.Min(left, whole[at] - widths[at]);
            widths[at] += more;
            left -= more;
        }

        return [.. widths];
    }

    private static int Whole(Column column, IEnumerable<Cell> cells) =>
        Math.Max(WordWrap.Width(column.Name), Widest(cells, WordWrap.Width));

    /// <summary>As narrow as it may be.</summary>
    private static int Least(Column column, IEnumerable<Cell> cells)
    {
        var head = WordWrap.WidestWord(column.Name);
        return column.Kind switch
        {
            ColumnKind.Key => Whole(column, cells),
            ColumnKind.Number => Math.Max(head, Widest(cells, WordWrap.Width)),
            ColumnKind.Exact => Math.Max(
                head,
                Widest(cells, l => Math.Min(WordWrap.Width(l), Math.Max(NarrowText, WordWrap.WidestWord(l))))
            ),
            _ => Math.Max(
                head,
                Widest(cells, l => Math.Min(WordWrap.Width(l), Math.Clamp(WordWrap.WidestWord(l), NarrowText, LongWord)))
            ),
        };
    }

    private static int Widest(IEnumerable<Cell> cells, Func<string, int> width) =>
        cells.SelectMany(c => c.Lines).Select(width).DefaultIfEmpty(0).Max();
}
