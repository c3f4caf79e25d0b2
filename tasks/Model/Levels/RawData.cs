using System.Collections.Immutable;

namespace Outsource.Model.Levels;

/// <summary>The raw data of one run and detector, from which the needs of its jobs are predicted.</summary>
/// <param name="ChunkBytes">Stored bytes of each chunk, in the order of the chunks' numbers.</param>
/// <param name="SizeMb">Its size in MB without compression, as the run document says; above 0.</param>
/// <param name="ItemSize">Bytes of a row in memory.</param>
/// <param name="Seconds">Length of the run in seconds; null: not known, and not needed.</param>
public sealed record RawData(ImmutableArray<long> ChunkBytes, double SizeMb, int ItemSize, double? Seconds)
{
    /// <summary>Further raw data that only the upper level reads: MB as stored.</summary>
    public double OtherMb { get; init; }

    /// <summary>Number of chunks.</summary>
    public int Chunks => ChunkBytes.Length;

    /// <summary>Stored MB of all chunks.</summary>
    public double StoredMb => ChunkBytes.Sum(b => b / 1e6);

    /// <summary>Stored bytes for each byte in memory.</summary>
    public double Compression => StoredMb / SizeMb;
}
