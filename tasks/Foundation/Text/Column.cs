namespace Outsource.Foundation.Text;

/// <summary>What a column of a table holds.</summary>
public enum ColumnKind
{
    /// <summary>It tells the rows apart: never left out, never broken.</summary>
    Key,

    /// <summary>A number: never broken, to the right.</summary>
    Number,

    /// <summary>Sentences: broken at blanks, and long words where the line ends.</summary>
    Text,

    /// <summary>Paths, commands, names: broken at blanks only, so that a word can be copied.</summary>
    Exact,
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Kind">What it holds.</param>
public sealed record Column(string Name, ColumnKind Kind)
{
    /// <summary>When it is left out if the terminal is narrow: 1 is left out first; null: never.</summary>
    public int? LeftOutAs { get; init; }

    /// <summary>Whether it is left out where no row has a value.</summary>
    public bool OnlyIfUsed { get; init; }

    /// <summary>Tells the rows apart.</summary>
    public static Column Key(string name) => new(name, ColumnKind.Key);

    /// <inheritdoc cref="ColumnKind.Number"/>
    public static Column Number(string name) => new(name, ColumnKind.Number);

    /// <inheritdoc cref="ColumnKind.Text"/>
    public static Column Text(string name) => new(name, ColumnKind.Text);

    /// <inheritdoc cref="ColumnKind.Exact"/>
    public static Column Exact(string name) => new(name, ColumnKind.Exact);

    /// <summary>The same, left out if the terminal is narrow.</summary>
    /// <param name="order">1 is left out first.</param>
    public Column LeftOut(int order) => this with { LeftOutAs = order };

    /// <summary>The same, left out where no row has a value.</summary>
    public Column IfUsed() => this with { OnlyIfUsed = true };
}
