using System.Collections.Immutable;

namespace Outsource.Model.Levels;

/// <summary>What kind of job it is, in a plan by level.</summary>
public enum LevelJob
{
    /// <summary>Makes the per-chunk types from some of the chunks.</summary>
    Lower,

    /// <summary>Merges what the lower jobs made.</summary>
    Combine,

    /// <summary>Makes the other types from the whole run.</summary>
    Upper,
}

/// <summary>A straight line: a prediction from an amount of input.</summary>
/// <param name="Slope">MB for each MB of input.</param>
/// <param name="Constant">MB.</param>
public sealed record Line(double Slope, double Constant)
{
    /// <summary>Its value in MB.</summary>
    /// <param name="input">Input in MB, uncompressed.</param>
    public double At(double input) => (Slope * input) + Constant;
}

/// <summary>How many rows of a data kind come out of a row of raw data, and how far they are compressed.</summary>
/// <param name="First">Rows for a row of raw data, in the first seconds of a run.</param>
/// <param name="Later">The same afterwards.</param>
/// <param name="Compression">Stored bytes for each byte in memory.</param>
public sealed record KindRate(double First, double Later, double Compression);

/// <summary>Bytes of the types of a detector: kind → rate. A kind that is not named costs nothing.</summary>
/// <param name="Kinds">Data kind → rate.</param>
/// <param name="FirstSeconds">Seconds at the begin of a run that count as first; null: none, or as the context says.</param>
/// <param name="FirstSecondsOfContext">Whether the context description says the seconds.</param>
public sealed record DetectorDisk(ImmutableSortedDictionary<string, KindRate> Kinds, double? FirstSeconds, bool FirstSecondsOfContext)
{
    /// <summary>No kind costs anything.</summary>
    public static DetectorDisk None { get; } =
        new(ImmutableSortedDictionary<string, KindRate>.Empty, FirstSeconds: null, FirstSecondsOfContext: false);
}

/// <summary>What a detector's runs are made into.</summary>
/// <param name="Name"><c>tpc</c>.</param>
/// <param name="Raw">Its raw data.</param>
/// <param name="Lower">Types of the lower level, made from parts of the chunks.</param>
/// <param name="Upper">Types that can be asked for of the upper level.</param>
public sealed record DetectorLevels(string Name, string Raw, ImmutableArray<string> Lower, ImmutableArray<string> Upper)
{
    /// <summary>Memory of its jobs, MB by MB of uncompressed raw data: of the greatest chunk in a lower job, else of the run.</summary>
    public ImmutableDictionary<LevelJob, Line> Memory { get; init; } = ImmutableDictionary<LevelJob, Line>.Empty;

    /// <summary>Bytes of what is stored.</summary>
    public DetectorDisk Disk { get; init; } = DetectorDisk.None;

    /// <summary>All that can be asked for.</summary>
    public IEnumerable<string> Possible => Lower.Concat(Upper);
}

/// <summary>A mode of the run in which LEDs flash.</summary>
/// <param name="Types">The only types made from such runs.</param>
/// <param name="Memory">Where the memory of its jobs differs.</param>
public sealed record LedMode(ImmutableArray<string> Types, ImmutableDictionary<LevelJob, Line> Memory);

/// <summary>Factors on the predictions.</summary>
/// <param name="Memory">On memory.</param>
/// <param name="Disk">On disk.</param>
/// <param name="SaltaxMemory">On memory with saltax, instead of <paramref name="Memory"/>.</param>
/// <param name="SaltaxDisk">On disk with saltax, besides <paramref name="Disk"/>.</param>
public sealed record LevelFactors(double Memory, double Disk, double SaltaxMemory, double SaltaxDisk)
{
    /// <summary>As it is predicted.</summary>
    public static LevelFactors One { get; } = new(1, 1, 1, 1);
}

/// <summary>The table <c>levels.yml</c>.</summary>
/// <param name="Detectors">The detectors, in the table's order.</param>
/// <param name="LedModes">Mode → what is made from its runs.</param>
/// <param name="Path">The file.</param>
public sealed record LevelTable(
    ImmutableArray<DetectorLevels> Detectors,
    ImmutableSortedDictionary<string, LedMode> LedModes,
    string Path
)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "levels.yml";

    /// <summary>Factors on the predictions.</summary>
    public LevelFactors Factors { get; init; } = LevelFactors.One;

    /// <summary>Plugin class → size of a chunk that a lower job makes, MB.</summary>
    public ImmutableSortedDictionary<string, int> PartChunkTargets { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Type → the key that names the RSE to upload it to, where it is not the one of its level.</summary>
    public ImmutableSortedDictionary<string, string> UploadKeys { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Raw types, besides the detector's own, whose size does not count for the disk of the jobs that read them.</summary>
    public ImmutableHashSet<string> Uncounted { get; init; } = [];

    /// <summary>Local folders of data, where <c>no_remote</c> is set and <c>local_data</c> is not. Absolute.</summary>
    public ImmutableArray<string> LocalData { get; init; } = [];

    /// <summary>SHA-256 of its text.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>Types that are only made in a mode of <see cref="LedModes"/>.</summary>
    public ImmutableHashSet<string> LedTypes { get; } = [.. LedModes.Values.SelectMany(m => m.Types)];

    /// <summary>Whether runs of a mode are made into a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="mode">The mode; null: any that is no LED mode.</param>
    public bool FitsMode(string type, string? mode) =>
        mode is not null && LedModes.TryGetValue(mode, out var only) ? only.Types.Contains(type) : !LedTypes.Contains(type);

    /// <summary>Memory of a kind of job; null: the table does not say.</summary>
    /// <param name="detector">The detector.</param>
    /// <param name="job">The kind of job.</param>
    /// <param name="mode">The mode of the run; null: any that is no LED mode.</param>
    public Line? MemoryOf(DetectorLevels detector, LevelJob job, string? mode)
    {
        ArgumentNullException.ThrowIfNull(detector);
        return mode is not null && LedModes.TryGetValue(mode, out var led) && led.Memory.TryGetValue(job, out var other)
            ? other
            : detector.Memory.GetValueOrDefault(job);
    }
}
