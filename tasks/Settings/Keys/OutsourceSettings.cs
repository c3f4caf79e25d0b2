using System.Collections.Immutable;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>The image the jobs run in.</summary>
/// <param name="Path">Full path below CVMFS: <c>/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:2024.02.1</c>.</param>
/// <param name="Tag">The release tag behind the colon, or null when the path has none.</param>
public sealed record ImageReference(string Path, string? Tag)
{
    /// <summary>The prefix of a bare tag (docs/domain.md §1).</summary>
    public const string Prefix = "/cvmfs/singularity.opensciencegrid.org/xenonnt/base-environment:";

    /// <summary>No image: a canary runs directly on the node.</summary>
    public static ImageReference None { get; } = new("", null);
}

/// <summary>Whether image and context document are of the same release.</summary>
public enum ImageProof
{
    /// <summary>Both have the same tag.</summary>
    Proven,

    /// <summary>The document has no tag, or the image's path has none: unknown.</summary>
    Unproven,

    /// <summary>The tags differ, and the operator accepted that with <c>--accept-image-mismatch</c>.</summary>
    MismatchAccepted,
}

/// <summary>Memory and disk that a kind of job requests.</summary>
/// <param name="MemoryMb">MB.</param>
/// <param name="DiskKb">KB.</param>
public sealed record Resources(long MemoryMb, long DiskKb);

/// <summary>What the jobs run.</summary>
public enum JobPayload
{
    /// <summary>The real programs.</summary>
    Strax,

    /// <summary>Test programs that need no image, no service and no credentials.</summary>
    Canary,
}

/// <summary>
/// All settings of one invocation, resolved and validated: from the option, or else the file, or else the default. Immutable; contains no
/// secret. One entry per setting: the attribute declares it, the property's type says how it is read and written, its initial value is the
/// default.
/// </summary>
public sealed record OutsourceSettings
{
    private const long Much = long.MaxValue / 1000;

    private const string InProperties = "that of pegasus.properties";

    // ---- where they came from

    /// <summary>The <c>.xenon_config</c> that was read. Absolute.</summary>
    [Setting("the configuration that was read")]
    public required string ConfigFile { get; init; }

    /// <summary>Whether that is the embedded demo, used because nothing else was found.</summary>
    [Setting("whether that is the embedded demo")]
    public bool Demo { get; init; }

    /// <summary>
    /// Setting name → origin of its value ("argument --run", "/home/x/.xenon_config:12", "default", "environment CONDA_PREFIX").
    /// </summary>
    public ImmutableSortedDictionary<string, string> Origins { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The time of planning, UTC.</summary>
    [Setting("the time of planning", Incidental = true)]
    public required DateTimeOffset Clock { get; init; }

    [Setting("who plans")]
    public required string User { get; init; }

    [Setting("the home folder")]
    public required string Home { get; init; }

    // ---- what is requested (docs/domain.md §5)

    /// <summary>How the work is divided into jobs; by level if the configuration asks for types by level.</summary>
    [Setting("how a run is divided into jobs: a job family for each data type, or one for each level (lower, combine, upper)",
        SetBy.Both, Default = "by-level with include_data_types or raw_records_rses in the configuration, else by-type",
        Placeholder = "by-type|by-level", Sample = "by-level")]
    public PlanKind Plan { get; init; }

    [Setting("strax context to process with", SetBy.Both, Placeholder = "NAME", Sample = "xenonnt_v14", Also = [Target.Context])]
    public required string Context { get; init; }

    /// <summary>
    /// The global version of the corrections, <c>global_v15</c>, passed to the context's function in jobs; null: the context's own.
    /// </summary>
    [Setting("global version of the corrections, passed to the context in this program and in the jobs", SetBy.Both,
        Placeholder = "VERSION", Default = "the context's own", Sample = "global_v14", Also = [Target.Context])]
    public string? XedocsVersion { get; init; }

    [Setting("image of the jobs: full path, URL (docker://…, osdf://…), or a tag of the base environment", SetBy.Both,
        Placeholder = "PATH|TAG", Default = "that of the release whose setup.sh was sourced", Variable = "CONDA_PREFIX or $PATH",
        Sample = "2024.02.1", Also = [Target.Context])]
    public required ImageReference Image { get; init; }

    /// <summary>Name of the workflow and of its directories.</summary>
    [Setting("name of the workflow and its directories")]
    public required string Name { get; init; }

    /// <summary>Whether <see cref="Name"/> was taken from the date, so that <c>-2</c>, <c>-3</c> … may follow.</summary>
    [Setting("whether the name was taken from the date", Incidental = true)]
    public bool NameFromDate { get; init; }

    /// <summary><c>tpc</c>, <c>neutron_veto</c>, <c>muon_veto</c>, or null for all.</summary>
    [Setting("only runs of this detector, and only its data types: tpc, neutron_veto, muon_veto or all", SetBy.Both,
        Placeholder = "all|tpc|neutron_veto|muon_veto", Default = "all", NullText = "all", Restricts = true, Also = [Target.Context])]
    public string? Detector { get; init; }

    /// <summary>Only these runs, ascending, each once; null when neither <c>--run</c> nor <c>--runlist</c> is given.</summary>
    [Setting("only these runs", Name = "run")]
    public ImmutableArray<int>? Runs { get; init; }

    /// <summary>First run number, inclusive, or null.</summary>
    [Setting("first run, inclusive; never below min_run_number", SetBy.Option, Placeholder = "N", Default = "min_run_number",
        Everyday = true)]
    public int? From { get; init; }

    /// <summary>Last run number, inclusive, or null.</summary>
    [Setting("last run, inclusive", SetBy.Option, Placeholder = "N", Everyday = true)]
    public int? To { get; init; }

    /// <summary>Only runs that started at this time or later; null: any.</summary>
    [Setting("only runs that started at this time or later: a date such as 2025-06-12, or 2025-06-12T14:00, UTC", SetBy.Option,
        Placeholder = "DATE", Everyday = true)]
    public TimeBound? Since { get; init; }

    /// <summary>Only runs that started at this time or earlier; null: any.</summary>
    [Setting("only runs that started at this time or earlier; a date includes its whole day, UTC", SetBy.Option,
        Placeholder = "DATE", Everyday = true)]
    public TimeBound? Until { get; init; }

    /// <summary>Only these modes; empty: all except <see cref="ExcludeModes"/>.</summary>
    [Setting("only runs of these modes; then exclude_modes does not apply", SetBy.Option, Name = "mode", Placeholder = "MODE",
        Default = "all except exclude_modes", Everyday = true, Also = [Target.Context])]
    public ImmutableArray<string> Modes { get; init; } = [];

    /// <summary>Only these sources; empty: all but <see cref="ExcludeSources"/>.</summary>
    [Setting("only runs with these calibration sources", SetBy.Option, Name = "source", Placeholder = "SOURCE",
        Default = "all")]
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>Whether jobs request that data is staged from tape to disk before they read it.</summary>
    [Setting("jobs request staging from tape to disk before they read; then RSEs on tape are readable",
        SetBy.Both)]
    public bool Stage { get; init; }

    /// <summary>Whether results are uploaded to Rucio; see <see cref="Uploads"/>.</summary>
    [Setting("results are uploaded to Rucio; never with --debug", SetBy.Both, Default = "True", ByLevel = "False")]
    public bool RucioUpload { get; init; } = true;

    /// <summary>Whether uploaded results are entered into the RunDB; only with <see cref="RucioUpload"/>.</summary>
    [Setting("uploaded results are entered into the run database; needs rucio_upload; never with --debug", SetBy.Both,
        Default = "True", ByLevel = "False")]
    public bool RundbUpdate { get; init; } = true;

    /// <summary>The levels whose tarballs are copied to the submit host, without repeats.</summary>
    [Setting("plans by level: copy the tarballs of these levels to outputs/NAME; the switches stage-out-lower, "
        + "stage-out-combine and stage-out-upper each add one", SetBy.Option, Placeholder = "lower|combine|upper",
        Plan = PlanScope.ByLevel)]
    public ImmutableArray<StageOutLevel> StageOut { get; init; } = [];

    [Setting("plans by level: jobs delete each raw chunk when it was read, so they need less disk", SetBy.Option,
        Plan = PlanScope.ByLevel)]
    public bool RemoveHeavy { get; init; }

    [Setting("plans by level: jobs measure their memory, disk and time", SetBy.Option, Plan = PlanScope.ByLevel)]
    public bool ResourcesTest { get; init; }

    [Setting("never renew the RunDB's token for the jobs; one that would not last is a warning, an expired one an error",
        SetBy.Option, Incidental = true)]
    public bool KeepDbtoken { get; init; }

    [Setting("plan but do not start; nothing is uploaded, results are copied to outputs/NAME", SetBy.Option)]
    public bool Debug { get; init; }

    /// <summary>Process data again that is already processed; <c>--force</c> does that and replaces an existing workflow.</summary>
    [Setting("process again what is already processed; --force does that and replaces an existing workflow", SetBy.Option)]
    public bool IgnoreProcessed { get; init; }

    /// <summary>The same: <see cref="IgnoreProcessed"/>, under the name of plans by type.</summary>
    [Setting("process again what is already processed")]
    public bool Force { get; init; }

    /// <summary>Also process data that another workflow is making now.</summary>
    [Setting("also process what another workflow is making now")]
    public bool IncludeInFlight { get; init; }

    [Setting("continue although image and context document are of different releases", SetBy.Option, Acts = true)]
    public bool AcceptImageMismatch { get; init; }

    [Setting("upload also results of corrections that change under the same hash (xedocs_version = global_ONLINE)", SetBy.Option,
        Acts = true)]
    public bool AcceptOnlineCorrections { get; init; }

    /// <summary>Whether <c>summary.json</c> is written.</summary>
    [Setting("write summary.json: what each run's levels make, in the form of the Python program", SetBy.Both,
        Default = "False", ByLevel = "True")]
    public bool Summary { get; init; }

    // ---- [Outsource] keys (docs/domain.md §4)

    /// <summary>Everything that we write is below it. Absolute.</summary>
    [Setting("folder for everything that is written", SetBy.Key, Kind = KeyKind.Folder, Required = true,
        Sample = "/scratch/$USER/workflows")]
    public required string WorkDir { get; init; }

    /// <summary>Whether a group of operators works below <see cref="WorkDir"/> together.</summary>
    [Setting("the folder's group shares work_dir: its members may write there", SetBy.Key, Incidental = true)]
    public bool ShareWithGroup { get; init; }

    /// <summary>Prefix of the Pegasus installation. Absolute.</summary>
    [Setting("prefix of the Pegasus installation", SetBy.Key, Kind = KeyKind.Folder)]
    public string PegasusPath { get; init; } = "/usr";

    [Setting("GLIDEIN_Site names where no job runs", SetBy.Key, Sample = "SU-ITS, NotreDame, UConn-HPC, Purdue Geddes", Restricts = true)]
    public ImmutableArray<string> ExcludeSites { get; init; } = [];

    /// <summary>Data types to process, each once, in the order given.</summary>
    [Setting("data types to process", SetBy.Key, Name = "dtypes", Required = true, Restricts = true, Plan = PlanScope.ByType,
        Sample = "peaklets, hitlets_nv, events_nv, events_mv, event_info_double, afterpulses, led_calibration")]
    public ImmutableArray<string> DataTypes { get; init; } = [];

    /// <summary>
    /// Data types that are asked for in plans by level, each once, in the order given. One with a leading <c>+</c> is stored also if it
    /// only joins others.
    /// </summary>
    [Setting("data types to process; what they are made from is made and stored too; +TYPE stores also a type that only joins others",
        SetBy.Key, Required = true, Restricts = true, Plan = PlanScope.ByLevel,
        Sample = "peaklets, event_info_double, event_shadow, hitlets_nv, events_nv, events_mv, afterpulses, led_calibration")]
    public ImmutableArray<string> IncludeDataTypes { get; init; } = [];

    /// <summary>The key is <c>raw_records_rse</c> or <c>raw_records_rses</c>, in either plan.</summary>
    [Setting("RSEs from which raw data may be read; from tape only with --stage", SetBy.Key, Required = true, Restricts = true,
        Synonym = "raw_records_rses", Sample = "UC_OSG_USERDISK")]
    public required ImmutableArray<string> RawRecordsRse { get; init; }

    [Setting("where results of the records level are uploaded", SetBy.Key, Required = true, Sample = "UC_MIDWAY_USERDISK")]
    public required string RecordsRse { get; init; }

    [Setting("where results of the peaklets level are uploaded", SetBy.Key, Required = true, Sample = "UC_OSG_USERDISK")]
    public required string PeakletsRse { get; init; }

    [Setting("where results of the event level are uploaded", SetBy.Key, Required = true, Sample = "UC_MIDWAY_USERDISK")]
    public required string EventsRse { get; init; }

    /// <summary>Not these modes, if <see cref="Modes"/> is empty. Patterns with <c>*</c> and <c>?</c>, as in the next five lists.</summary>
    [Setting("run modes not to process; in this list and the next five, * matches any text and ? one character",
        SetBy.Key, Sample = "tpc_noise, tpc_rn_8pmts", Restricts = true)]
    public ImmutableArray<string> ExcludeModes { get; init; } = [];

    /// <summary>Only these modes, if <see cref="Modes"/> is empty; empty: all.</summary>
    [Setting("run modes to process; empty: all. --mode replaces it and exclude_modes", SetBy.Key, Sample = "tpc_bkg, tpc_kr83m",
        Restricts = true)]
    public ImmutableArray<string> IncludeModes { get; init; } = [];

    /// <summary>Only these sources, if <see cref="Sources"/> is empty; empty: all.</summary>
    [Setting("calibration sources to process; empty: all. --source replaces it and exclude_sources", SetBy.Key,
        Sample = "rn-220, kr-83m", Restricts = true)]
    public ImmutableArray<string> IncludeSources { get; init; } = [];

    /// <summary>Not these sources, if <see cref="Sources"/> is empty.</summary>
    [Setting("calibration sources not to process", SetBy.Key, Sample = "none", Restricts = true)]
    public ImmutableArray<string> ExcludeSources { get; init; } = [];

    /// <summary>Only runs with one of these tags; empty: all.</summary>
    [Setting("a run must have one of these tags; empty: no tag is required", SetBy.Key, Sample = "_sr1", Restricts = true)]
    public ImmutableArray<string> IncludeTags { get; init; } = [];

    /// <summary>No run with one of these tags; null: those of the table of modes.</summary>
    [Setting("a run must have none of these tags; if set, it replaces excluding_tags of the table of modes (bad, "
        + "abandon)", SetBy.Key, Sample = "bad, abandon, messy", Restricts = true)]
    public ImmutableArray<string>? ExcludeTags { get; init; }

    [Setting("request the XSEDE allocation", SetBy.Key)]
    public bool UseXsede { get; init; }

    [Setting("e-mail address for messages at start and end of the workflow; empty: none", SetBy.Key)]
    public string? NotificationEmail { get; init; }

    /// <summary><c>HOST</c> or <c>HOST:PORT</c>.</summary>
    [Setting("mail server that takes messages for notification_email without a login, HOST or HOST:PORT", SetBy.Key, Incidental = true,
        Sample = "localhost:25")]
    public string MailServer { get; init; } = "localhost:25";

    /// <summary>Absolute, or null.</summary>
    [Setting("file with the address of a webhook for messages, which only you can read; $OUTSOURCE_WEBHOOK_URL goes before it", SetBy.Key,
        Kind = KeyKind.File, Incidental = true, Sample = "~/.outsource-webhook")]
    public string? WebhookFile { get; init; }

    [Setting("the chat program of the webhook: slack, mattermost or teams", SetBy.Key, Incidental = true, Sample = "mattermost")]
    public WebhookForm WebhookForm { get; init; }

    [Setting("what messages are sent about: start, end, holds, failures", SetBy.Key, Incidental = true, Sample = "end, failures")]
    public ImmutableArray<string> NotifyOn { get; init; } = ["start", "end", "holds", "failures"];

    [Setting("lowest run number that is ever used", SetBy.Key, Restricts = true, ByLevel = "1")]
    public int MinRunNumber { get; init; } = 666;

    /// <summary>Highest run number that is ever used, inclusive; null: no limit.</summary>
    [Setting("highest run number that is ever used; without the key, no limit", SetBy.Key, Least = 1, Restricts = true)]
    public int? MaxRunNumber { get; init; }

    [Setting("maximum runs per submission; the newest are kept", SetBy.Key, Least = 1, Restricts = true)]
    public int MaxDaily { get; init; } = 2000;

    /// <summary>At most so many runs, drawn by a rule that gives the same runs each time; null: no such limit.</summary>
    [Setting("maximum runs per submission, drawn at random, the same each time; not together with max_daily", SetBy.Key, Least = 1,
        Restricts = true, Sample = "50")]
    public int? MaxNum { get; init; }

    [Setting("only UChicago nodes with a known HS06 score", SetBy.Key, Name = "hs06_test_run", Restricts = true)]
    public bool Hs06TestRun { get; init; }

    [Setting("only this GLIDEIN_ResourceName; empty: any", SetBy.Key, Restricts = true)]
    public string? ThisSiteOnly { get; init; }

    /// <summary>Null: the default of the plan.</summary>
    [Setting("chunks in one processing job", SetBy.Key, Least = 1, Default = "10",
        ByLevel = "as many as fit rough_disk")]
    public int? ChunksPerJob { get; init; }

    /// <summary>MB; null: 60 000 in plans by type, the prediction in plans by level.</summary>
    [Setting("memory of a combine job, MB", SetBy.Key, Least = 1, Greatest = Much, Unit = "MB",
        Default = "60000", ByLevel = "predicted")]
    public long? CombineMemory { get; init; }

    /// <summary>KB, whatever unit it is written in; null: 120 000 000 in plans by type, the prediction in plans by level.</summary>
    [Setting("disk of a combine job: KB in plans by type, MB in plans by level, or with a unit (120 GB)", SetBy.Key, Least = 1,
        Greatest = Much, Unit = "KB", Default = "120000000", ByLevel = "predicted")]
    public long? CombineDisk { get; init; }

    [Setting("memory of a job of the per-chunk level, MB", SetBy.Key, Plan = PlanScope.ByType, Least = 1, Greatest = Much, Unit = "MB")]
    public long PeakletsMemory { get; init; } = 14_500;

    [Setting("disk of a job of the per-chunk level, KB", SetBy.Key, Plan = PlanScope.ByType, Least = 1, Greatest = Much, Unit = "KB")]
    public long PeakletsDisk { get; init; } = 50_000_000;

    [Setting("memory of a job of the event level, MB", SetBy.Key, Plan = PlanScope.ByType, Least = 1, Greatest = Much, Unit = "MB")]
    public long EventsMemory { get; init; } = 60_000;

    [Setting("disk of a job of the event level, KB", SetBy.Key, Plan = PlanScope.ByType, Least = 1, Greatest = Much, Unit = "KB")]
    public long EventsDisk { get; init; } = 120_000_000;

    /// <summary>Memory of single data types, MB; before the tables and the level's amount.</summary>
    [Setting("memory of a job of one data type, MB, or with a unit (9 GB); its combine jobs have combine_memory", SetBy.Key, Least = 1,
        Plan = PlanScope.ByType,
        Unit = "MB", Sample = "9000", Default = "memory in data-types.yml, else that of the type's level")]
    public TypeAmounts Memory { get; init; } = TypeAmounts.None;

    /// <summary>Disk of single data types, KB; before the tables and the level's amount.</summary>
    [Setting("disk of a job of one data type, KB, or with a unit (80 GB); its combine jobs have combine_disk", SetBy.Key, Least = 1000,
        Plan = PlanScope.ByType,
        Unit = "KB", Sample = "80 GB", Default = "disk in data-types.yml, else that of the type's level")]
    public TypeAmounts Disk { get; init; } = TypeAmounts.None;

    [Setting("only sites in the US; in plans by level only for input at RSEs in the US", SetBy.Key, Restricts = true)]
    public bool UsOnly { get; init; }

    [Setting("only sites in the countries of eu_only_countries, for input at RSEs in the EU", SetBy.Key, Restricts = true)]
    public bool EuOnly { get; init; }

    [Setting("only the site beside the RSE of the input, where the tables have one", SetBy.Key, Restricts = true)]
    public bool SiteOnly { get; init; }

    /// <summary>Codes as in GLIDEIN_Country: two capital letters.</summary>
    [Setting("countries of eu_only, in the order of preference; two capital letters each", SetBy.Key, Restricts = true,
        Sample = "NL, FR")]
    public ImmutableArray<string> EuOnlyCountries { get; init; } = ["NL", "FR", "IT"];

    // ---- resources of plans by level (docs/levels.md)

    /// <summary>MB.</summary>
    [Setting("greatest memory of a job, MB; a run that would need more is not planned", SetBy.Key, Least = 1, Greatest = Much,
        Unit = "MB", Plan = PlanScope.ByLevel)]
    public long MaxMemory { get; init; } = 12_000;

    /// <summary>MB.</summary>
    [Setting("least disk that a job requests, MB", SetBy.Key, Greatest = Much, Unit = "MB", Plan = PlanScope.ByLevel)]
    public long MinDisk { get; init; } = 1_000;

    /// <summary>MB; null with <see cref="ChunksPerJob"/>, which wins, and in plans by type.</summary>
    [Setting("a lower job takes chunks until its disk is more than this, MB; chunks_per_job wins", SetBy.Key, Least = 1, Greatest = Much,
        Unit = "MB", Plan = PlanScope.ByLevel, Default = "16000 without chunks_per_job", Sample = "16000")]
    public long? RoughDisk { get; init; }

    /// <summary>MB; null: predicted.</summary>
    [Setting("memory of a lower job, MB, multiplied by the redundancy of levels.yml", SetBy.Key, Unit = "MB", Plan = PlanScope.ByLevel,
        Default = "predicted from the raw data", Sample = "4000")]
    public double? LowerMemory { get; init; }

    /// <summary>MB; null: predicted.</summary>
    [Setting("memory of an upper job, MB, multiplied by the redundancy of levels.yml", SetBy.Key, Unit = "MB", Plan = PlanScope.ByLevel,
        Default = "predicted from the raw data", Sample = "8000")]
    public double? UpperMemory { get; init; }

    /// <summary>MB; null: predicted.</summary>
    [Setting("disk of a lower job, MB or with a unit, multiplied by the redundancy of levels.yml", SetBy.Key, Name = "lower_disk",
        Unit = "MB", Plan = PlanScope.ByLevel, Default = "predicted from the raw data", Sample = "10 GB")]
    public double? LowerDiskMb { get; init; }

    /// <summary>MB; null: predicted.</summary>
    [Setting("disk of an upper job, MB or with a unit, multiplied by the redundancy of levels.yml", SetBy.Key, Name = "upper_disk",
        Unit = "MB", Plan = PlanScope.ByLevel, Default = "predicted from the raw data", Sample = "20 GB")]
    public double? UpperDiskMb { get; init; }

    [Setting("cores of a lower job", SetBy.Key, Least = 1, Greatest = 256, Plan = PlanScope.ByLevel)]
    public int LowerCpus { get; init; } = 1;

    [Setting("cores of a combine job", SetBy.Key, Least = 1, Greatest = 256, Plan = PlanScope.ByLevel)]
    public int CombineCpus { get; init; } = 1;

    [Setting("cores of an upper job", SetBy.Key, Least = 1, Greatest = 256, Plan = PlanScope.ByLevel)]
    public int UpperCpus { get; init; } = 1;

    /// <summary>Compressed bytes of raw data for each uncompressed byte, where the RunDB does not say the size; null: such a run is not
    /// planned.</summary>
    [Setting("bytes of raw data in Rucio for each byte in memory, for runs whose size the RunDB does not have", SetBy.Key,
        Plan = PlanScope.ByLevel, Sample = "0.24")]
    public double? AssumeCompression { get; init; }

    [Setting("no lower level: the upper makes all from the whole run", SetBy.Key, Plan = PlanScope.ByLevel)]
    public bool NoPerChunk { get; init; }

    [Setting("store peak_shadow and peak_ambience too", SetBy.Key, Plan = PlanScope.ByLevel)]
    public bool SavePeakCorrelation { get; init; }

    [Setting("jobs and the plan read data from local folders only, not from Rucio; engines slurm and local", SetBy.Key,
        Plan = PlanScope.ByLevel, Restricts = true)]
    public bool NoRemote { get; init; }

    /// <summary>Folders below which data is looked for with <see cref="NoRemote"/>. Absolute; empty without it.</summary>
    [Setting("no_remote: the local folders of strax data", SetBy.Key, Plan = PlanScope.ByLevel,
        Default = "those of levels.yml", Sample = "/dali/lgrandi/xenonnt/raw, /project2/lgrandi/xenonnt/processed")]
    public ImmutableArray<string> LocalData { get; init; } = [];

    // ---- how jobs are retried and limited

    /// <summary>Retries of a failed job.</summary>
    [Setting("retries of a failed job by DAGMan", SetBy.Key, Greatest = 100, Sample = "2",
        Default = InProperties, ByLevel = "2")]
    public int DagmanRetry { get; init; } = 2;

    /// <summary>The first retries, in which the requests do not grow.</summary>
    [Setting("how many of the first retries keep the request of the first try", SetBy.Key, Greatest = 100)]
    public int DagmanStaticRetry { get; init; }

    /// <summary>Null: the plan's default, 1 by type and 0.1 by level. See <see cref="Increment"/>.</summary>
    [Setting("growth of memory, disk and time limits with each retry after those, as a part of the first request; 0: none", SetBy.Key,
        MayBeZero = true, Default = "1", ByLevel = "0.1")]
    public double? ResourcesIncrement { get; init; }

    [Setting("DAGMan submits no more jobs while so many wait", SetBy.Key, Sample = "5000",
        Default = InProperties, ByLevel = "5000")]
    public int DagmanMaxidle { get; init; } = 5000;

    [Setting("DAGMan has no more jobs in the queue than this", SetBy.Key, Sample = "5000",
        Default = InProperties, ByLevel = "5000")]
    public int DagmanMaxjobs { get; init; } = 5000;

    /// <summary>Hours.</summary>
    /// <summary>Jobs of a part, at most; 0: the workflow is never cut.</summary>
    [Setting("a plan of more jobs is cut into parts of at most so many, which are planned one after the other; 0: never",
        SetBy.Both, Placeholder = "N", Greatest = 100_000, Incidental = true, Sample = "5000")]
    public int JobsPerPart { get; init; } = 5000;

    [Setting("parts of a workflow that run at the same time", SetBy.Both, Placeholder = "N", Least = 1, Greatest = 1000,
        Incidental = true, Sample = "4")]
    public int PartsAtOnce { get; init; } = 4;

    /// <summary>0 to 1.</summary>
    [Setting("Doctor proposes to exclude a site where more than this part of at least 5 finished tries failed", SetBy.Key,
        Incidental = true, Sample = "0.5")]
    public double DoctorSiteShare { get; init; } = 0.5;

    [Setting("the proxy must be valid for so many hours at submission", SetBy.Key, MayBeZero = true, Unit = "hours", Default = "20",
        ByLevel = "96")]
    public double X509MinValidHours { get; init; } = 96;

    /// <summary>Hours; null: no limit.</summary>
    [Setting("a job that waits longer is held, hours", SetBy.Key, Unit = "hours", Sample = "6")]
    public double? PegasusMaxHoursIdle { get; init; }

    /// <summary>Hours; null: no limit.</summary>
    [Setting("a lower job, or in plans by type a chunk job, that runs longer is held, hours", SetBy.Key, Unit = "hours", Sample = "4")]
    public double? PegasusMaxHoursLower { get; init; }

    /// <summary>Hours; null: no limit.</summary>
    [Setting("a combine job that runs longer is held, hours", SetBy.Key, Unit = "hours", Sample = "2")]
    public double? PegasusMaxHoursCombine { get; init; }

    /// <summary>Hours; null: no limit.</summary>
    [Setting("an upper job, or in plans by type a job of a whole run, that runs longer is held, hours", SetBy.Key, Unit = "hours",
        Sample = "6")]
    public double? PegasusMaxHoursUpper { get; init; }

    [Setting("HTCondor copies the output of a job while it runs", SetBy.Key)]
    public bool StreamOutput { get; init; }

    [Setting("tries of each download in a job", SetBy.Key, Least = 1, Greatest = 100)]
    public int AdmixTries { get; init; } = 3;

    [Setting("threads of each download in a job", SetBy.Key, Least = 1, Greatest = 100)]
    public int AdmixNumThreads { get; init; } = 5;

    // ---- user code in the jobs

    /// <summary>Packages that are installed in the jobs from a tarball, if they are editable here; empty: none.</summary>
    [Setting("packages that jobs install from a tarball if they are editable here; it must contain cutax", SetBy.Key,
        Plan = PlanScope.ByLevel, Sample = "cutax, straxen")]
    public ImmutableArray<string> UserInstallPackage { get; init; } = [];

    [Setting("further packages that must be neither editable nor installed by the user unless user_install_package has them", SetBy.Key,
        Plan = PlanScope.ByLevel, Sample = "strax, straxen, utilix")]
    public ImmutableArray<string> CheckUserInstallPackage { get; init; } = [];

    /// <summary>Work trees of packages, where no Python can be asked for them. Absolute.</summary>
    [Setting("the git work tree of one package of user_install_package; absolute path", SetBy.Key, Plan = PlanScope.ByLevel,
        Sample = "/home/me/cutax", Default = "asked of the environment's python3")]
    public NamedPaths UserInstallPath { get; init; } = NamedPaths.None;

    // ---- simulated data

    [Setting("simulate and salt: each job makes its data twice", SetBy.Key, Plan = PlanScope.ByLevel, Restricts = true)]
    public bool Saltax { get; init; }

    [Setting("generator of saltax", SetBy.Key, Plan = PlanScope.ByLevel)]
    public string GeneratorName { get; init; } = "flat";

    [Setting("NEST identifier of saltax", SetBy.Key, Plan = PlanScope.ByLevel)]
    public string Nestid { get; init; } = "8";

    [Setting("simulation mode of saltax", SetBy.Key, Plan = PlanScope.ByLevel)]
    public string SimuMode { get; init; } = "all";

    /// <summary>Null: none; required with <see cref="Saltax"/>.</summary>
    [Setting("simulation configuration of saltax; required with saltax", SetBy.Key, Plan = PlanScope.ByLevel, Sample = "sr1_config.json")]
    public string? SimulationConfig { get; init; }

    // ---- Slurm at the RCC

    [Setting("engine slurm: partition, and QOS of the same name", SetBy.Key, Sample = "lgrandi")]
    public string? RccPartition { get; init; }

    [Setting("engine slurm: paths that are bound into the container", SetBy.Key, Sample = "/project2/lgrandi, /scratch")]
    public ImmutableArray<string> RccBind { get; init; } = [];

    [Setting("engine slurm: nodes where no job runs, as Slurm writes them", SetBy.Key, Sample = "midway2-[0401-0402]")]
    public string? RccExcludeNodes { get; init; }

    [Setting("engine slurm: submit only while fewer of your jobs are queued on the partition", SetBy.Key, Least = 1,
        Sample = "200")]
    public int? RccMaxJobs { get; init; }

    /// <summary>Seconds.</summary>
    [Setting("engine slurm: pause before another try, seconds", SetBy.Key, MayBeZero = true, Unit = "s")]
    public double RccRetriesSleep { get; init; } = 10;

    [Setting("Relay: run only upper jobs, of runs whose lower level is done; --levels=upper is the same", SetBy.Key)]
    public bool RccUpperOnly { get; init; }

    [Setting("engine slurm: account", SetBy.Key)]
    public string RccAccount { get; init; } = "pi-lgrandi";

    [Setting("engine slurm: folder of the images", SetBy.Key, Sample = "/project2/lgrandi/xenonnt/singularity-images")]
    public string? RccImage { get; init; }

    [Setting("engine slurm: container program: auto is apptainer, else singularity", SetBy.Key,
        Allowed = ["auto", "apptainer", "singularity"])]
    public string RccContainer { get; init; } = "auto";

    [Setting("engine slurm: line that loads the container program", SetBy.Key, Sample = "module load singularity")]
    public string? RccModule { get; init; }

    /// <summary>MB.</summary>
    [Setting("engine slurm: memory of the container, added to each request, MB", SetBy.Key, Greatest = Much, Unit = "MB")]
    public long RccMemoryOverhead { get; init; } = 6000;

    /// <summary>Hours.</summary>
    [Setting("engine slurm: longest time limit of a job, hours", SetBy.Key, Unit = "hours")]
    public double RccMaxHours { get; init; } = 72;

    /// <summary>A property file whose entries are appended to our own <c>pegasus.properties</c>. Absolute, or null.</summary>
    [Setting("extra Pegasus properties, which override ours (except the locations of the catalogs)", SetBy.Key, Kind = KeyKind.File)]
    public string? PegasusProperties { get; init; }

    /// <summary>A file merged over the built-in sites. Absolute, or null.</summary>
    [Setting("file merged over the built-in sites (tables/sites-local.yml: a single machine)", SetBy.Both, Kind = KeyKind.File,
        Placeholder = "FILE")]
    public string? SiteProfile { get; init; }

    // ---- what the jobs run

    /// <summary>What the jobs run.</summary>
    [Setting("what the jobs run: the real programs, or canary programs that test a grid without image, service and credentials",
        SetBy.Option, Placeholder = "strax|canary", Allowed = ["strax", "canary"], Default = "strax; canary if the demo runs here")]
    public JobPayload Payload { get; init; }

    /// <summary>What runs the jobs; a workflow keeps its engine.</summary>
    [Setting("what runs the jobs: Pegasus over HTCondor, Slurm, or this machine", SetBy.Both, Placeholder = "pegasus|slurm|local",
        Default = "pegasus; local for the demo", Sample = "pegasus")]
    public EngineKind Engine { get; init; }

    /// <summary>How many cores the local engine uses, or null: all.</summary>
    [Setting("engine local: cores that its jobs use at the same time", SetBy.Both, Name = "slots", Placeholder = "N",
        Default = "those of this machine", Least = 1, Greatest = 10_000, Incidental = true, Also = [Target.Resubmit])]
    public int? Slots { get; init; }

    /// <summary>MB that the jobs of the local engine use together, or null: what is free.</summary>
    [Setting("engine local: memory that its jobs use at the same time", SetBy.Both, Placeholder = "MB", Unit = "MB",
        Default = "what this machine has free", Least = 1, Greatest = Much, Incidental = true, Also = [Target.Resubmit])]
    public long? LocalMemory { get; init; }

    /// <summary>Where the local engine runs the real programs.</summary>
    [Setting("engine local: where the real programs run: in the image, in the environment of the shell, or whichever there is (auto)",
        SetBy.Both, Placeholder = "auto|apptainer|none", Incidental = true, Also = [Target.Resubmit])]
    public LocalContainer LocalContainer { get; init; }

    /// <summary>Faults that the local engine makes on purpose: <c>RUN:TYPE[:GROUP]=KIND</c>.</summary>
    [Setting("engine local: faults on purpose: kill, hang, disk-full, corrupt-output, no-output or slow; *N: only the first N attempts",
        SetBy.Option, Placeholder = "RUN:TYPE[:GROUP]=KIND", Incidental = true, Also = [Target.Resubmit])]
    public ImmutableArray<string> LocalFault { get; init; } = [];

    /// <summary>Canary jobs that must fail: <c>RUN:TYPE[:GROUP]</c>.</summary>
    [Setting("canary jobs that must fail; GROUP: the number of a chunk job, or combine; @MB: only if it requests less memory",
        SetBy.Option, Placeholder = "RUN:TYPE[:GROUP][@MB]")]
    public ImmutableArray<string> CanaryFail { get; init; } = [];

    /// <summary>Duration of a canary job in seconds, as typed, or null.</summary>
    [Setting("duration of each canary job", SetBy.Option, Placeholder = "SECONDS", Default = "0", Unit = "s")]
    public string? CanarySleep { get; init; }

    /// <summary>MB of a canary's chunk, as typed, or null.</summary>
    [Setting("size of a chunk that a canary job makes", SetBy.Option, Placeholder = "MB", Default = "0.001", Unit = "MB")]
    public string? CanaryMegabytes { get; init; }

    /// <summary>A folder whose tables replace ours, file by file. Absolute, or null.</summary>
    [Setting("folder whose tables of data types, RSEs and modes replace ours, file by file", SetBy.Both, Kind = KeyKind.File,
        Placeholder = "FOLDER", Also = [Target.Context])]
    public string? TablesFolder { get; init; }

    // ---- sources

    /// <summary>REST, MongoDB or a file.</summary>
    [Setting("where run documents come from: rest, mongo or file:PATH", SetBy.Both, Name = "rundb", Kind = KeyKind.Source,
        Placeholder = "rest|mongo|file:PATH", Default = "mongo with xent_url, else rest with rundb_api_url", Sample = "rest")]
    public required SourceChoice RunDb { get; init; }

    /// <summary>REST or a file.</summary>
    [Setting("where the files of a dataset are listed: rest or file:PATH", SetBy.Both, Kind = KeyKind.Source,
        Placeholder = "rest|file:PATH")]
    public SourceChoice Rucio { get; init; } = new SourceChoice.Rest();

    /// <summary>Maximum number of requests to a service at the same time.</summary>
    [Setting("maximum requests to a service at the same time", SetBy.Both, Placeholder = "N", Least = 1, Greatest = 256)]
    public int MaxParallelRequests { get; init; } = 16;

    /// <summary>File with context documents. Absolute, or null: ask the RunDB.</summary>
    [Setting("file with context documents: one, a JSON array or JSON lines", SetBy.Both, Kind = KeyKind.File, Placeholder = "FILE",
        Default = "the environment's python3 if it has cutax, else the RunDB", Sample = "contexts.json", Also = [Target.Context])]
    public string? ContextFile { get; init; }

    /// <summary>Straxen version of the context document to request from the REST service, or null.</summary>
    [Setting("straxen version of the context document, if it is requested from the RunDB over REST", SetBy.Both, Placeholder = "VERSION",
        Sample = "2.2.1", Also = [Target.Context])]
    public string? StraxenVersion { get; init; }

    /// <summary>Where a description of the context is made if there is none.</summary>
    [Setting("plans by level: where the context is described: in the environment of the shell, inside the image, or whichever fits (auto)",
        SetBy.Key)]
    public ContextSource ContextFrom { get; init; }

    // ---- files sent with the jobs

    /// <summary>The proxy file: the one that is checked is the one that is sent. Absolute.</summary>
    [Setting("the proxy that jobs use", SetBy.Key, Name = "x509_user_proxy", Kind = KeyKind.File, Incidental = true,
        Default = "$X509_USER_PROXY, else ~/user_cert", Sample = "$HOME/user_cert")]
    public required string Proxy { get; init; }

    /// <summary>The token file the jobs read. Absolute.</summary>
    [Setting("the token file", Incidental = true)]
    public required string Token { get; init; }

    /// <summary>The cutax tarball (docs/domain.md §8). Absolute.</summary>
    [Setting("the cutax tarball", Incidental = true)]
    public required string CutaxTarball { get; init; }

    // ---- values derived from them

    /// <summary>Whether test programs run that need no image, no service and no credentials.</summary>
    public bool Canary => Payload == JobPayload.Canary;

    /// <summary>Whether jobs upload their results.</summary>
    public bool Uploads => RucioUpload && !Debug;

    /// <summary>Whether jobs enter their results into the run database.</summary>
    public bool Registers => RundbUpdate && !Debug;

    /// <summary>Whether the plan is by level.</summary>
    public bool ByLevel => Plan == PlanKind.ByLevel;

    /// <summary>Whether a setting has a value of its own, not the default.</summary>
    /// <param name="name">Its name.</param>
    public bool IsSet(string name) => Origins.TryGetValue(name, out var origin) && origin != "default";

    /// <summary>Chunks in a job of the per-chunk level of plans by type.</summary>
    public int ChunksOfTypeJob => ChunksPerJob ?? 10;

    /// <summary>The request of a combine job of plans by type.</summary>
    public Resources Combine => new(CombineMemory ?? 60_000, CombineDisk ?? 120_000_000);

    /// <summary>The disk of a combine job in MB; null: predicted.</summary>
    public double? CombineDiskMb => CombineDisk / 1000.0;

    /// <summary>Growth of requests with each retry, as a part of the first request.</summary>
    public double Increment => ResourcesIncrement ?? (ByLevel ? 0.1 : 1);

    /// <summary>How many of the newest runs are kept; null: all, or those that <see cref="MaxNum"/> draws.</summary>
    public int? MostNewest => MaxNum is null && (!ByLevel || IsSet("max_daily")) ? MaxDaily : null;

    /// <summary>The request of a job of the per-chunk level.</summary>
    public Resources Peaklets => new(PeakletsMemory, PeakletsDisk);

    /// <summary>The request of a job of the event level.</summary>
    public Resources Events => new(EventsMemory, EventsDisk);

    /// <summary>The lowest number a run may have: <see cref="From"/>, but never below <see cref="MinRunNumber"/>.</summary>
    public int LowestRun => Math.Max(From ?? 0, MinRunNumber);

    /// <summary>The highest number a run may have: <see cref="To"/>, but never above <see cref="MaxRunNumber"/>; null: any.</summary>
    public int? HighestRun => To is { } to && MaxRunNumber is { } most ? Math.Min(to, most) : To ?? MaxRunNumber;

    /// <summary>Those of <c>--since</c> and <c>--until</c> that are given, as they are typed.</summary>
    public string TimesText =>
        string.Join(' ', new[] { Since is null ? null : $"--since={Since}", Until is null ? null : $"--until={Until}" }.OfType<string>());

    /// <summary>Folder of the artifacts: <c>{work_dir}/generated/{NAME}</c>.</summary>
    public string GeneratedFolder => Path.Combine(WorkDir, "generated", Name);

    /// <summary>Folder of results: <c>{work_dir}/outputs/{NAME}</c>.</summary>
    public string OutputsFolder => Path.Combine(WorkDir, "outputs", Name);

    /// <summary>
    /// Folder the planner writes to: <c>{work_dir}/runs/straxen_v{version}/{context}</c>; the submit directory is <c>{NAME}</c> below it.
    /// </summary>
    public string RunsFolder(string straxenVersion) => Path.Combine(WorkDir, "runs", $"straxen_v{straxenVersion}", Context);
}
