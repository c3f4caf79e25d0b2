using System.Collections.Immutable;

namespace Outsource.Model.Ledger;

/// <summary>Raw data besides the detector's own that an upper level reads.</summary>
/// <param name="Type"><c>raw_records_he</c>.</param>
/// <param name="SizeMb">Stored MB as far as known, or null.</param>
public sealed record OtherRaw(string Type, double? SizeMb);

/// <summary>What the plan has to know about a level that is to be made of a run.</summary>
/// <param name="RawDid">DID of the raw data of its detector, from whose chunks memory, disk and groups follow.</param>
/// <param name="SizesMb">Sizes of it in MB without compression, as the run document's entries say; the one of the RSE that is read first
/// comes first. May be empty.</param>
/// <param name="Seconds">Length of the run in seconds; null: it does not matter.</param>
/// <param name="LedMode">The run's LED mode, or null.</param>
/// <param name="Without">Types that were asked for and cannot be made of this run, ascending.</param>
/// <param name="ToMake">What the level stores of which something is missing, in the order of strax.</param>
/// <param name="Missing">What of it is not stored, or is to be made although it is.</param>
/// <param name="Others">Other raw data that it reads.</param>
public sealed record LevelWork(
    string RawDid,
    ImmutableArray<double> SizesMb,
    double? Seconds,
    string? LedMode,
    ImmutableArray<string> Without,
    ImmutableArray<string> ToMake,
    ImmutableArray<string> Missing,
    ImmutableArray<OtherRaw> Others
);
