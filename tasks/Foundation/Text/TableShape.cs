using System.Collections.Immutable;

namespace Outsource.Foundation.Text;

/// <summary>
/// The columns of a table, and which of them are left out first on a narrow terminal. Each table of the program is a class of its own, so
/// that the tests find them all.
/// </summary>
public abstract class TableShape
{
    /// <param name="document">The option that gives all of it as a document; null: there is none.</param>
    /// <param name="columns">The columns; the keys come first.</param>
    protected TableShape(string? document, params ImmutableArray<Column> columns)
    {
        Document = document;
        Columns = columns;
        if (columns.IsEmpty || columns[0].Kind != ColumnKind.Key || columns.Any(c => c is { Kind: ColumnKind.Key, LeftOutAs: not null }))
        {
            throw new ArgumentException("the first column must be a key, and a key is never left out.", nameof(columns));
        }

        if (columns.Select(c => c.LeftOutAs).OfType<int>().Order().Where((order, i) => order != i + 1).Any())
        {
            throw new ArgumentException("the columns must be left out in the order 1, 2, 3 and so on.", nameof(columns));
        }
    }

    /// <summary>The option that gives all of it as a document; null: there is none.</summary>
    public string? Document { get; }

    /// <summary>The columns.</summary>
    public ImmutableArray<Column> Columns { get; }
}
