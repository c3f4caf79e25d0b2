using System.Collections.Immutable;

namespace Outsource.Operator.Locate;

/// <summary>Where a raw data type of a run is: an entry of the run document, with what Rucio says of its dataset.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Raw data type.</param>
/// <param name="Rse">RSE, or the path on a machine.</param>
/// <param name="State">State as the document has it.</param>
/// <param name="Hash">Lineage hash; null: the entry has no DID.</param>
public sealed record RawPlace(int Run, string Type, string Rse, string State, string? Hash)
{
    /// <summary>The dataset; null: the entry has none.</summary>
    public string? Did { get; init; }

    /// <summary>
    /// Whether Rucio manages it, as the run database says and Rucio does not deny; else it lies on a machine or nowhere, and jobs cannot
    /// read it.
    /// </summary>
    public bool InRucio { get; init; }

    /// <summary>Uncompressed size as the document says, MB; null: it does not.</summary>
    public double? SizeMb { get; init; }

    /// <summary>Bytes of the dataset's files; null: Rucio was not asked, or does not know it.</summary>
    public long? Bytes { get; init; }

    /// <summary>Chunk files of the dataset; null as with <see cref="Bytes"/>.</summary>
    public int? ChunkFiles { get; init; }
}

/// <summary>Where raw data is.</summary>
/// <param name="Places">Ascending by run, type and RSE.</param>
/// <param name="Runs">The runs that were found, ascending.</param>
/// <param name="Without">Runs that were found without raw data, ascending.</param>
/// <param name="Missing">Runs that were asked for and are not in the run database, ascending.</param>
/// <param name="Remarks">What could not be learnt, a sentence each.</param>
public sealed record RawPlaces(
    ImmutableArray<RawPlace> Places,
    ImmutableArray<int> Runs,
    ImmutableArray<int> Without,
    ImmutableArray<int> Missing,
    ImmutableArray<string> Remarks
);
