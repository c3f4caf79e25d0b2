using System.Collections.Immutable;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>What a key of the configuration holds.</summary>
public enum KeyKind
{
    /// <summary>What the type of the setting says.</summary>
    ByType,

    /// <summary>Text on one line.</summary>
    Text,

    /// <summary>Entries separated by commas or line ends, blanks trimmed.</summary>
    List,

    /// <summary>A whole number; a trailing comment is not part of it.</summary>
    Number,

    /// <summary><c>1/yes/true/on</c> or <c>0/no/false/off</c>; a trailing comment is not part of it.</summary>
    Boolean,

    /// <summary>An absolute path.</summary>
    Folder,

    /// <summary>A path, relative to the configuration file's folder.</summary>
    File,

    /// <summary><c>rest</c>, <c>mongo</c> or <c>file:PATH</c>, relative to the configuration file's folder.</summary>
    Source,
}

/// <summary>A key of <c>.xenon_config</c>.</summary>
/// <param name="Section">The section, whose case matters.</param>
/// <param name="Name">The key, lower case.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Meaning">One line.</param>
public sealed record Key(string Section, string Name, KeyKind Kind, string Meaning)
{
    /// <summary>What holds when it is not there; null: nothing.</summary>
    public string? Default { get; init; }

    /// <summary>A value to copy.</summary>
    public string? Sample { get; init; }

    /// <summary>Whether we cannot do without.</summary>
    public bool Required { get; init; }

    /// <summary>The <c>rundb</c> that cannot do without it: <c>rest</c> or <c>mongo</c>; null: none in particular.</summary>
    public string? NeededBy { get; init; }

    /// <summary>Whether Init writes it with its default: other programs that read the file cannot do without.</summary>
    public bool Written { get; init; }

    /// <summary>Whether its value must never be shown.</summary>
    public bool Secret { get; init; }

    /// <summary>Whether it narrows what is processed, or where: a key that is near it and unknown is an error, not a warning.</summary>
    public bool Restricts { get; init; }

    /// <summary>The least number allowed.</summary>
    public long Least { get; init; }

    /// <summary>The greatest number allowed.</summary>
    public long Greatest { get; init; } = int.MaxValue;

    /// <summary>The option of the command line that wins over it, or null.</summary>
    public Option? Option { get; init; }

    /// <summary>
    /// The meaning with all that can be said of it in words, as <c>--help</c>, docs/configuration.md and Init's file show it.
    /// </summary>
    public string Description =>
        string.Concat(
            Meaning,
            Kind switch
            {
                KeyKind.List => " (list)",
                KeyKind.Boolean => " (True or False)",
                KeyKind.Folder => " (absolute path)",
                KeyKind.File => " (path, from the configuration's folder)",
                _ => "",
            },
            Required ? "; needed"
                : NeededBy is null ? ""
                : $"; needed where rundb = {NeededBy}",
            Default is null ? "" : $"; default: {Default}",
            Option is null ? "" : $"; --{Option.Name} wins over it"
        );
}

/// <summary>
/// All keys we read (docs/domain.md §4). Those of <c>[Outsource]</c> are declared with their settings, on <see cref="OutsourceSettings"/>;
/// those of <c>[basic]</c> and <c>[RunDB]</c>, which other programs read as well, here. The loader, <c>--help</c>, the table in
/// docs/configuration.md and the file that Init writes are made from it.
/// </summary>
public static class KeyCatalog
{
    public const string Basic = "basic",
        RunDb = "RunDB",
        Outsource = "Outsource";

    public static ImmutableArray<Key> All { get; } =
    [
        new(Basic, "logging_level", KeyKind.Text, "how much the jobs say: NOTSET, DEBUG, INFO, WARNING, ERROR or CRITICAL, exactly so")
        {
            Sample = "WARNING",
        },
        new(RunDb, "rundb_api_url", KeyKind.Text, "address of the RunDB's REST service") { NeededBy = SourceChoice.RestText },
        new(RunDb, "rundb_api_user", KeyKind.Text, "its user") { NeededBy = SourceChoice.RestText },
        new(RunDb, "rundb_api_password", KeyKind.Text, "its password") { NeededBy = SourceChoice.RestText, Secret = true },
        new(RunDb, "tk_rundb_api_url", KeyKind.Text, "address of a REST service that gives tokens, asked before rundb_api_url"),
        new(RunDb, "rundb_retry", KeyKind.Number, "how often a request is tried")
        {
            Default = "3",
            Least = 1,
            Greatest = 100,
        },
        new(
            RunDb,
            "xent_url",
            KeyKind.Text,
            "host:port of the RunDB's MongoDB, which the jobs ask for corrections; of several the last is used"
        )
        {
            NeededBy = SourceChoice.MongoText,
            Sample = "mongo.example.org:27017",
        },
        new(RunDb, "xent_user", KeyKind.Text, "its user, percent-encoded as in an address (%40 for @)")
        {
            NeededBy = SourceChoice.MongoText,
        },
        new(RunDb, "xent_password", KeyKind.Text, "its password, percent-encoded as in an address (%40 for @, %25 for %)")
        {
            NeededBy = SourceChoice.MongoText,
            Secret = true,
        },
        new(RunDb, "xent_database", KeyKind.Text, "its database") { NeededBy = SourceChoice.MongoText, Sample = "xenonnt" },
        new(RunDb, "force_single_server", KeyKind.Boolean, "of several hosts in xent_url only the last is used") { Default = "True" },
        new(RunDb, "direct_connection", KeyKind.Boolean, "that host is asked itself, whatever its replica set is; needs a single host")
        {
            Default = "True",
        },
        new(
            RunDb,
            "read_preference",
            KeyKind.Text,
            "which members of the MongoDB's replica set are read: primary, primaryPreferred, secondary, secondaryPreferred or nearest"
        )
        {
            Default = "secondary",
        },
        new(RunDb, "max_pool_size", KeyKind.Number, "connections to the MongoDB at most")
        {
            Default = "100",
            Least = 1,
            Greatest = 10_000,
        },
        new(RunDb, "connect_timeout", KeyKind.Number, "ms for a connection to the MongoDB to stand")
        {
            Default = "60000",
            Least = 1,
            Greatest = 3_600_000,
        },
        new(RunDb, "socket_timeout", KeyKind.Number, "ms for an answer of the MongoDB")
        {
            Default = "60000",
            Least = 1,
            Greatest = 3_600_000,
        },
        new(
            RunDb,
            "xe1t_url",
            KeyKind.Text,
            "host:port of XENON1T's MongoDB: the jobs' admix cannot be imported without, and asks it nothing"
        )
        {
            Default = "not-configured.invalid:27017",
            Written = true,
        },
        new(RunDb, "xe1t_user", KeyKind.Text, "its user") { Default = "not-configured", Written = true },
        new(RunDb, "xe1t_password", KeyKind.Text, "its password; it does not travel")
        {
            Default = "not-configured",
            Secret = true,
            Written = true,
        },
        new(RunDb, "xe1t_database", KeyKind.Text, "its database") { Default = "run", Written = true },
        .. SettingCatalog.All.Select(s => s.Key).OfType<Key>(),
    ];

    /// <summary>
    /// Keys of the Python program that narrow what it processes, or where, and that we do not have (today.md §2): passing them over would
    /// process more than is meant. The words say what to do instead.
    /// </summary>
    public static ImmutableSortedDictionary<string, string> Refused { get; } =
        new Dictionary<string, string>
        {
            ["include_data_types"] = "write the data types into dtypes",
            ["raw_records_rses"] = "write the RSEs into raw_records_rse",
            ["max_num"] =
                "it draws runs at random, which this program does not: max_daily = N keeps the newest N, and --run or --runlist names runs",
            ["eu_only"] = "write requirements of your own into a site_profile, or name the sites to leave out in exclude_sites",
            ["eu_only_countries"] = "write requirements of your own into a site_profile, or name the sites to leave out in exclude_sites",
            ["site_only"] =
                "jobs run where their input's RSE can be read (tables, rses.yml); this_site_only = NAME binds them to one resource",
            ["no_remote"] = "jobs read from Rucio always",
            ["rcc_upper_only"] = "there is no relay to the RCC",
            ["saltax"] = "simulated data is not made",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Keys of the Python program that switch uploads on: switched off they must not be passed over.</summary>
    public static ImmutableArray<string> UploadSwitches { get; } = ["rucio_upload", "rundb_update"];

    /// <summary>What a key is about that narrows what is processed, or where.</summary>
    private static readonly ImmutableHashSet<string> RestrictingWords =
    [
        "site",
        "sites",
        "mode",
        "modes",
        "tag",
        "tags",
        "run",
        "runs",
        "source",
        "sources",
        "detector",
        "detectors",
        "country",
        "countries",
        "rse",
        "rses",
        "dtype",
        "dtypes",
        "include",
        "included",
        "exclude",
        "excluded",
        "excludes",
        "includes",
        "only",
        "skip",
        "ignore",
        "limit",
        "limits",
        "runlist",
        "blacklist",
        "whitelist",
    ];

    /// <summary>
    /// Whether a key that nobody declared looks like one that narrows what is processed, or where: by its nearest neighbour, or by what it
    /// is about.
    /// </summary>
    public static bool LooksRestricting(string unknown)
    {
        ArgumentNullException.ThrowIfNull(unknown);
        if (unknown.StartsWith("rcc_", StringComparison.Ordinal))
        {
            // The Python program's settings of Slurm.
            return false;
        }

        var nearest = NearestName.Of(unknown, In(Outsource).Select(k => k.Name));
        return (nearest is not null && Of(Outsource, nearest).Restricts)
            || unknown.Split('_', '-', '.', ' ').Any(RestrictingWords.Contains);
    }

    /// <summary>The declaration of a key; a section and name that nobody declared is a mistake of ours.</summary>
    public static Key Of(string section, string name) => All.Single(k => k.Section == section && k.Name == name);

    /// <summary>The keys of a section.</summary>
    public static IEnumerable<Key> In(string section) => All.Where(k => k.Section == section);
}
