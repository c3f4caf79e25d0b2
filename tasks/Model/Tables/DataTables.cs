using System.Collections.Immutable;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;

namespace Outsource.Model.Tables;

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

/// <summary>A data type that can be asked for (docs/domain.md §7; <c>tables/data-types.yml</c>).</summary>
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

    /// <summary>
    /// The types it stores; it is "already processed" when each is available. Of all releases, until <see cref="DataTables.For"/> leaves
    /// out what one release has not.
    /// </summary>
    public required ImmutableArray<string> Stores { get; init; }

    /// <summary>Stored types that only some releases have, and which.</summary>
    public ImmutableDictionary<string, ReleaseSpan> StoredIn { get; init; } = ImmutableDictionary<string, ReleaseSpan>.Empty;

    /// <summary>The releases that have the type at all.</summary>
    public ReleaseSpan Releases { get; init; } = ReleaseSpan.All;

    public required ResourceKind Resources { get; init; }

    /// <summary>Memory of its own, MB, before that of <see cref="Resources"/>; null: none.</summary>
    public long? MemoryMb { get; init; }

    /// <summary>Disk of its own, KB, before that of <see cref="Resources"/>; null: none.</summary>
    public long? DiskKb { get; init; }

    /// <summary>What its processing jobs request: of the type in the settings, else of the type in the table, else of its level.</summary>
    public Resources RequestedBy(OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var level = Resources == ResourceKind.Peaklets ? settings.Peaklets : settings.Events;
        return new Resources(settings.Memory.Of(Name) ?? MemoryMb ?? level.MemoryMb, settings.Disk.Of(Name) ?? DiskKb ?? level.DiskKb);
    }

    /// <summary>Whether its input is raw data, so that it cannot be made without raw data at a readable RSE.</summary>
    public required bool MadeFromRaw { get; init; }

    /// <summary>Why the release of a context document has not this type; null: it has.</summary>
    public string? ReleasedFor(ContextDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return Releases.Holds(document, Stores.Any(document.Hashes.ContainsKey))
            ? null
            : $"data type '{Name}' is made {Releases}, and context '{document.Name}' of {document.Origin} is of straxen "
                + $"{document.StraxenVersion}{(document.StraxVersion is { } strax ? $", strax {strax}" : "")}. Drop '{Name}' from "
                + "dtypes, or choose a context of another release.";
    }

    /// <summary>1 + the greatest depth of what it is made from or comes after; raw types have depth 0.</summary>
    public required int Depth { get; init; }
}

/// <summary>A Rucio storage element (docs/domain.md §8; <c>tables/rses.yml</c>).</summary>
/// <param name="Name"><c>UC_OSG_USERDISK</c>.</param>
/// <param name="SiteExpression">ClassAd expression of the sites that may read from it, or null.</param>
/// <param name="DesiredSite">What <c>+XENON_DESIRED_Sites</c> names, or null.</param>
/// <param name="Tape">Whether it is tape for the jobs' packages: data is brought online before it is read.</param>
/// <param name="Chosen">Whether the jobs' packages ever choose it to read from.</param>
public sealed record Rse(string Name, string? SiteExpression, string? DesiredSite, bool Tape = false, bool Chosen = true)
{
    /// <summary>The part of the world to which <c>us_only</c> and <c>eu_only</c> bind jobs.</summary>
    public RseGroup Group { get; init; }

    /// <summary>The one site near it, to which <c>site_only</c> binds jobs; or null.</summary>
    public string? LevelSite { get; init; }
}

/// <summary>Where an RSE is, as far as jobs of a plan by level are bound to it.</summary>
public enum RseGroup
{
    /// <summary>Jobs that read from it are not bound to any place.</summary>
    None,

    /// <summary>In the US.</summary>
    Us,

    /// <summary>In Europe.</summary>
    Eu,
}

/// <summary>What jobs do about data on tape.</summary>
public enum TapeAccess
{
    /// <summary>They do not read it.</summary>
    None,

    /// <summary>They have it brought to disk before they read it (<c>--stage</c>).</summary>
    Staged,
}

/// <summary>What the tables hold.</summary>
/// <param name="Detectors">The detectors.</param>
/// <param name="RawTypes">The raw types.</param>
/// <param name="DataTypes">The data types, in the order of the table.</param>
/// <param name="Rses">The storage elements by name.</param>
/// <param name="NotForReadingNames">RSEs that no job can read from.</param>
/// <param name="NotForReadingParts">RSEs whose name holds one of these are tape.</param>
/// <param name="LedModes">LED mode → the only data types made in it.</param>
/// <param name="ExcludingTags">A run with one of these tags is never processed.</param>
public sealed record TableContent(
    ImmutableArray<string> Detectors,
    ImmutableArray<string> RawTypes,
    ImmutableArray<DataType> DataTypes,
    ImmutableDictionary<string, Rse> Rses,
    ImmutableArray<string> NotForReadingNames,
    ImmutableArray<string> NotForReadingParts,
    ImmutableSortedDictionary<string, ImmutableArray<string>> LedModes,
    ImmutableArray<string> ExcludingTags
);

/// <summary>The facts that change with a release of the analysis software or of the grid. Read from YAML and validated on load.</summary>
public sealed class DataTables
{
    private readonly TableContent _content;
    private readonly ImmutableHashSet<string> _ledTypes;

    /// <param name="content">What the tables hold.</param>
    /// <param name="fingerprint">SHA-256 of their text.</param>
    public DataTables(TableContent content, string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(content);
        _content = content;
        Fingerprint = fingerprint;
        DataTypes = content.DataTypes.ToImmutableDictionary(t => t.Name, StringComparer.Ordinal);
        Names = [.. content.DataTypes.Select(t => t.Name)];
        _ledTypes = [.. content.LedModes.Values.SelectMany(types => types)];
    }

    public ImmutableArray<string> Detectors => _content.Detectors;

    public ImmutableArray<string> RawTypes => _content.RawTypes;

    /// <summary>All data types by name.</summary>
    public ImmutableDictionary<string, DataType> DataTypes { get; }

    /// <summary>The names of all data types, in the order of the table.</summary>
    public ImmutableArray<string> Names { get; }

    public ImmutableDictionary<string, Rse> Rses => _content.Rses;

    /// <summary>LED mode → the only data types made in it.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> LedModes => _content.LedModes;

    /// <summary>A run with one of these tags is never processed.</summary>
    public ImmutableArray<string> ExcludingTags => _content.ExcludingTags;

    /// <summary>SHA-256 of the tables' content; part of every stage's fingerprint.</summary>
    public string Fingerprint { get; }

    /// <summary>Whether the type is made in LED modes only.</summary>
    public bool IsLedType(string dataType) => _ledTypes.Contains(dataType);

    /// <summary>The tables as the release of a context document has them: stored types that it has not are left out.</summary>
    public DataTables For(ContextDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var types = _content.DataTypes.Select(t =>
            t.StoredIn.IsEmpty
                ? t
                : t with
                {
                    Stores =
                    [
                        .. t.Stores.Where(s =>
                            !t.StoredIn.TryGetValue(s, out var span) || span.Holds(document, document.Hashes.ContainsKey(s))
                        ),
                    ],
                }
        );
        return new DataTables(_content with { DataTypes = [.. types] }, Fingerprint);
    }

    /// <summary>
    /// Whether jobs can read from that RSE: jobs can reach it, the jobs' packages choose it, and it is not tape, or what is
    /// there is staged first.
    /// </summary>
    /// <param name="rse">The RSE. One that the table does not have counts as disk.</param>
    /// <param name="tape">What jobs do about data on tape.</param>
    public bool IsReadable(string rse, TapeAccess tape = TapeAccess.None) => WhyNotReadable(rse, tape) is null;

    /// <summary>Why jobs cannot read from that RSE, as "which …"; null: they can.</summary>
    public string? WhyNotReadable(string rse, TapeAccess tape = TapeAccess.None) =>
        _content.NotForReadingNames.Contains(rse, StringComparer.Ordinal) ? "which jobs cannot read"
        : IsTape(rse) && tape == TapeAccess.None ? "which is tape"
        : Rses.TryGetValue(rse, out var known) && !known.Chosen
            ? IsTape(rse) ? "which is tape that the jobs' packages never choose"
                : "which the jobs' packages never choose"
        : null;

    /// <summary>Whether it is tape for jobs, by the table or by its name.</summary>
    public bool IsTape(string rse) =>
        (Rses.TryGetValue(rse, out var known) && known.Tape)
        || _content.NotForReadingParts.Any(part => rse.Contains(part, StringComparison.Ordinal));

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
