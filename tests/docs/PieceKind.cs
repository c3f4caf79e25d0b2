namespace Outsource.Tests.Docs;

/// <summary>What a piece of a page is.</summary>
internal enum PieceKind
{
    /// <summary>A new world begins.</summary>
    World,

    /// <summary>Commands to run.</summary>
    Script,

    /// <summary>What the commands before it printed.</summary>
    Output,

    /// <summary>A file to write.</summary>
    File,

    /// <summary>A command within a sentence.</summary>
    Inline,

    /// <summary>Shown only.</summary>
    Other,
}
