using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Model.Tables;

/// <summary>Reads <c>job-keys.yml</c> and gathers what is wrong with it.</summary>
/// <param name="path">The file, for faults.</param>
internal sealed partial class JobKeysReader(string path)
{
    private const string Schema = "outsource/job-keys/1",
        ConfigList = "xenon_config",
        EnvironmentList = "environment";

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

    private static readonly string[] NeededTexts = ["read_by", "accepts", "otherwise"];

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

    private readonly List<Fault> _faults = [];

    /// <summary>Reads the table.</summary>
    /// <exception cref="UsageException">All that is wrong with it.</exception>
    public JobKeys Read(string text)
    {
        YamlMap root;
        try
        {
            root = YamlReader.RootOf(text, path);
        }
        catch (DamagedYamlException damaged)
        {
            throw new UsageException([new Fault($"{damaged.Why}. Correct it, or take the file out of tables_folder.", path, damaged.Line)]);
        }

        if (root.Text("schema") != Schema)
        {
            throw new UsageException([new Fault($"expected a table with schema '{Schema}'.", path, 1)]);
        }

        var keys = new JobKeys(List(root, ConfigList), List(root, "rucio_cfg"), List(root, EnvironmentList));
        _faults.AddRange(
            keys.Config.GroupBy(k => (k.Section, k.Name))
                .Where(g => g.Count() > 1)
                .Select(g => new Fault($"[{g.Key.Section}] {g.Key.Name} is there twice.", path))
        );
        return _faults.Count == 0 ? keys : throw new UsageException(_faults);
    }

    private ImmutableArray<JobKey> List(YamlMap root, string list) =>
        root.Child(list) is YamlList entries ? [.. entries.Items.Select(e => ReadEntry(e, list)).OfType<JobKey>()] : [];

    private JobKey? ReadEntry(YamlValue node, string list)
    {
        if (node is not YamlMap map)
        {
            _faults.Add(new Fault("expected a mapping of 'key' and the like.", path, node.Line));
            return null;
        }

        var key = map.Text("key") ?? "";
        void Wrong(string what) => _faults.Add(new Fault($"{(key.Length == 0 ? "an entry" : key)}: {what}.", path, node.Line));
        Check(map, list, Wrong);
        var read = new JobKey(map.Text("section") ?? "", key)
        {
            StandIn = map.Text("stand_in"),
            Used = map.Text("used") == "yes",
            EmptyCounts = map.Text("empty") == "kept",
            Secret = map.Text("secret") == "true",
            AtImport = map.Text("when") == "import",
            ReadBy = map.Text("read_by") ?? "",
            Accepts = map.Text("accepts") ?? "",
            Otherwise = map.Text("otherwise") ?? "",
            From = map.Text("from") ?? "",
        };
        return list == ConfigList ? WithTravel(read, map, Wrong) : read;
    }

    /// <summary>Reports what is wrong with the texts that every list has.</summary>
    private static void Check(YamlMap map, string list, Action<string> wrong)
    {
        foreach (var unknown in map.Keys().Where(k => !Columns.Contains(k)))
        {
            wrong($"unknown '{unknown}'{NearestName.Hint(unknown, Columns)}");
        }

        var key = map.Text("key") ?? "";
        if (!KeyName().IsMatch(key) || (list == ConfigList && key.Any(char.IsAsciiLetterUpper)))
        {
            wrong("'key' must be a name, in lower case for .xenon_config");
        }

        if (list != EnvironmentList && !SectionName().IsMatch(map.Text("section") ?? ""))
        {
            wrong("'section' is missing");
        }

        if (map.Text("when") is not ("import" or "use"))
        {
            wrong("'when' is neither import nor use");
        }

        foreach (var needed in NeededTexts.Where(n => string.IsNullOrWhiteSpace(map.Text(n))))
        {
            wrong($"'{needed}' is missing");
        }
    }

    /// <summary>A key of <c>.xenon_config</c>, with how it travels and what its values look like.</summary>
    private static JobKey WithTravel(JobKey read, YamlMap map, Action<string> wrong)
    {
        if (!Enum.TryParse<Travel>(map.Text("travels"), ignoreCase: true, out var travel) || !Enum.IsDefined(travel))
        {
            wrong("'travels' is not one of given, always, upload, hidden, never");
        }

        if (!Forms.TryGetValue(map.Text("form") ?? "", out var form))
        {
            wrong($"'form' is not one of {string.Join(", ", Forms.Keys.Order(StringComparer.Ordinal))}");
        }

        read = read with { Travel = travel, Form = form };
        if ((travel is Travel.Always or Travel.Hidden) != (read.StandIn is not null))
        {
            wrong("a 'stand_in' goes with travels: always or hidden, and with no other");
        }
        else if (read.StandIn is { } standIn && JobKeyValue.ErrorIn(read, standIn) is { } error)
        {
            wrong($"its stand_in {error}");
        }

        return read;
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]*\z")]
    private static partial Regex KeyName();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_ -]*\z")]
    private static partial Regex SectionName();
}
