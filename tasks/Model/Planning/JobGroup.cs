using System.Collections.Immutable;
using System.Globalization;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.Model.Planning;

/// <summary>
/// The jobs of one run and data type, or one run and level: chunk jobs with their combine job, or a single job (docs/domain.md §8). One
/// line of <c>plan.jsonl</c>.
/// </summary>
public sealed record JobGroup
{
    /// <summary>Name of combine jobs; in a plan by level the detector follows.</summary>
    public const string CombineJob = "combine";

    public required int Run { get; init; }

    /// <summary>The data type; in a plan by level, the level: <c>lower_tpc</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What a plan by level has besides; null: a plan by type.</summary>
    public LevelJobs? Level { get; init; }

    /// <summary>Name of the processing jobs (of the Pegasus transformation).</summary>
    public required string JobName { get; init; }

    /// <summary>Chunks of the input; 0 for a type that is not chunked.</summary>
    public required int Chunks { get; init; }

    /// <summary>Chunks in one job; 0 for a type that is not chunked, and where jobs have different numbers of chunks.</summary>
    public required int ChunksPerJob { get; init; }

    /// <summary>What each processing job asks for; where they differ, the most that one asks for.</summary>
    public required Resources Resources { get; init; }

    /// <summary>What the combine job asks for; null for a type that is not chunked.</summary>
    public Resources? CombineResources { get; init; }

    /// <summary>ClassAd expression of the processing jobs.</summary>
    public required string Requirements { get; init; }

    /// <summary>ClassAd expression of the combine job; null for a type that is not chunked.</summary>
    public string? CombineRequirements { get; init; }

    /// <summary>Value of <c>+XENON_DESIRED_Sites</c> with its quotes; null for a type that is not chunked.</summary>
    public string? DesiredSites { get; init; }

    /// <summary>ClassAd expression of preference of the processing jobs, or null.</summary>
    public string? Rank { get; init; }

    public required PlannedInput Input { get; init; }

    /// <summary>Bytes of the input, from Rucio's listing or else from the run document; null when neither has a size.</summary>
    public long? InputBytes { get; init; }

    /// <summary>Types of the same run and workflow whose last job comes before, ascending by depth.</summary>
    public ImmutableArray<string> Parents { get; init; } = [];

    /// <summary>Stored type → lineage hash, as the jobs have to find them.</summary>
    public required ImmutableSortedDictionary<string, string> Hashes { get; init; }

    /// <summary>Whether it is cut into chunk jobs.</summary>
    public bool Chunked => ChunksPerJob > 0 || Level is { Stops.IsEmpty: false };

    /// <summary>Number of processing jobs: ⌈chunks / chunks per job⌉, or 1.</summary>
    public int ProcessingJobs =>
        Level is { Stops.IsEmpty: false } level ? level.Stops.Length
        : Chunked ? (int)(((long)Chunks + ChunksPerJob - 1) / ChunksPerJob)
        : 1;

    /// <summary>Number of all jobs.</summary>
    public int Jobs => Chunked ? ProcessingJobs + 1 : 1;

    /// <summary>Name of the combine job (of the Pegasus transformation).</summary>
    public string CombineName => Level is { } level ? $"{CombineJob}_{level.Detector}" : CombineJob;

    /// <summary>The chunks of job <paramref name="index"/>, half open.</summary>
    public (int Start, int Stop) ChunksOf(int index) =>
        Level is { Stops.IsEmpty: false } level
            ? (index == 0 ? 0 : level.Stops[index - 1], level.Stops[index])
            : (index * ChunksPerJob, Math.Min((index + 1) * ChunksPerJob, Chunks));

    /// <summary>What processing job <paramref name="index"/> asks for.</summary>
    public Resources ResourcesOf(int index) => Level is { } level ? level.PerJob[index] : Resources;

    /// <summary>The ends of the groups: <c>10,20,23</c>.</summary>
    public string ChunkStops =>
        string.Join(',', Enumerable.Range(0, ProcessingJobs).Select(i => ChunksOf(i).Stop.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Output of processing job <paramref name="index"/>.</summary>
    public string OutputOf(int index) =>
        Level is { } level
            ? Chunked
                ? string.Create(CultureInfo.InvariantCulture, $"{level.Key}-output-{index:D4}.tar.gz")
                : $"{level.Key}-output.tar.gz"
        : Chunked ? string.Create(CultureInfo.InvariantCulture, $"{RunDocument.Padded(Run)}-output-{Type}-{index:D4}.tar.gz")
        : $"{RunDocument.Padded(Run)}-output-{Type}.tar.gz";

    /// <summary>What jobs that depend on this type take in: the combine job's output, or the single job's.</summary>
    public string LastOutput =>
        Level is { } level ? $"{level.Key}-output.tar.gz"
        : Chunked ? $"{RunDocument.Padded(Run)}-{Type}-combined.tar.gz"
        : OutputOf(0);
}
