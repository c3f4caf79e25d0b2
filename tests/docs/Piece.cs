namespace Outsource.Tests.Docs;

/// <summary>A piece of a page.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Text">The name of a world, a script, an output, a file's text or a command.</param>
internal sealed record Piece(PieceKind Kind, int Line, string Text)
{
    /// <summary>What stands behind the fence.</summary>
    public string Info { get; init; } = "";

    /// <summary>The exit code that a script is to end with.</summary>
    public int Exit { get; init; }

    /// <summary>Where a file is written.</summary>
    public string? File { get; init; }
}
