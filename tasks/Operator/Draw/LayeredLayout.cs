using System.Collections.Immutable;

namespace Outsource.Operator.Draw;

/// <summary>A point of the drawing, in its own units (CSS pixels at natural size).</summary>
public readonly record struct Point(double X, double Y);

/// <summary>
/// Positions of everything in a graph: columns by longest path, from left to right. All boxes have the same size, so that graphs with the
/// same structure look the same.
/// </summary>
public sealed record LayeredLayout
{
    /// <summary>Size of a box.</summary>
    public const double BoxWidth = 212,
        BoxHeight = 62;

    private const double Gap = 118,
        Between = 18,
        Lane = 26,
        Margin = 12;

    private const int Sweeps = 8;

    /// <summary>Size of the whole.</summary>
    public required double Width { get; init; }

    public required double Height { get; init; }

    /// <summary>Upper left corner of each node.</summary>
    public required ImmutableArray<Point> Boxes { get; init; }

    /// <summary>The points each edge goes through, from the right of one box to the left of the other.</summary>
    public required ImmutableArray<ImmutableArray<Point>> Paths { get; init; }

    /// <summary>Lays a graph out.</summary>
    public static LayeredLayout Of(WorkflowGraph graph)
    {
        var layer = Layers(graph);
        var cells = Enumerable.Range(0, graph.Nodes.Length).Select(i => new Cell(layer[i], BoxHeight)).ToList();
        var chains = new List<List<Cell>>();
        foreach (var edge in graph.Edges)
        {
            // An edge over several columns gets its own lane in each, so that it crosses no box.
            List<Cell> chain =
            [
                cells[edge.From],
                .. Enumerable.Range(layer[edge.From] + 1, layer[edge.To] - layer[edge.From] - 1).Select(l => new Cell(l, Lane)),
                cells[edge.To],
            ];
            chains.Add(chain);
            foreach (var (above, below) in chain.Zip(chain.Skip(1)))
            {
                above.Next.Add(below);
                below.Before.Add(above);
            }
        }

        var columns = cells
            .Concat(chains.SelectMany(c => c.Skip(1).SkipLast(1)))
            .GroupBy(c => c.Layer)
            .OrderBy(g => g.Key)
            .Select(g => g.ToList())
            .ToList();
        Order(columns);
        Place(columns);
        var top = columns.SelectMany(c => c).Select(c => c.Y - (c.Height / 2)).DefaultIfEmpty(0).Min();
        var bottom = columns.SelectMany(c => c).Select(c => c.Y + (c.Height / 2)).DefaultIfEmpty(0).Max();
        double X(Cell cell) => Margin + (cell.Layer * (BoxWidth + Gap));
        double Y(Cell cell) => Math.Round(cell.Y - top + Margin, 1);
        return new LayeredLayout
        {
            Width = (2 * Margin) + (columns.Count * BoxWidth) + (Math.Max(0, columns.Count - 1) * Gap),
            Height = Math.Round(bottom - top + (2 * Margin), 1),
            Boxes = [.. cells.Select(c => new Point(X(c), Math.Round(Y(c) - (BoxHeight / 2), 1)))],
            Paths = [.. chains.Select(c => Through(c, X, Y))],
        };
    }

    private static ImmutableArray<Point> Through(List<Cell> chain, Func<Cell, double> x, Func<Cell, double> y) =>
        [
            new(x(chain[0]) + BoxWidth, y(chain[0])),
            .. chain.Skip(1).SkipLast(1).SelectMany(c => new[] { new Point(x(c), y(c)), new Point(x(c) + BoxWidth, y(c)) }),
            new(x(chain[^1]), y(chain[^1])),
        ];

    /// <summary>Longest path from nodes without input; such a node is placed directly before the first one that uses it.</summary>
    private static int[] Layers(WorkflowGraph graph)
    {
        var layer = new int[graph.Nodes.Length];
        for (var (changed, round) = (true, 0); changed; round++)
        {
            if (round > graph.Nodes.Length)
            {
                throw new InvalidOperationException("The graph has a cycle.");
            }

            changed = false;
            foreach (var edge in graph.Edges.Where(e => layer[e.To] <= layer[e.From]))
            {
                layer[edge.To] = layer[edge.From] + 1;
                changed = true;
            }
        }

        foreach (var source in graph.Edges.GroupBy(e => e.From).Where(g => graph.Edges.All(e => e.To != g.Key)))
        {
            layer[source.Key] = source.Min(e => layer[e.To]) - 1;
        }

        return layer;
    }

    private static void Order(List<List<Cell>> columns)
    {
        foreach (var column in columns)
        {
            Number(column);
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var forth = sweep % 2 == 0;
            foreach (var column in forth ? columns : columns.AsEnumerable().Reverse())
            {
                var sorted = column
                    .OrderBy(c => (forth ? c.Before : c.Next) is { Count: > 0 } near ? near.Average(n => n.Order) : c.Order)
                    .ToList();
                column.Clear();
                column.AddRange(sorted);
                Number(column);
            }
        }
    }

    private static void Number(List<Cell> column)
    {
        for (var i = 0; i < column.Count; i++)
        {
            column[i].Order = i;
        }
    }

    /// <summary>Each node moves to the middle of its neighbours, as far as the order of its column allows.</summary>
    private static void Place(List<List<Cell>> columns)
    {
        foreach (var column in columns)
        {
            Settle(column, c => 0);
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (var column in sweep % 2 == 0 ? columns : columns.AsEnumerable().Reverse())
            {
                Settle(column, c => c.Before.Concat(c.Next).Select(n => n.Y).DefaultIfEmpty(c.Y).Average());
            }
        }
    }

    private static void Settle(List<Cell> column, Func<Cell, double> wish)
    {
        var wishes = column.ConvertAll(c => wish(c));
        for (var i = 0; i < column.Count; i++)
        {
            column[i].Y =
                i == 0 ? wishes[0] : Math.Max(wishes[i], column[i - 1].Y + ((column[i - 1].Height + column[i].Height) / 2) + Between);
        }

        var shift = column.Select((c, i) => wishes[i] - c.Y).Average();
        column.ForEach(c => c.Y += shift);
    }

    private sealed class Cell(int layer, double height)
    {
        public int Layer { get; } = layer;

        public double Height { get; } = height;

        public int Order { get; set; }

        public double Y { get; set; }

        public List<Cell> Before { get; } = [];

        public List<Cell> Next { get; } = [];
    }
}
