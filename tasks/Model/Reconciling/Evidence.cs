using System.Collections.Immutable;
using Outsource.Model.Runs;

namespace Outsource.Model.Reconciling;

/// <summary>All that is known about a data type of a run.</summary>
/// <param name="Data">What is expected.</param>
/// <param name="Entries">The RunDB's entries of this type of the run, of any host and hash.</param>
/// <param name="Dataset">The dataset.</param>
public sealed record Evidence(ExpectedData Data, ImmutableArray<DataEntry> Entries, StoredDataset Dataset)
{
    /// <summary>What the metadata names; null: it was not read.</summary>
    public DataMetadata? Metadata { get; init; }

    /// <summary>Why the metadata was not read, a main clause.</summary>
    public string WhyNoMetadata { get; init; } = "its metadata was not asked for";

    /// <summary>Why the RunDB's entries are not known, a main clause; null: they are.</summary>
    public string? EntriesFault { get; init; }

    /// <summary>Entries that say that this data is there.</summary>
    public IEnumerable<DataEntry> Claims => Entries.Where(e => e.IsAvailable(Data.Run, Data.Type, Data.Hash));

    /// <summary>Entries of this data with another status: they are no claims, but belong to it.</summary>
    public IEnumerable<DataEntry> Unfinished =>
        Entries.Where(e => e.Status != DataEntry.Transferred && e.IsStored(Data.Run, Data.Type, Data.Hash));

    /// <summary>Entries that claim this hash for this run under another run's or type's dataset.</summary>
    public IEnumerable<DataEntry> Misnamed =>
        Entries.Where(e =>
            e is { Status: DataEntry.Transferred, InRucio: true } && e.Hash == Data.Hash && !e.IsOf(Data.Run, Data.Type)
        );

    /// <summary>RSEs where every file can be read, in order.</summary>
    public IEnumerable<string> WholeAt => Dataset.Rses.Where(Dataset.IsWholeAt);
}
