using System.Collections.Immutable;

namespace Outsource.Facts;

/// <summary>Which of the configured amounts of memory and disk a job asks for.</summary>
public enum ResourceKind
{
    /// <summary><c>peaklets_memory</c>, <c>peaklets_disk</c>: the per-chunk level.</summary>
    Peaklets,

    /// <summary><c>events_memory</c>, <c>events_disk</c>: the event level.</summary>
    Events,

    /// <summary><c>combine_memory</c>, <c>combine_disk</c>.</summary>
    Combine,
}

/// <summary>A data type that can be asked for (domain.md §7; <c>tables/data-types.yml</c>).</summary>
public sealed record DataType
{
    public required string Name { get; init; }

    public required string Detector { get; init; }

    /// <summary>A raw type or the name of another data type.</summary>
    public required string MadeFrom { get; init; }

    /// <summary>Data types that must be ready first when the same workflow makes them.</summary>
    public ImmutableArray<string> After { get; init; } = [];

    /// <summary>Name of its processing jobs, which is the Pegasus transformation's name.</summary>
    public required string JobName { get; init; }

    public required bool Chunked { get; init; }

    /// <summary>The types it stores; it is "already processed" when each is available.</summary>
    public required ImmutableArray<string> Stores { get; init; }

    public required ResourceKind Resources { get; init; }

    /// <summary>Whether its input is raw data, so that it cannot be made without raw data at a readable RSE.</summary>
    public required bool MadeFromRaw { get; init; }

    /// <summary>1 + the greatest depth of what it is made from or comes after; raw types have depth 0.</summary>
    public required int Depth { get; init; }
}

/// <summary>A Rucio storage element (domain.md §8; <c>tables/rses.yml</c>).</summary>
/// <param name="Name"><c>UC_OSG_USERDISK</c>.</param>
/// <param name="SiteExpression">ClassAd expression of the sites that may read from it, or null.</param>
/// <param name="DesiredSite">What <c>+XENON_DESIRED_Sites</c> names, or null.</param>
public sealed record Rse(string Name, string? SiteExpression, string? DesiredSite);

/// <summary>The facts that change with a release of the analysis software or of the grid. Read from YAML and validated on load.</summary>
public sealed class Tables
{
    private readonly ImmutableArray<string> _notForReadingNames;
    private readonly ImmutableArray<string> _notForReadingWords;
    private readonly ImmutableHashSet<string> _ledTypes;

    public Tables(
        ImmutableArray<string> detectors,
        ImmutableArray<string> rawTypes,
        ImmutableArray<DataType> dataTypes,
        ImmutableDictionary<string, Rse> rses,
        ImmutableArray<string> notForReadingNames,
        ImmutableArray<string> notForReadingWords,
        ImmutableSortedDictionary<string, ImmutableArray<string>> ledModes,
        ImmutableArray<string> excludingTags,
        string fingerprint)
    {
        Detectors = detectors;
        RawTypes = rawTypes;
        DataTypes = dataTypes.ToImmutableDictionary(t => t.Name, StringComparer.Ordinal);
        Names = [.. dataTypes.Select(t => t.Name)];
        Rses = rses;
        LedModes = ledModes;
        ExcludingTags = excludingTags;
        Fingerprint = fingerprint;
        _notForReadingNames = notForReadingNames;
        _notForReadingWords = notForReadingWords;
        _ledTypes = [.. ledModes.Values.SelectMany(types => types)];
    }

    public ImmutableArray<string> Detectors { get; }

    public ImmutableArray<string> RawTypes { get; }

    /// <summary>All data types by name.</summary>
    public ImmutableDictionary<string, DataType> DataTypes { get; }

    /// <summary>The names of all data types, in the order of the table.</summary>
    public ImmutableArray<string> Names { get; }

    public ImmutableDictionary<string, Rse> Rses { get; }

    /// <summary>LED mode → the only data types made in it.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> LedModes { get; }

    /// <summary>A run with one of these tags is never processed.</summary>
    public ImmutableArray<string> ExcludingTags { get; }

    /// <summary>SHA-256 of the tables' content; part of every stage's fingerprint.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether the type is made in LED modes only.</summary>
    public bool IsLedType(string dataType) => _ledTypes.Contains(dataType);

    /// <summary>Whether raw data may be read from that RSE at all: it is neither tape nor one that no job can reach.</summary>
    public bool IsReadable(string rse) =>
        !_notForReadingNames.Contains(rse, StringComparer.Ordinal) && !IsTape(rse);

    /// <summary>Whether its name says that it is tape.</summary>
    public bool IsTape(string rse) => _notForReadingWords.Any(word => rse.Contains(word, StringComparison.Ordinal));

    /// <summary>The raw type at the beginning of the chain that leads to a data type.</summary>
    public string RawTypeOf(DataType type)
    {
        while (!type.MadeFromRaw)
        {
            type = DataTypes[type.MadeFrom];
        }

        return type.MadeFrom;
    }
}
