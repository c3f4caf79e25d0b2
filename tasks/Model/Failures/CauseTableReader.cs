using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Model.Failures;

/// <summary>Reads <c>causes.yml</c> and gathers what is wrong with it.</summary>
/// <param name="path">The file, for faults.</param>
internal sealed partial class CauseTableReader(string path)
{
    private const string Schema = "outsource/causes/1";

    /// <summary>Bounds of a table, and of an expression in it.</summary>
    private const int MostCauses = 500,
        MostTests = 50,
        LongestPattern = 300;

    private static readonly string[] RootKeys = ["schema", "causes"];

    private static readonly string[] CauseKeys = ["title", "retry", "mend", "remedy", "when"];

    private static readonly string[] TestKeys = ["hold", "exit", "slurm", "phase", "over", "end", "text"];

    private static readonly ImmutableSortedDictionary<string, Mending> Mendings = Words<Mending>();

    private static readonly ImmutableSortedDictionary<string, JobPhase> Phases = Words<JobPhase>();

    private static readonly ImmutableSortedDictionary<string, JobEnd> Ends = Words<JobEnd>();

    private static readonly ImmutableSortedDictionary<string, JobResource> Resources = Words<JobResource>();

    private readonly List<Fault> _faults = [];

    /// <summary>Reads the table.</summary>
    /// <exception cref="UsageException">All that is wrong with it.</exception>
    public CauseTable Read(string text)
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

        Refuse(root, RootKeys, w => Wrong(w, 1));
        var entries = root.Entries("causes").ToList();
        if (entries.Count is 0 or > MostCauses)
        {
            Wrong($"'causes' has {entries.Count} entries, but must have 1 to {MostCauses}.", 1);
        }

        var causes = entries.Take(MostCauses).Select(Cause).ToImmutableArray();
        return _faults.Count == 0 ? new CauseTable(causes) : throw new UsageException(_faults);
    }

    private KnownCause Cause(YamlEntry entry)
    {
        var map = entry.Map;
        void Bad(string what) => Wrong($"cause '{UntrustedText.Shown(entry.Name)}': {what}", entry.Line);
        if (!Name().IsMatch(entry.Name) || entry.Name.StartsWith("unknown", StringComparison.Ordinal))
        {
            Bad("its name must be of small letters, digits and dashes, and not begin with 'unknown'.");
        }

        Refuse(map, CauseKeys, Bad);
        foreach (var needed in CauseKeys.Where(k => map[k] is null))
        {
            Bad($"'{needed}' is missing.");
        }

        if (map.Text("retry") is not (null or "yes" or "no"))
        {
            Bad($"retry is '{UntrustedText.Shown(map.Text("retry")!)}', but must be \"yes\" or \"no\".");
        }

        var tests = map["when"] is YamlList list ? list.Items.ToList() : [];
        if (map["when"] is not null && tests.Count is (0 or > MostTests))
        {
            Bad($"'when' must be a list of 1 to {MostTests} items.");
        }

        return new KnownCause(entry.Name, map.Text("title") ?? "")
        {
            Retryable = map.Text("retry") == "yes",
            Mending = Word(map, "mend", Mendings, Bad) ?? Mending.Again,
            Remedy = map.Text("remedy") ?? "",
            Tests = [.. tests.Take(MostTests).Select(t => Test(entry.Name, t))],
        };
    }

    private CauseTest Test(string cause, YamlValue item)
    {
        void Bad(string what) => Wrong($"cause '{UntrustedText.Shown(cause)}': {what}", item.Line);
        if (item is not YamlMap map || !map.Keys().Any())
        {
            Bad($"an item of 'when' must have one of {string.Join(", ", TestKeys)}.");
            return new CauseTest();
        }

        Refuse(map, TestKeys, Bad);
        return new CauseTest
        {
            Holds = [.. TextsOf(map, "hold").Select(t => Hold(t, Bad))],
            Exits = [.. TextsOf(map, "exit").Select(t => Exit(t, Bad))],
            SlurmStates = [.. TextsOf(map, "slurm").Select(t => State(t, Bad))],
            Phase = Word(map, "phase", Phases, Bad),
            End = Word(map, "end", Ends, Bad),
            Over = Word(map, "over", Resources, Bad),
            Text = map.Text("text") is { } pattern ? Pattern(pattern, Bad) : null,
        };
    }

    private static IEnumerable<string> TextsOf(YamlMap map, string key) =>
        map[key] switch
        {
            YamlList list => list.Items.Select(i => i.ToString()),
            { } one => [one.ToString()],
            null => [],
        };

    private static HoldNumber Hold(string text, Action<string> bad)
    {
        if (HoldForm().Match(text) is { Success: true } match)
        {
            return new HoldNumber(Number(match.Groups["code"]), match.Groups["sub"].Success ? Number(match.Groups["sub"]) : null);
        }

        bad($"hold '{UntrustedText.Shown(text)}' is neither a code such as 34 nor a code and subcode such as \"34.102\".");
        return default;
    }

    private static int Exit(string text, Action<string> bad)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 1 and <= 255)
        {
            return code;
        }

        bad($"exit '{UntrustedText.Shown(text)}' is not an exit code from 1 to 255.");
        return 0;
    }

    private static string State(string text, Action<string> bad)
    {
        if (!SlurmState().IsMatch(text))
        {
            bad($"slurm '{UntrustedText.Shown(text)}' is not a state of Slurm, such as TIMEOUT.");
        }

        return text;
    }

    private static Regex? Pattern(string pattern, Action<string> bad)
    {
        if (pattern.Length is 0 or > LongestPattern)
        {
            bad($"text has {pattern.Length} characters, but must have 1 to {LongestPattern}.");
            return null;
        }

        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            bad(
                $"text '{UntrustedText.Shown(pattern)}' is not a regular expression without references and look-arounds "
                    + $"({error.Message.TrimEnd('.')})."
            );
            return null;
        }
    }

    private static T? Word<T>(YamlMap map, string key, ImmutableSortedDictionary<string, T> words, Action<string> bad)
        where T : struct
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        if (!words.TryGetValue(text, out var value))
        {
            bad(
                $"{key} is '{UntrustedText.Shown(text)}'{NearestName.Hint(text, words.Keys)}, but must be one of "
                    + $"{string.Join(", ", words.Keys)}."
            );
            return null;
        }

        return value;
    }

    private static void Refuse(YamlMap map, string[] allowed, Action<string> bad)
    {
        foreach (var key in map.Keys().Where(k => !allowed.Contains(k)))
        {
            bad($"unknown key '{UntrustedText.Shown(key)}'{NearestName.Hint(key, allowed)}.");
        }
    }

    private static ImmutableSortedDictionary<string, T> Words<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>()
            .ToImmutableSortedDictionary(v => Spelling.Kebab(v.ToString()), v => v, StringComparer.Ordinal);

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private void Wrong(string what, int line) => _faults.Add(new Fault(what, path, line));

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^(?<code>[0-9]{1,4})(?:\.(?<sub>[0-9]{1,6}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HoldForm();

    [GeneratedRegex(@"^[A-Z_]{2,30}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SlurmState();
}
