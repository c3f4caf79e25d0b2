using System.Collections.Immutable;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>The kind of a key's value.</summary>
public enum KeyKind
{
    /// <summary>As the type of the setting says.</summary>
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

    /// <summary>An amount of memory or disk for each data type that is named: <c>memory.peaklets</c>.</summary>
    PerType,
}

/// <summary>A key of <c>.xenon_config</c>.</summary>
/// <param name="Section">The section, whose case matters.</param>
/// <param name="Name">The kind of its value.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Meaning">One line.</param>
public sealed record Key(string Section, string Name, KeyKind Kind, string Meaning)
{
    /// <summary>The value if the key is missing; null: none.</summary>
    public string? Default { get; init; }

    /// <summary>The default in plans by level, if it is another one.</summary>
    public string? ByLevel { get; init; }

    /// <summary>An example value.</summary>
    public string? Sample { get; init; }

    /// <summary>The plans that read it.</summary>
    public PlanScope Plan { get; init; }

    /// <summary>Another name of the same key, or null.</summary>
    public string? Synonym { get; init; }

    /// <summary>Whether it must be present, in the plans that read it.</summary>
    public bool Required { get; init; }

    /// <summary>The <c>rundb</c> that requires it: <c>rest</c> or <c>mongo</c>; null: none in particular.</summary>
    public string? NeededBy { get; init; }

    /// <summary>Whether Init writes it with its default: other programs that read the file require it.</summary>
    public bool Written { get; init; }

    /// <summary>Whether its value must never be shown.</summary>
    public bool Secret { get; init; }

    /// <summary>
    /// Whether it narrows what is processed, or where. An unknown key with a similar name is then an error, not a warning.
    /// </summary>
    public bool Restricts { get; init; }

    /// <summary>The least number allowed.</summary>
    public long Least { get; init; }

    /// <summary>The greatest number allowed.</summary>
    public long Greatest { get; init; } = int.MaxValue;

    /// <summary>The option that overrides it, or null.</summary>
    public Option? Option { get; init; }

    /// <summary>Whether a name in the file, or in <c>--set</c>, is this key.</summary>
    public bool Is(string name) =>
        Kind == KeyKind.PerType
            ? name is not null && name.StartsWith(Name[..(Name.LastIndexOf('.') + 1)], StringComparison.Ordinal)
            : Name == name || (Synonym is not null && Synonym == name);

    /// <summary>The end of the name of a key that is one for each data type.</summary>
    internal const string PerTypeEnd = ".TYPE";

    /// <summary>The end of the name of a key that is one for each package.</summary>
    internal const string PerNameEnd = ".NAME";

    /// <summary>The meaning with kind, default and option, as <c>--help</c>, docs/configuration.md and Init's file show it.</summary>
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
            Synonym is null ? "" : $"; {Synonym} is another name of it",
            Plan switch
            {
                PlanScope.ByType => "; only in plans by type",
                PlanScope.ByLevel => "; only in plans by level",
                PlanScope.Both => "",
            },
            Required ? "; required"
                : NeededBy is null ? ""
                : $"; required if rundb = {NeededBy}",
            Default is null ? "" : $"; default: {Default}",
            ByLevel is null ? "" : $" (in plans by level {ByLevel})",
            Option is null ? "" : $"; --{Option.Name} overrides it"
        );
}

/// <summary>
/// All keys that we read (docs/domain.md §4). Those of <c>[Outsource]</c> are declared with their settings, in <see
/// cref="OutsourceSettings"/>; those of <c>[basic]</c> and <c>[RunDB]</c>, which other programs read too, are declared here. The loader,
/// <c>--help</c>, the table in docs/configuration.md and Init's file are made from this catalog.
/// </summary>
public static class KeyCatalog
{
    public const string Basic = "basic",
        RunDb = "RunDB",
        Outsource = "Outsource";

    public static ImmutableArray<Key> All { get; } =
    [
        new(Basic, "logging_level", KeyKind.Text, "log level of the jobs: NOTSET, DEBUG, INFO, WARNING, ERROR or CRITICAL, in capitals")
        {
            Sample = "WARNING",
        },
        new(RunDb, "rundb_api_url", KeyKind.Text, "address of the RunDB's REST service") { NeededBy = SourceChoice.RestText },
        new(RunDb, "rundb_api_user", KeyKind.Text, "its user") { NeededBy = SourceChoice.RestText },
        new(RunDb, "rundb_api_password", KeyKind.Text, "its password") { NeededBy = SourceChoice.RestText, Secret = true },
        new(RunDb, "tk_rundb_api_url", KeyKind.Text, "address of a REST service for tokens, tried before rundb_api_url"),
        new(RunDb, "rundb_retry", KeyKind.Number, "number of tries of a request")
        {
            Default = "3",
            Least = 1,
            Greatest = 100,
        },
        new(
            RunDb,
            "xent_url",
            KeyKind.Text,
            "host:port of the RunDB's MongoDB, from which the jobs read corrections; of several the last is used"
        )
        {
            NeededBy = SourceChoice.MongoText,
            Sample = "mongo.example.org:27017",
        },
        new(RunDb, "xent_user", KeyKind.Text, "its user, percent-encoded as in a URL (%40 for @)")
        {
            NeededBy = SourceChoice.MongoText,
        },
        new(RunDb, "xent_password", KeyKind.Text, "its password, percent-encoded as in a URL (%40 for @, %25 for %)")
        {
            NeededBy = SourceChoice.MongoText,
            Secret = true,
        },
        new(RunDb, "xent_database", KeyKind.Text, "its database") { NeededBy = SourceChoice.MongoText, Sample = "xenonnt" },
        new(RunDb, "force_single_server", KeyKind.Boolean, "of several hosts in xent_url only the last is used") { Default = "True" },
        new(RunDb, "direct_connection", KeyKind.Boolean, "connect to that host directly, not through its replica set; needs a single host")
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
        new(RunDb, "max_pool_size", KeyKind.Number, "maximum connections to the MongoDB")
        {
            Default = "100",
            Least = 1,
            Greatest = 10_000,
        },
        new(RunDb, "connect_timeout", KeyKind.Number, "timeout for a connection to the MongoDB, ms")
        {
            Default = "60000",
            Least = 1,
            Greatest = 3_600_000,
        },
        new(RunDb, "socket_timeout", KeyKind.Number, "timeout for an answer of the MongoDB, ms")
        {
            Default = "60000",
            Least = 1,
            Greatest = 3_600_000,
        },
        new(
            RunDb,
            "xe1t_url",
            KeyKind.Text,
            "host:port of XENON1T's MongoDB; the import of admix in the jobs requires it, but it is not used"
        )
        {
            Default = "not-configured.invalid:27017",
            Written = true,
        },
        new(RunDb, "xe1t_user", KeyKind.Text, "its user") { Default = "not-configured", Written = true },
        new(RunDb, "xe1t_password", KeyKind.Text, "its password; not sent to the jobs")
        {
            Default = "not-configured",
            Secret = true,
            Written = true,
        },
        new(RunDb, "xe1t_database", KeyKind.Text, "its database") { Default = "run", Written = true },
        .. SettingCatalog.All.Select(s => s.Key).OfType<Key>(),
    ];

    /// <summary>Keys of the Python program that have no use here.</summary>
    public static ImmutableArray<string> Useless { get; } = ["logging_level", "db_logging_level"];

    /// <summary>
    /// Keys that narrow what is processed, or where, and that plans by type do not know yet. Ignoring them would process more than
    /// intended. The text says what to do instead.
    /// </summary>
    public static ImmutableSortedDictionary<string, string> OnlyByLevel { get; } =
        new Dictionary<string, string>
        {
            ["no_remote"] = "jobs of plans by type always read from Rucio",
            ["saltax"] = "simulated data is not supported",
        }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>Parts of the names of keys that narrow what is processed, or where.</summary>
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
    /// Whether an unknown key looks like one that narrows what is processed, or where: by the nearest known key, or by a part of its name.
    /// </summary>
    public static bool LooksRestricting(string unknown)
    {
        ArgumentNullException.ThrowIfNull(unknown);
        var nearest = NearestName.Of(unknown, In(Outsource).Select(k => k.Name));
        return (nearest is not null && Of(Outsource, nearest).Restricts)
            || unknown.Split('_', '-', '.', ' ').Any(RestrictingWords.Contains);
    }

    /// <summary>The declaration of a key. An undeclared section and name is a programming error.</summary>
    public static Key Of(string section, string name) => All.Single(k => k.Section == section && k.Name == name);

    /// <summary>The other name of a key of <c>[Outsource]</c>, or null.</summary>
    public static string? SynonymOf(string name) =>
        In(Outsource).FirstOrDefault(k => k.Synonym is not null && k.Is(name)) is { } key
            ? key.Name == name ? key.Synonym : key.Name
            : null;

    /// <summary>The keys of a section.</summary>
    public static IEnumerable<Key> In(string section) => All.Where(k => k.Section == section);
}
