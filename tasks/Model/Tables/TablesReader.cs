using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using YamlDotNet.RepresentationModel;

namespace Outsource.Model.Tables;

/// <summary>Reads and validates <c>tables/*.yml</c>. Every fault of the three files is told, with file and line.</summary>
public sealed partial class TablesReader
{
    /// <summary>The files, by what they hold.</summary>
    public const string DataTypesFile = "data-types.yml",
        RsesFile = "rses.yml",
        ModesFile = "modes.yml";

    private readonly IFileSystem _disk;
    private readonly List<Fault> _faults = [];
    private readonly SHA256 _hash = SHA256.Create();

    private TablesReader(IFileSystem disk) => _disk = disk;

    /// <summary>Reads the three tables.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="shipped">The folder that ships with the program.</param>
    /// <param name="own">The operator's folder, whose files replace ours one by one; or null.</param>
    /// <exception cref="UsageException">A file is missing, is not YAML, or says something that cannot be; all faults together.</exception>
    public static DataTables Read(IFileSystem disk, string shipped, string? own)
    {
        var reader = new TablesReader(disk);
        if (own is not null && !disk.Directory.Exists(own))
        {
            throw new UsageException(
                $"tables_folder: there is no folder '{own}'. Name one that holds {DataTypesFile}, {RsesFile} or {ModesFile}, or leave "
                    + "the setting out."
            );
        }

        var dataTypes = reader.Load(shipped, own, DataTypesFile, "outsource/data-types/1");
        var rses = reader.Load(shipped, own, RsesFile, "outsource/rses/1");
        var modes = reader.Load(shipped, own, ModesFile, "outsource/modes/1");
        var tables = reader.Build(dataTypes, rses, modes);
        return reader._faults.Count == 0 ? tables! : throw new UsageException(reader._faults);
    }

    private Document? Load(string shipped, string? own, string name, string schema)
    {
        var path = own is not null && _disk.File.Exists(Path.Combine(own, name)) ? Path.Combine(own, name) : Path.Combine(shipped, name);
        string text;
        try
        {
            text = BoundedText.ReadAll(_disk, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _faults.Add(new Fault($"the table cannot be read: {DiskFault.Why(error, path)}.", path));
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        _hash.TransformBlock(bytes, 0, bytes.Length, null, 0);
        try
        {
            var root = YamlReader.RootOf(text, path, YamlAliases.Allowed);
            if (Text(root, "schema") != schema)
            {
                _faults.Add(
                    new Fault(
                        $"schema is '{Text(root, "schema")}', expected '{schema}'. The table is of another version of this program.",
                        path,
                        1
                    )
                );
            }

            return new Document(path, root);
        }
        catch (DamagedYamlException error)
        {
            _faults.Add(new Fault($"{error.Why}.", path, error.Line));
            return null;
        }
    }

    private DataTables? Build(Document? types, Document? rses, Document? modes)
    {
        if (types is null || rses is null || modes is null)
        {
            return null;
        }

        var detectors = List(types.Root, "detectors");
        var raw = List(types.Root, "raw_types");
        var dataTypes = ReadDataTypes(types, detectors, raw);
        var rseTable = ImmutableDictionary.CreateBuilder<string, Rse>(StringComparer.Ordinal);
        foreach (var (name, node, line) in Mapping(rses.Root, "rses"))
        {
            rseTable[name] = ReadRse(rses, name, node, line);
        }

        var notForReading = Child(rses.Root, "not_for_reading") as YamlMappingNode ?? new YamlMappingNode();
        var led = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        if (Child(modes.Root, "led_modes") is YamlMappingNode ledModes)
        {
            foreach (var (key, _) in ledModes)
            {
                var mode = key.ToString();
                led[mode] = List(ledModes, mode);
                foreach (var type in led[mode].Where(t => dataTypes.All(d => d.Name != t)))
                {
                    _faults.Add(
                        new Fault(
                            $"led_modes: {mode} makes '{type}', which {DataTypesFile} does not "
                                + $"define{NearestName.Hint(type, dataTypes.Select(d => d.Name))}.",
                            modes.Path,
                            (int)key.Start.Line
                        )
                    );
                }
            }
        }

        _hash.TransformFinalBlock([], 0, 0);
        return new DataTables(
            detectors,
            raw,
            dataTypes,
            rseTable.ToImmutable(),
            List(notForReading, "names"),
            List(notForReading, "containing"),
            led.ToImmutable(),
            List(modes.Root, "excluding_tags"),
            Convert.ToHexStringLower(_hash.Hash!)
        );
    }

    private Rse ReadRse(Document rses, string name, YamlMappingNode node, int line)
    {
        void Wrong(string text) => _faults.Add(new Fault($"RSE '{name}': {text}", rses.Path, line));
        foreach (var key in node.Children.Keys.Select(k => k.ToString()).Where(k => !RseKeys.Contains(k)))
        {
            Wrong($"unknown key '{key}'{NearestName.Hint(key, RseKeys)}.");
        }

        bool Flag(string key, bool otherwise)
        {
            if (Child(node, key) is null)
            {
                return otherwise;
            }

            if (Text(node, key) is not ("true" or "false"))
            {
                Wrong($"{key} '{Text(node, key)}' is neither true nor false.");
            }

            return Text(node, key) == "true";
        }

        return new Rse(
            name,
            Text(node, "site_expression"),
            Text(node, "desired_site"),
            Flag("tape", otherwise: false),
            Flag("chosen", otherwise: true)
        );
    }

    /// <summary>The releases that <c>since</c> and <c>until</c> name.</summary>
    private static ReleaseSpan Span(YamlMappingNode node, Action<string> wrong)
    {
        ReleasePoint? Point(string key)
        {
            if (Child(node, key) is null)
            {
                return null;
            }

            var point = ReleasePoint.Parse(Text(node, key) ?? "");
            if (point is null)
            {
                wrong($"{key} '{Text(node, key)}' is no release: expected 'straxen VERSION' or 'strax VERSION', such as straxen 3.1.3.");
            }

            return point;
        }

        return Point("since") is var since && Point("until") is var until && since is null && until is null
            ? ReleaseSpan.All
            : new ReleaseSpan(since, until);
    }

    /// <summary>The stored types: each a name, or a name with the releases that have it.</summary>
    private static (ImmutableArray<string> Names, ImmutableDictionary<string, ReleaseSpan> Spans) Stored(
        YamlMappingNode node,
        Action<string> wrong
    )
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var spans = ImmutableDictionary.CreateBuilder<string, ReleaseSpan>(StringComparer.Ordinal);
        foreach (
            var entry in Child(node, "stores") switch
            {
                YamlSequenceNode list => list.Children,
                YamlScalarNode { Value: { Length: > 0 } } one => [one],
                _ => (IEnumerable<YamlNode>)[],
            }
        )
        {
            if (entry is not YamlMappingNode map)
            {
                names.Add((entry as YamlScalarNode)?.Value ?? "");
                continue;
            }

            var name = Text(map, "name") ?? "";
            foreach (var key in map.Children.Keys.Select(k => k.ToString()).Where(k => !StoredKeys.Contains(k)))
            {
                wrong($"stores: unknown key '{key}'{NearestName.Hint(key, StoredKeys)}.");
            }

            names.Add(name);
            spans[name] = Span(map, text => wrong($"stores: {name}: {text}"));
        }

        if (names.Any(string.IsNullOrEmpty))
        {
            wrong("stores: an entry has no name; write a data type, or {name: TYPE, until: straxen VERSION}.");
        }

        return (names.ToImmutable(), spans.ToImmutable());
    }

    private ImmutableArray<DataType> ReadDataTypes(Document types, ImmutableArray<string> detectors, ImmutableArray<string> raw)
    {
        var read = new List<(DataType Type, int Line)>();
        foreach (var (name, node, line) in Mapping(types.Root, "data_types"))
        {
            void Wrong(string text) => _faults.Add(new Fault($"data type '{name}': {text}", types.Path, line));
            string Needed(string key)
            {
                var value = Text(node, key);
                if (string.IsNullOrEmpty(value))
                {
                    Wrong($"'{key}' is missing.");
                }

                return value ?? "";
            }

            foreach (var key in node.Children.Keys.Select(k => k.ToString()).Where(k => !DataTypeKeys.Contains(k)))
            {
                Wrong($"unknown key '{key}'{NearestName.Hint(key, DataTypeKeys)}.");
            }

            var detector = Needed("detector");
            if (detector.Length > 0 && !detectors.Contains(detector))
            {
                Wrong($"detector '{detector}' is none of {string.Join(", ", detectors)}.");
            }

            var resources = Needed("resources");
            if (resources is not ("peaklets" or "events"))
            {
                Wrong($"resources '{resources}' is neither peaklets nor events.");
            }

            var chunked = Needed("chunked");
            if (chunked is not ("true" or "false"))
            {
                Wrong($"chunked '{chunked}' is neither true nor false.");
            }

            var job = Needed("job");
            if (!JobName().IsMatch(job) || job is "combine" or "download")
            {
                Wrong($"job '{job}' is no name for a job: letters, digits, _ and -, and not 'combine' or 'download'.");
            }

            if (!JobName().IsMatch(name))
            {
                Wrong("its name may hold only letters, digits, _ and -.");
            }

            var (stores, storedIn) = Stored(node, Wrong);
            if (stores.IsEmpty)
            {
                Wrong("'stores' is empty; name what it stores, which decides whether it was processed already.");
            }

            var madeFrom = Needed("made_from");
            read.Add(
                (
                    new DataType
                    {
                        Name = name,
                        Detector = detector,
                        MadeFrom = madeFrom,
                        After = List(node, "after"),
                        JobName = job,
                        Chunked = chunked == "true",
                        Stores = stores,
                        StoredIn = storedIn,
                        Releases = Span(node, Wrong),
                        Resources = resources == "events" ? ResourceKind.Events : ResourceKind.Peaklets,
                        MadeFromRaw = raw.Contains(madeFrom),
                        Depth = 0,
                    },
                    line
                )
            );
        }

        return WithDepths(types, read, raw);
    }

    private ImmutableArray<DataType> WithDepths(Document types, List<(DataType Type, int Line)> read, ImmutableArray<string> raw)
    {
        var byName = read.ToDictionary(r => r.Type.Name, StringComparer.Ordinal);
        var depths = raw.ToDictionary(r => r, _ => 0, StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);

        int DepthOf(string name, string asker)
        {
            if (depths.TryGetValue(name, out var known))
            {
                return known;
            }

            if (!byName.TryGetValue(name, out var entry))
            {
                _faults.Add(
                    new Fault(
                        $"data type '{asker}': '{name}' is neither a raw type nor defined "
                            + $"here{NearestName.Hint(name, byName.Keys.Concat(raw))}.",
                        types.Path,
                        byName[asker].Line
                    )
                );
                return depths[name] = 0;
            }

            if (!open.Add(name))
            {
                _faults.Add(new Fault($"data type '{name}' is made from itself, through '{asker}'.", types.Path, entry.Line));
                return depths[name] = 0;
            }

            var depth = 1 + entry.Type.After.Prepend(entry.Type.MadeFrom).Max(input => DepthOf(input, name));
            return depths[name] = depth;
        }

        return [.. read.Select(r => r.Type with { Depth = DepthOf(r.Type.Name, r.Type.Name) })];
    }

    private static readonly string[] DataTypeKeys =
    [
        "detector",
        "made_from",
        "after",
        "job",
        "chunked",
        "stores",
        "resources",
        "since",
        "until",
    ];

    private static readonly string[] StoredKeys = ["name", "since", "until"];

    private static readonly string[] RseKeys = ["site_expression", "desired_site", "tape", "chosen"];

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex JobName();

    private static YamlNode? Child(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Text(YamlMappingNode node, string key) => (Child(node, key) as YamlScalarNode)?.Value;

    private static ImmutableArray<string> List(YamlMappingNode node, string key) =>
        Child(node, key) switch
        {
            YamlSequenceNode sequence => [.. sequence.Children.OfType<YamlScalarNode>().Select(n => n.Value ?? "")],
            YamlScalarNode { Value: { Length: > 0 } one } => [one],
            _ => [],
        };

    private static IEnumerable<(string Name, YamlMappingNode Node, int Line)> Mapping(YamlMappingNode node, string key) =>
        Child(node, key) is YamlMappingNode mapping
            ? mapping.Children.Select(c => (c.Key.ToString(), c.Value as YamlMappingNode ?? new YamlMappingNode(), (int)c.Key.Start.Line))
            : [];

    private sealed record Document(string Path, YamlMappingNode Root);
}
