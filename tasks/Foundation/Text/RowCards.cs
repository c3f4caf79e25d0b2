using System.Collections.Immutable;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Outsource.Foundation.Text;

/// <summary>Rows of a table that is too wide for the terminal: a paragraph for each, with all its values.</summary>
/// <param name="columns">The columns.</param>
internal sealed class RowCards(ImmutableArray<Column> columns)
{
    /// <summary>Longer values have a line of their own.</summary>
    private const int Short = 24;

    private static readonly string Indent = new(' ', 2);

    /// <summary>The names of the keys, and the paragraphs.</summary>
    public IEnumerable<Segment> Render(IEnumerable<ImmutableArray<Cell>> rows, int room)
    {
        var keys = string.Join(", ", columns.Where(c => c.Kind == ColumnKind.Key).Select(c => c.Name));
        foreach (var line in WordWrap.AtBlanks(keys + ":", room))
        {
            yield return new Segment(line, new Style(decoration: Decoration.Bold));
            yield return Segment.LineBreak;
        }

        foreach (var row in rows)
        {
            var style = row.Select(c => c.Style).FirstOrDefault(s => s is not null && !s.Equals(Style.Plain)) ?? Style.Plain;
            foreach (var line in Title(row, room))
            {
                yield return new Segment(line, style);
                yield return Segment.LineBreak;
            }

            foreach (var line in Fields(row, room - Indent.Length))
            {
                yield return new Segment(Indent + line);
                yield return Segment.LineBreak;
            }
        }
    }

    /// <summary>The keys in one line, or a line for each.</summary>
    private IEnumerable<string> Title(ImmutableArray<Cell> row, int room)
    {
        var keys = Of(row, c => c.Kind == ColumnKind.Key).Select(f => f.Text).Where(t => t.Length > 0).ToList();
        var title = string.Join(", ", keys);
        return WordWrap.Width(title) <= room ? [title] : keys.SelectMany(k => WordWrap.AtBlanks(k, room));
    }

    /// <summary>Short values are side by side; a long one has lines of its own.</summary>
    private IEnumerable<string> Fields(ImmutableArray<Cell> row, int room)
    {
        var fields = Of(row, c => c.Kind != ColumnKind.Key).Where(f => f.Text.Length > 0).ToList();
        var brief = fields.Where(f => f.Lines.Length == 1 && IsBrief(f.Name, f.Text, room)).Select(f => $"{f.Name}: {f.Text}").ToList();
        foreach (var line in SideBySide(brief, room))
        {
            yield return line;
        }

        foreach (var (name, lines, text) in fields.Where(f => f.Lines.Length > 1 || !IsBrief(f.Name, f.Text, room)))
        {
            if (lines.Length == 1 && WordWrap.Width($"{name}: {text}") <= room)
            {
                yield return $"{name}: {text}";
                continue;
            }

            yield return $"{name}:";
            foreach (var line in lines.SelectMany(l => WordWrap.AtBlanks(l, room - Indent.Length)))
            {
                yield return Indent + line;
            }
        }
    }

    private static bool IsBrief(string name, string text, int room) =>
        WordWrap.Width(text) <= Short && WordWrap.Width($"{name}: {text}") <= room;

    /// <summary>A field is not broken; one that does not fit begins a line.</summary>
    private static IEnumerable<string> SideBySide(List<string> fields, int room)
    {
        var line = "";
        foreach (var field in fields)
        {
            var longer = line.Length == 0 ? field : $"{line}; {field}";
            if (line.Length > 0 && WordWrap.Width(longer) > room)
            {
                yield return line;
                longer = field;
            }

            line = longer;
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }

    private IEnumerable<(string Name, ImmutableArray<string> Lines, string Text)> Of(ImmutableArray<Cell> row, Func<Column, bool> which) =>
        Enumerable
            .Range(0, columns.Length)
            .Where(i => which(columns[i]) && (columns[i].Kind == ColumnKind.Key || !row[i].IsEmpty))
            .Select(i => (columns[i].Name, row[i].Lines, string.Join(' ', row[i].Lines.Select(l => l.Trim()))));
}
