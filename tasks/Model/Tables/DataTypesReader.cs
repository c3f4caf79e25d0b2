using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Model.Tables;

/// <summary>Reads the data types of <c>data-types.yml</c>.</summary>
/// <param name="document">The file.</param>
/// <param name="faults">Gets what is wrong.</param>
internal sealed partial class DataTypesReader(TableDocument document, List<Fault> faults)
{
    private readonly ImmutableArray<string> _detectors = document.Root.Texts("detectors"),
        _raw = document.Root.Texts("raw_types");

    private static readonly string[] DataTypeKeys =
    [
        "detector",
        "made_from",
        "after",
        "job",
        "chunked",
        "stores",
        "resources",
        "memory",
        "disk",
        "since",
        "until",
    ];

    private static readonly string[] StoredKeys = ["name", "since", "until"];

    /// <summary>The data types, in the order of the table.</summary>
    public ImmutableArray<DataType> Read()
    {
        var read = new List<(DataType Type, int Line)>();
        foreach (var entry in document.Root.Entries("data_types"))
        {
            var (name, line) = (entry.Name, entry.Line);
            void Wrong(string text) => faults.Add(new Fault($"data type '{name}': {text}", document.Path, line));
            read.Add((ReadType(name, entry.Map, Wrong), line));
        }

        return WithDepths(read);
    }

    private DataType ReadType(string name, YamlMap node, Action<string> wrong)
    {
        TableDocument.CheckKeys(node, DataTypeKeys, wrong);
        var detector = Needed(node, "detector", wrong);
        if (detector.Length > 0 && !_detectors.Contains(detector))
        {
            wrong($"detector '{detector}' is not one of {string.Join(", ", _detectors)}.");
        }

        var resources = Needed(node, "resources", wrong);
        if (resources is not ("peaklets" or "events"))
        {
            wrong(
                $"resources '{resources}' is neither peaklets nor events. It names the level whose memory and disk the type has; "
                    + "for amounts of its own add 'memory: 9000' (MB, or 9 GB) or 'disk: 80 GB' (or KB)."
            );
        }

        var chunked = Needed(node, "chunked", wrong);
        if (chunked is not ("true" or "false"))
        {
            wrong($"chunked '{chunked}' is neither true nor false.");
        }

        var job = Needed(node, "job", wrong);
        if (!JobName().IsMatch(job) || job is "combine" or "download")
        {
            wrong($"job '{job}' is not a valid name of a job: letters, digits, _ and -, and not 'combine' or 'download'.");
        }

        if (!JobName().IsMatch(name))
        {
            wrong("its name may hold only letters, digits, _ and -.");
        }

        var (stores, storedIn) = Stored(node, wrong);
        if (stores.IsEmpty)
        {
            wrong("'stores' is empty; name the types it stores, which decide whether it was processed already.");
        }

        var madeFrom = Needed(node, "made_from", wrong);
        return new DataType
        {
            Name = name,
            Detector = detector,
            MadeFrom = madeFrom,
            After = node.Texts("after"),
            JobName = job,
            Chunked = chunked == "true",
            Stores = stores,
            StoredIn = storedIn,
            Releases = Span(node, wrong),
            Resources = resources == "events" ? ResourceKind.Events : ResourceKind.Peaklets,
            MemoryMb = Amount(name, node, SettingCatalog.ByName["memory"]),
            DiskKb = Amount(name, node, SettingCatalog.ByName["disk"]),
            MadeFromRaw = _raw.Contains(madeFrom),
            Depth = 0,
        };
    }

    /// <summary>Memory or disk of the type, in the unit of the setting; null: it has none of its own.</summary>
    private long? Amount(string name, YamlMap node, Setting setting)
    {
        if (node.Child(setting.Name) is not { } child)
        {
            return null;
        }

        var (text, key) = (node.Text(setting.Name) ?? "", setting.Key!);
        var amount = Quantity.Parse(text, setting.Unit!, key.Least);
        if (amount is null)
        {
            faults.Add(
                new Fault(
                    $"data type '{name}': {setting.Name} is '{text}', but must be "
                        + $"{Quantity.Allowed(setting.Unit!, key.Least, key.Sample!)}.",
                    document.Path,
                    child.Line
                )
            );
        }

        return amount;
    }

    private static string Needed(YamlMap node, string key, Action<string> wrong)
    {
        var value = node.Text(key);
        if (string.IsNullOrEmpty(value))
        {
            wrong($"'{key}' is missing.");
        }

        return value ?? "";
    }

    /// <summary>The releases that <c>since</c> and <c>until</c> name.</summary>
    private static ReleaseSpan Span(YamlMap node, Action<string> wrong)
    {
        ReleasePoint? Point(string key)
        {
            if (node.Child(key) is null)
            {
                return null;
            }

            var point = ReleasePoint.Parse(node.Text(key) ?? "");
            if (point is null)
            {
                wrong(
                    $"{key} '{node.Text(key)}' is not a valid release: expected 'straxen VERSION' or 'strax VERSION', such as "
                        + "straxen 3.1.3."
                );
            }

            return point;
        }

        return Point("since") is var since && Point("until") is var until && since is null && until is null
            ? ReleaseSpan.All
            : new ReleaseSpan(since, until);
    }

    /// <summary>The stored types: each a name, or a name with the releases that have it.</summary>
    private static (ImmutableArray<string> Names, ImmutableDictionary<string, ReleaseSpan> Spans) Stored(
        YamlMap node,
        Action<string> wrong
    )
    {
        var names = ImmutableArray.CreateBuilder<string>();
        var spans = ImmutableDictionary.CreateBuilder<string, ReleaseSpan>(StringComparer.Ordinal);
        foreach (
            var entry in node.Child("stores") switch
            {
                YamlList list => list.Items,
                YamlScalar { Text.Length: > 0 } one => [one],
                _ => [],
            }
        )
        {
            if (entry is not YamlMap map)
            {
                names.Add((entry as YamlScalar)?.Text ?? "");
                continue;
            }

            var name = map.Text("name") ?? "";
            TableDocument.CheckKeys(map, StoredKeys, text => wrong($"stores: {text}"));
            names.Add(name);
            spans[name] = Span(map, text => wrong($"stores: {name}: {text}"));
        }

        if (names.Any(string.IsNullOrEmpty))
        {
            wrong("stores: an entry has no name; write a data type, or {name: TYPE, until: straxen VERSION}.");
        }

        return (names.ToImmutable(), spans.ToImmutable());
    }

    private ImmutableArray<DataType> WithDepths(List<(DataType Type, int Line)> read)
    {
        var byName = read.ToDictionary(r => r.Type.Name, StringComparer.Ordinal);
        var depths = _raw.ToDictionary(r => r, _ => 0, StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);

        int DepthOf(string name, string asker)
        {
            if (depths.TryGetValue(name, out var known))
            {
                return known;
            }

            if (!byName.TryGetValue(name, out var entry))
            {
                faults.Add(
                    new Fault(
                        $"data type '{asker}': '{name}' is neither a raw type nor defined "
                            + $"here{NearestName.Hint(name, byName.Keys.Concat(_raw))}.",
                        document.Path,
                        byName[asker].Line
                    )
                );
                return depths[name] = 0;
            }

            if (!open.Add(name))
            {
                faults.Add(new Fault($"data type '{name}' is made from itself, through '{asker}'.", document.Path, entry.Line));
                return depths[name] = 0;
            }

            var depth = 1 + entry.Type.After.Prepend(entry.Type.MadeFrom).Max(input => DepthOf(input, name));
            return depths[name] = depth;
        }

        return [.. read.Select(r => r.Type with { Depth = DepthOf(r.Type.Name, r.Type.Name) })];
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex JobName();
}
