using System.Collections.Immutable;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Outsource.Foundation.Text;

/// <summary>
/// A table that never breaks its key, which tells the rows apart, nor a number. When the columns are too wide for the terminal, texts are
/// broken into lines; if that is not enough, columns are left out in the order of the shape, and a line below says which; and if that is
/// not enough, each row becomes a paragraph with all of it.
/// </summary>
/// <param name="shape">Its columns.</param>
public sealed class ReportTable(TableShape shape) : IRenderable
{
    private const int Narrowest = 20;

    private readonly List<ImmutableArray<Cell>> _rows = [];

    /// <summary>Adds a row, a cell for each column.</summary>
    public void AddRow(params IEnumerable<Cell> cells)
    {
        ImmutableArray<Cell> row = [.. cells];
        if (row.Length != shape.Columns.Length)
        {
            throw new ArgumentException($"the row has {row.Length} cells, the table {shape.Columns.Length} columns.", nameof(cells));
        }

        _rows.Add(row);
    }

    public Measurement Measure(RenderOptions options, int maxWidth) => new(Math.Min(maxWidth, Narrowest), maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rows = options.Unicode ? _rows : [.. _rows.Select(r => r.Select(c => c.InAscii()).ToImmutableArray())];
        if (TableFit.Of(shape.Columns, rows, maxWidth) is not { } fit)
        {
            return new RowCards(shape.Columns).Render(rows, maxWidth);
        }

        var border = options is { Ansi: true, Unicode: true } ? TableBorder.Rounded : TableBorder.Ascii2;
        return ((IRenderable)Drawn(fit, rows, border)).Render(options, maxWidth).Concat(Note(fit, maxWidth));
    }

    private Table Drawn(TableFit fit, List<ImmutableArray<Cell>> rows, TableBorder border)
    {
        var table = new Table { Border = border };
        foreach (var (i, width) in fit.Shown.Zip(fit.Widths))
        {
            var head = string.Join('\n', WordWrap.AtBlanks(shape.Columns[i].Name, width));
            var column = new TableColumn(new Spectre.Console.Text(head, new Style(decoration: Decoration.Bold))) { Width = width };
            table.AddColumn(shape.Columns[i].Kind == ColumnKind.Number ? column.RightAligned() : column);
        }

        foreach (var row in rows)
        {
            table.AddRow(fit.Shown.Zip(fit.Widths).Select(c => Drawn(row[c.First], shape.Columns[c.First].Kind, c.Second)));
        }

        return table;
    }

    private static Spectre.Console.Text Drawn(Cell cell, ColumnKind kind, int width) =>
        new(string.Join('\n', cell.Lines.SelectMany(l => WordWrap.Anywhere(l, width))), cell.Style)
        {
            Justification = kind == ColumnKind.Number ? Justify.Right : Justify.Left,
        };

    /// <summary>Says what is left out, and where it is.</summary>
    private IEnumerable<Segment> Note(TableFit fit, int room)
    {
        if (fit.LeftOut.IsEmpty)
        {
            yield break;
        }

        var names = string.Join("; ", fit.LeftOut.Order().Select(i => shape.Columns[i].Name));
        var document = shape.Document is { } option ? $", or {option}" : "";
        foreach (var line in WordWrap.AtBlanks($"Columns left out at this width: {names}. All: a wider terminal, a pipe{document}.", room))
        {
            yield return new Segment(line);
            yield return Segment.LineBreak;
        }
    }
}
