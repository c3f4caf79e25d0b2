using System.Collections.Immutable;

namespace Outsource.Model.Levels;

/// <summary>What a detector's runs are made into.</summary>
/// <param name="Name"><c>tpc</c>.</param>
/// <param name="Raw">Its raw data.</param>
/// <param name="Lower">Types of the lower level, made from parts of the chunks.</param>
/// <param name="Upper">Types that can be asked for of the upper level.</param>
public sealed record DetectorLevels(string Name, string Raw, ImmutableArray<string> Lower, ImmutableArray<string> Upper)
{
    /// <summary>All that can be asked for.</summary>
    public IEnumerable<string> Possible => Lower.Concat(Upper);
}

/// <summary>The table <c>levels.yml</c>.</summary>
/// <param name="Detectors">The detectors, in the table's order.</param>
/// <param name="LedModes">Mode → the only types made from its runs.</param>
/// <param name="Path">The file.</param>
public sealed record LevelTable(
    ImmutableArray<DetectorLevels> Detectors,
    ImmutableSortedDictionary<string, ImmutableArray<string>> LedModes,
    string Path
)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "levels.yml";

    /// <summary>Types that are only made in a mode of <see cref="LedModes"/>.</summary>
    public IEnumerable<string> LedTypes => LedModes.Values.SelectMany(t => t).Distinct(StringComparer.Ordinal);

    /// <summary>Whether runs of a mode are made into a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="mode">The mode; null: any that is no LED mode.</param>
    public bool FitsMode(string type, string? mode) =>
        mode is not null && LedModes.TryGetValue(mode, out var only) ? only.Contains(type) : !LedTypes.Contains(type);
}
