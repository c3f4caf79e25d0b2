using System.Collections.Immutable;

namespace Outsource.Settings.Keys;

/// <summary>The image the jobs run in.</summary>
/// <param name="Path">Full path below CVMFS: <c>/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1</c>.</param>
/// <param name="Tag">The release tag behind the colon, or null when the path has none.</param>
public sealed record ImageReference(string Path, string? Tag)
{
    /// <summary>What a bare tag is put behind (docs/domain.md §1).</summary>
    public const string Prefix = "/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:";

    /// <summary>No image: a canary runs on the bare node.</summary>
    public static ImageReference None { get; } = new("", null);
}

/// <summary>Whether image and context document were made for each other.</summary>
public enum ImageProof
{
    /// <summary>Both carry the same tag.</summary>
    Proven,

    /// <summary>The document carries no tag, or the image's path has none: nothing is known.</summary>
    Unproven,

    /// <summary>The tags differ and the operator accepted that with <c>--accept-image-mismatch</c>.</summary>
    MismatchAccepted,
}

/// <summary>Memory and disk that a kind of job asks for.</summary>
/// <param name="MemoryMb">MB.</param>
/// <param name="DiskKb">KB.</param>
public sealed record Resources(long MemoryMb, long DiskKb);

/// <summary>
/// All settings of one invocation, resolved and validated: argument, else file, else default. Immutable; holds no secret.
/// </summary>
public sealed record OutsourceSettings
{
    // ---- where they came from

    /// <summary>The <c>.xenon_config</c> that was read. Absolute.</summary>
    public required string ConfigFile { get; init; }

    /// <summary>Whether that is the embedded demo, taken because nothing else was found.</summary>
    public bool Demo { get; init; }

    /// <summary>
    /// Setting name → where its value came from ("argument --run", "/home/x/.xenon_config:12", "default", "environment CONDA_PREFIX").
    /// </summary>
    public ImmutableSortedDictionary<string, string> Origins { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The time of planning, UTC.</summary>
    public required DateTimeOffset Clock { get; init; }

    public required string User { get; init; }

    public required string Home { get; init; }

    // ---- what is asked for (docs/domain.md §5)
    public required string Context { get; init; }

    /// <summary>
    /// The global version of the corrections, <c>global_v15</c>, given to the context's function in jobs; null: the context's own.
    /// </summary>
    public string? XedocsVersion { get; init; }

    public required ImageReference Image { get; init; }

    /// <summary>Name of the workflow and of its directories.</summary>
    public required string Name { get; init; }

    /// <summary>Whether <see cref="Name"/> was taken from the date, so that <c>-2</c>, <c>-3</c> … may follow.</summary>
    public bool NameFromDate { get; init; }

    /// <summary><c>tpc</c>, <c>neutron_veto</c>, <c>muon_veto</c>, or null for all.</summary>
    public string? Detector { get; init; }

    /// <summary>Only these runs, ascending, each once; null when neither <c>--run</c> nor <c>--runlist</c> is given.</summary>
    public ImmutableArray<int>? Runs { get; init; }

    /// <summary>First run number, inclusive, or null.</summary>
    public int? From { get; init; }

    /// <summary>Last run number, inclusive, or null.</summary>
    public int? To { get; init; }

    /// <summary>Only these modes; empty: all but <see cref="ExcludeModes"/>.</summary>
    public ImmutableArray<string> Modes { get; init; } = [];

    /// <summary>Only these sources; empty: all but <see cref="ExcludeSources"/>.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>Whether jobs have data brought from tape to disk before they read it.</summary>
    public bool Stage { get; init; }

    public bool Debug { get; init; }

    /// <summary>Process what is processed already.</summary>
    public bool Force { get; init; }

    /// <summary>Process also what another workflow makes now.</summary>
    public bool IncludeInFlight { get; init; }

    public bool AcceptImageMismatch { get; init; }

    // ---- [Outsource] keys (docs/domain.md §4)

    /// <summary>Everything we write goes below it. Absolute.</summary>
    public required string WorkDir { get; init; }

    /// <summary>Whether operators of one group work below <see cref="WorkDir"/> together.</summary>
    public bool ShareWithGroup { get; init; }

    /// <summary>Prefix of the Pegasus installation. Absolute.</summary>
    public required string PegasusPath { get; init; }

    public ImmutableArray<string> ExcludeSites { get; init; } = [];

    /// <summary>Data types asked for, each once, in the order given.</summary>
    public required ImmutableArray<string> DataTypes { get; init; }

    public required ImmutableArray<string> RawRecordsRse { get; init; }

    public required string RecordsRse { get; init; }

    public required string PeakletsRse { get; init; }

    public required string EventsRse { get; init; }

    public ImmutableArray<string> ExcludeModes { get; init; } = [];

    /// <summary>
    /// Only these modes, where <see cref="Modes"/> is empty; empty: all. Patterns with <c>*</c> and <c>?</c>, as in the five that follow.
    /// </summary>
    public ImmutableArray<string> IncludeModes { get; init; } = [];

    /// <summary>Only these sources, where <see cref="Sources"/> is empty; empty: all.</summary>
    public ImmutableArray<string> IncludeSources { get; init; } = [];

    /// <summary>Not these sources, where <see cref="Sources"/> is empty.</summary>
    public ImmutableArray<string> ExcludeSources { get; init; } = [];

    /// <summary>Only runs with one of these tags; empty: all.</summary>
    public ImmutableArray<string> IncludeTags { get; init; } = [];

    /// <summary>No run with one of these tags; null: those of the table of modes.</summary>
    public ImmutableArray<string>? ExcludeTags { get; init; }

    public bool UseXsede { get; init; }

    public string? NotificationEmail { get; init; }

    public int MinRunNumber { get; init; } = 666;

    /// <summary>Upper bound that always applies, inclusive; null: none.</summary>
    public int? MaxRunNumber { get; init; }

    public int MaxDaily { get; init; } = 2000;

    public bool Hs06TestRun { get; init; }

    public string? ThisSiteOnly { get; init; }

    public int ChunksPerJob { get; init; } = 10;

    public Resources Combine { get; init; } = new(60000, 120000000);

    public Resources Peaklets { get; init; } = new(14500, 50000000);

    public Resources Events { get; init; } = new(60000, 120000000);

    public bool UsOnly { get; init; }

    /// <summary>A property file whose entries are put behind our own <c>pegasus.properties</c>. Absolute, or null.</summary>
    public string? PegasusProperties { get; init; }

    /// <summary>A file merged over the built-in sites. Absolute, or null.</summary>
    public string? SiteProfile { get; init; }

    // ---- what the jobs run

    /// <summary>Whether stand-ins run that need no image, no service and no credentials.</summary>
    public bool Canary { get; init; }

    /// <summary>Canary jobs that are to fail: <c>RUN:TYPE[:GROUP]</c>.</summary>
    public ImmutableArray<string> CanaryFail { get; init; } = [];

    /// <summary>Seconds that a canary works, as typed, or null.</summary>
    public string? CanarySleep { get; init; }

    /// <summary>MB of a canary's chunk, as typed, or null.</summary>
    public string? CanaryMegabytes { get; init; }

    /// <summary>A folder whose tables replace ours, file by file. Absolute, or null.</summary>
    public string? TablesFolder { get; init; }

    // ---- sources

    /// <summary><c>rest</c>, <c>mongo</c> or <c>file:/absolute/path</c>.</summary>
    public required string RunDb { get; init; }

    /// <summary><c>rest</c> or <c>file:/absolute/path</c>.</summary>
    public required string Rucio { get; init; }

    /// <summary>Requests to a service under way at the same time.</summary>
    public int MaxParallelRequests { get; init; } = 16;

    /// <summary>File with context documents. Absolute, or null: ask the RunDB.</summary>
    public string? ContextFile { get; init; }

    /// <summary>Straxen version of the context document to ask the REST service for, or null.</summary>
    public string? StraxenVersion { get; init; }

    // ---- what the jobs take along

    /// <summary>The proxy file. Absolute.</summary>
    public required string Proxy { get; init; }

    /// <summary>The token file the jobs read. Absolute.</summary>
    public required string Token { get; init; }

    /// <summary>The cutax tarball (docs/domain.md §8). Absolute.</summary>
    public required string CutaxTarball { get; init; }

    /// <summary>The lowest number a run may have: <see cref="From"/>, but never below <see cref="MinRunNumber"/>.</summary>
    public int LowestRun => Math.Max(From ?? 0, MinRunNumber);

    /// <summary>The highest number a run may have: <see cref="To"/>, but never above <see cref="MaxRunNumber"/>; null: any.</summary>
    public int? HighestRun => To is { } to && MaxRunNumber is { } most ? Math.Min(to, most) : To ?? MaxRunNumber;

    /// <summary>Folder of the artifacts: <c>{work_dir}/generated/{NAME}</c>.</summary>
    public string GeneratedFolder => Path.Combine(WorkDir, "generated", Name);

    /// <summary>Folder of results that come back: <c>{work_dir}/outputs/{NAME}</c>.</summary>
    public string OutputsFolder => Path.Combine(WorkDir, "outputs", Name);

    /// <summary>
    /// Folder the planner writes to: <c>{work_dir}/runs/straxen_v{version}/{context}</c>; the submit directory is <c>{NAME}</c> below it.
    /// </summary>
    public string RunsFolder(string straxenVersion) => Path.Combine(WorkDir, "runs", $"straxen_v{straxenVersion}", Context);
}
