using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using YamlDotNet.RepresentationModel;

namespace Outsource.Model.Tables;

/// <summary>Whether a key of <c>.xenon_config</c> goes with the jobs.</summary>
public enum Travel
{
    /// <summary>As the operator has it, if it is there.</summary>
    Given,

    /// <summary>As the operator has it, else the stand-in: without it a package cannot be imported.</summary>
    Always,

    /// <summary>As the operator has it, where results are entered.</summary>
    Upload,

    /// <summary>The stand-in, whatever the operator has: a secret that a package asks for and no job uses.</summary>
    Hidden,

    /// <summary>It stays at home.</summary>
    Never,
}

/// <summary>What a value must look like.</summary>
public enum KeyForm
{
    Level,
    Line,
    List,
    Address,
    UserInfo,
    Hosts,
    TrueFalse,
    Preference,
    Count,
    Milliseconds,
}

/// <summary>A key of <c>.xenon_config</c>, of <c>rucio.cfg</c> or of the environment that a package of the jobs reads.</summary>
/// <param name="Section">The section; empty in the environment.</param>
/// <param name="Name">The key.</param>
public sealed record JobKey(string Section, string Name)
{
    /// <summary>Whether it travels; of <c>rucio.cfg</c> and the environment nothing does.</summary>
    public Travel Travel { get; init; } = Travel.Never;

    /// <summary>What stands there where the operator has nothing, or null.</summary>
    public string? StandIn { get; init; }

    /// <summary>Whether a stand-in lets packages be imported, but is not enough for what jobs do later.</summary>
    public bool Used { get; init; }

    /// <summary>Whether the key without a value means something else than no key.</summary>
    public bool EmptyCounts { get; init; }

    public KeyForm Form { get; init; } = KeyForm.Line;

    /// <summary>Whether its value must never be shown.</summary>
    public bool Secret { get; init; }

    /// <summary>Whether it is read while a package is imported: then a bad value ends every job before it begins.</summary>
    public bool AtImport { get; init; }

    /// <summary>Package, releases, place.</summary>
    public string ReadBy { get; init; } = "";

    public string Accepts { get; init; } = "";

    /// <summary>What happens without a value, or with another.</summary>
    public string Otherwise { get; init; } = "";

    /// <summary>Where a job has it from; empty: the operator's <c>.xenon_config</c>.</summary>
    public string From { get; init; } = "";
}

/// <summary>What the jobs' packages read (<c>tables/job-keys.yml</c>): a fact that changes with their releases.</summary>
public sealed partial class JobKeys
{
    /// <summary>The file of the table.</summary>
    public const string FileName = "job-keys.yml";

    private const string Schema = "outsource/job-keys/1";

    /// <summary>The words of <c>logging_level</c>, exactly.</summary>
    public static readonly ImmutableArray<string> Levels = ["NOTSET", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

    private static readonly ImmutableArray<string> Preferences =
    [
        "primary",
        "primaryPreferred",
        "secondary",
        "secondaryPreferred",
        "nearest",
    ];

    private static readonly ImmutableDictionary<string, KeyForm> Forms = ImmutableDictionary.CreateRange(
        StringComparer.Ordinal,
        new KeyValuePair<string, KeyForm>[]
        {
            new("level", KeyForm.Level),
            new("line", KeyForm.Line),
            new("list", KeyForm.List),
            new("address", KeyForm.Address),
            new("user-info", KeyForm.UserInfo),
            new("hosts", KeyForm.Hosts),
            new("true-false", KeyForm.TrueFalse),
            new("preference", KeyForm.Preference),
            new("count", KeyForm.Count),
            new("milliseconds", KeyForm.Milliseconds),
        }
    );

    private JobKeys(ImmutableArray<JobKey> config, ImmutableArray<JobKey> rucio, ImmutableArray<JobKey> environment)
    {
        Config = config;
        Rucio = rucio;
        Environment = environment;
    }

    /// <summary>Of <c>.xenon_config</c>, in the order in which the jobs' file is written.</summary>
    public ImmutableArray<JobKey> Config { get; }

    /// <summary>Of <c>rucio.cfg</c>.</summary>
    public ImmutableArray<JobKey> Rucio { get; }

    /// <summary>Variables.</summary>
    public ImmutableArray<JobKey> Environment { get; }

    /// <summary>The table of the operator's folder, else the one that is built in.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="own">The operator's folder of tables, or null.</param>
    /// <exception cref="UsageException">The operator's file cannot be read, or says something that cannot be.</exception>
    public static JobKeys Read(IFileSystem disk, string? own)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var path = own is null ? null : Path.Combine(own, FileName);
        if (path is null || !disk.File.Exists(path))
        {
            using var shipped = new StreamReader(typeof(JobKeys).Assembly.GetManifestResourceStream(FileName)!);
            return Parse(shipped.ReadToEnd(), FileName);
        }

        try
        {
            return Parse(BoundedText.ReadAll(disk, path), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([new Fault($"the table cannot be read: {DiskFault.Why(error, path)}.", path)]);
        }
    }

    /// <summary>What is wrong with a value, or null. It never quotes the value: any may be a secret.</summary>
    public static string? ErrorIn(JobKey key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Any(c => char.IsControl(c) && c != '\n'))
        {
            return "holds a control character";
        }

        if (key.Form != KeyForm.List && value.Contains('\n', StringComparison.Ordinal))
        {
            return "goes on over several lines, since an indented line continues the one above";
        }

        return key.Form switch
        {
            KeyForm.Level => Levels.Contains(value) ? null : $"is none of {string.Join(", ", Levels)}",
            KeyForm.Line or KeyForm.List => null,
            KeyForm.Address => Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0
                ? null
                : "is no address: expected http://HOST or https://HOST",
            KeyForm.UserInfo => !UserInfo().IsMatch(value)
                ? "holds a character that must be escaped there: '@', ':', '/', '?' and '%' are written %40, %3A, %2F, %3F and %25"
                : null,
            KeyForm.Hosts => value
                .Split('/')[0]
                .Split(',')
                .All(h =>
                    Host().Match(h.Trim()) is { Success: true } match
                    && (!match.Groups[1].Success || int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is > 0 and < 65536)
                )
                ? null
                : "is no HOST:PORT, nor several separated by commas",
            KeyForm.TrueFalse => Switched(value) is not null ? null : "is neither true nor false",
            KeyForm.Preference => Preferences.Contains(value) ? null : $"is none of {string.Join(", ", Preferences)}",
            KeyForm.Count => Whole().IsMatch(WithoutComment(value)) ? null : "is no whole number from 1",
            KeyForm.Milliseconds => Decimals().IsMatch(WithoutComment(value)) ? null : "is no number of milliseconds",
            _ => throw new ArgumentOutOfRangeException(nameof(key)),
        };
    }

    /// <summary>
    /// A switch as pymongo takes it, <c>true</c> or <c>false</c>, of all that Python's configparser takes for one; null: it is none.
    /// </summary>
    public static string? Switched(string value) =>
        value?.ToLowerInvariant() switch
        {
            "1" or "yes" or "true" or "on" => "true",
            "0" or "no" or "false" or "off" => "false",
            _ => null,
        };

    /// <summary>A number without the comment behind it, which Python takes for part of the value.</summary>
    public static string WithoutComment(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Split('#', ';')[0].Trim();
    }

    /// <summary>Whether a value is what a sample has for one that is to be asked for, <c>&lt;ask teamA&gt;</c>: as good as none.</summary>
    public static bool IsPlaceholder(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.StartsWith('<') && value.EndsWith('>');
    }

    /// <summary>Reads a table.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="path">Where it stands, for faults.</param>
    internal static JobKeys Parse(string text, string path)
    {
        var faults = new List<Fault>();
        YamlMappingNode root;
        try
        {
            root = YamlReader.RootOf(text, path);
        }
        catch (DamagedYamlException damaged)
        {
            throw new UsageException([new Fault($"{damaged.Why}. Correct it, or take the file out of tables_folder.", path, damaged.Line)]);
        }

        if ((root.Children.TryGetValue("schema", out var schema) ? schema.ToString() : null) != Schema)
        {
            throw new UsageException([new Fault($"expected a table with schema '{Schema}'.", path, 1)]);
        }

        ImmutableArray<JobKey> Of(string list) =>
            root.Children.TryGetValue(list, out var node) && node is YamlSequenceNode entries
                ? [.. entries.Children.Select(e => Entry(e, list, path, faults)).OfType<JobKey>()]
                : [];
        var keys = new JobKeys(Of("xenon_config"), Of("rucio_cfg"), Of("environment"));
        faults.AddRange(
            keys.Config.GroupBy(k => (k.Section, k.Name))
                .Where(g => g.Count() > 1)
                .Select(g => new Fault($"[{g.Key.Section}] {g.Key.Name} is there twice.", path))
        );
        return faults.Count == 0 ? keys : throw new UsageException(faults);
    }

    private static JobKey? Entry(YamlNode node, string list, string path, List<Fault> faults)
    {
        var line = (int)node.Start.Line;
        if (node is not YamlMappingNode map)
        {
            faults.Add(new Fault("expected a mapping of 'key' and the like.", path, line));
            return null;
        }

        string? Text(string name) => map.Children.TryGetValue(name, out var value) && value is YamlScalarNode scalar ? scalar.Value : null;
        var key = Text("key") ?? "";
        void Wrong(string what) => faults.Add(new Fault($"{(key.Length == 0 ? "an entry" : key)}: {what}.", path, line));
        foreach (var unknown in map.Children.Keys.Select(k => k.ToString()).Where(k => !Columns.Contains(k)))
        {
            Wrong($"unknown '{unknown}'{NearestName.Hint(unknown, Columns)}");
        }

        var config = list == "xenon_config";
        if (!KeyName().IsMatch(key) || (config && key.Any(char.IsAsciiLetterUpper)))
        {
            Wrong("'key' must be a name, in lower case for .xenon_config");
        }

        if (list != "environment" && !SectionName().IsMatch(Text("section") ?? ""))
        {
            Wrong("'section' is missing");
        }

        if (Text("when") is not ("import" or "use"))
        {
            Wrong("'when' is neither import nor use");
        }

        foreach (var needed in Words.Where(n => string.IsNullOrWhiteSpace(Text(n))))
        {
            Wrong($"'{needed}' is missing");
        }

        var read = new JobKey(Text("section") ?? "", key)
        {
            StandIn = Text("stand_in"),
            Used = Text("used") == "yes",
            EmptyCounts = Text("empty") == "kept",
            Secret = Text("secret") == "true",
            AtImport = Text("when") == "import",
            ReadBy = Text("read_by") ?? "",
            Accepts = Text("accepts") ?? "",
            Otherwise = Text("otherwise") ?? "",
            From = Text("from") ?? "",
        };
        if (!config)
        {
            return read;
        }

        if (!Enum.TryParse<Travel>(Text("travels"), ignoreCase: true, out var travel) || !Enum.IsDefined(travel))
        {
            Wrong("'travels' is none of given, always, upload, hidden, never");
        }

        if (!Forms.TryGetValue(Text("form") ?? "", out var form))
        {
            Wrong($"'form' is none of {string.Join(", ", Forms.Keys.Order(StringComparer.Ordinal))}");
        }

        read = read with { Travel = travel, Form = form };
        if ((travel is Travel.Always or Travel.Hidden) != (read.StandIn is not null))
        {
            Wrong("a 'stand_in' goes with travels: always or hidden, and with no other");
        }
        else if (read.StandIn is { } standIn && ErrorIn(read, standIn) is { } fault)
        {
            Wrong($"its stand_in {fault}");
        }

        return read;
    }

    private static readonly string[] Words = ["read_by", "accepts", "otherwise"];

    private static readonly string[] Columns =
    [
        "section",
        "key",
        "travels",
        "stand_in",
        "used",
        "empty",
        "form",
        "secret",
        "when",
        "read_by",
        "accepts",
        "otherwise",
        "from",
    ];

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]*\z")]
    private static partial Regex KeyName();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_ -]*\z")]
    private static partial Regex SectionName();

    [GeneratedRegex(@"^(?:[^@:/?%]|%[0-9A-Fa-f]{2})+\z")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"^(?:[^\s:\[\]@/,]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?\z")]
    private static partial Regex Host();

    [GeneratedRegex(@"^[1-9][0-9]{0,8}\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"^[0-9]{1,9}(?:\.[0-9]{1,9})?\z")]
    private static partial Regex Decimals();
}
