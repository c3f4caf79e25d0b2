using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Model.Contexts;

/// <summary>Reads context descriptions, which come from a program that ran elsewhere: nothing in them is taken on trust.</summary>
/// <param name="origin">Where the description came from.</param>
/// <param name="faults">Gets what is wrong.</param>
public sealed partial class ContextDescriptionReader(string origin, ICollection<Fault> faults)
{
    /// <summary>More plugins, or types of one plugin, than any context has.</summary>
    private const int Most = 5000;

    private static readonly ImmutableDictionary<string, SaveWhen> SaveWhens = Enum.GetValues<SaveWhen>()
        .ToImmutableDictionary(w => w.ToString().ToUpperInvariant(), StringComparer.Ordinal);

    private string _subject = "the context description";

    /// <summary>Whether a document has this schema.</summary>
    public static bool Fits(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && json.TryGetProperty("schema", out var schema)
        && schema.ValueKind == JsonValueKind.String
        && schema.ValueEquals(ContextDescription.Schema);

    /// <summary>Reads one. Its digest and its order must be right. Null after a fault.</summary>
    /// <param name="json">The document.</param>
    public ContextDescription? Read(JsonElement json)
    {
        if (!Fits(json))
        {
            Wrong($"the schema is not '{ContextDescription.Schema}'. payload/context_description.py writes such a document.");
            return null;
        }

        var before = faults.Count;
        var name = Text(json, "name");
        _subject = name is null ? _subject : $"the context description '{UntrustedText.Shown(name)}'";
        var digest = CanonicalJson.Digest(json, "made", "made_by", "sha256");
        if (Text(json, "sha256") is { } told && told != digest)
        {
            Wrong(
                $"its content does not fit its sha256 ({UntrustedText.Brief(told, 64)}): it was changed after it was made. Make it again."
            );
        }

        var tree = ReadTree(json);
        if (tree is not null)
        {
            CheckOrder(json, tree);
        }

        return faults.Count > before
            ? null
            : new ContextDescription
            {
                Name = name!,
                XedocsVersion = Maybe(json, "xedocs_version"),
                Tag = Maybe(json, "tag"),
                Versions = Versions(json),
                Tree = tree!,
                FirstSeconds = FirstSecondsOf(json),
                Remarks = [.. Texts(json, "remarks").Select(UntrustedText.Shown)],
                Digest = digest,
                Origin = origin,
                Text = json.GetRawText(),
                PartTexts = PartTexts(json),
                SavesPeakCorrelation = Switch(json, "save_peak_correlation"),
                IsSalted = Switch(json, "saltax"),
            };
    }

    private static ImmutableDictionary<string, ImmutableDictionary<string, string>> PartTexts(JsonElement json) =>
        json.TryGetProperty("part_hashes", out var roots) && roots.ValueKind == JsonValueKind.Object
            ? roots
                .EnumerateObject()
                .Where(r => r.Value.ValueKind == JsonValueKind.Object)
                .DistinctBy(r => r.Name)
                .ToImmutableDictionary(
                    r => r.Name,
                    r =>
                        r.Value.EnumerateObject()
                            .Where(t => t.Value.ValueKind == JsonValueKind.String)
                            .DistinctBy(t => t.Name)
                            .ToImmutableDictionary(t => t.Name, t => t.Value.GetString()!, StringComparer.Ordinal),
                    StringComparer.Ordinal
                )
            : ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;

    private static bool Switch(JsonElement json, string name) =>
        json.TryGetProperty("switches", out var switches)
        && switches.ValueKind == JsonValueKind.Object
        && switches.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.True;

    /// <summary>Seconds from 0 to a day; else null.</summary>
    internal static double? FirstSecondsOf(JsonElement json) =>
        json.TryGetProperty("keep_n_seconds_for_monitoring", out var seconds)
        && seconds.ValueKind == JsonValueKind.Number
        && seconds.TryGetDouble(out var number)
        && number is >= 0 and <= 86_400
            ? number
            : null;

    /// <summary>Reads the plugins alone; null after a fault.</summary>
    public DependencyTree? ReadTree(JsonElement json)
    {
        var before = faults.Count;
        var plugins = new List<ContextPlugin>();
        var types = new Dictionary<string, ContextType>(StringComparer.Ordinal);
        if (!json.TryGetProperty("plugins", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > Most)
        {
            Wrong($"field 'plugins' must be a list of 1 to {Most} plugins.");
            return null;
        }

        foreach (var (at, element) in list.EnumerateArray().Index())
        {
            if (ReadPlugin(element, at, types) is { } plugin)
            {
                plugins.Add(plugin);
            }
        }

        if (faults.Count > before)
        {
            return null;
        }

        var tree = DependencyTree.Of(plugins, types, out var wrong);
        foreach (var fault in wrong)
        {
            Wrong(fault + ".");
        }

        return tree;
    }

    private ContextPlugin? ReadPlugin(JsonElement element, int at, Dictionary<string, ContextType> types)
    {
        if (element.ValueKind != JsonValueKind.Object || Maybe(element, "class") is not { } named)
        {
            Wrong($"plugin {at + 1} is not an object with a 'class'.");
            return null;
        }

        var (provides, needs) = (Texts(element, "provides"), Texts(element, "depends_on"));
        if (provides.IsEmpty || provides.Length > Most || needs.Length > Most)
        {
            Wrong($"plugin {UntrustedText.Shown(named)}: 'provides' must list its data types.");
            return null;
        }

        foreach (var type in provides.Concat(needs).Where(t => !TypeName().IsMatch(t)))
        {
            Wrong($"plugin {UntrustedText.Shown(named)}: '{UntrustedText.Shown(type)}' is not a valid name of a data type.");
        }

        foreach (var type in provides)
        {
            if (ReadType(element, named, type) is { } read)
            {
                types[type] = read;
            }
        }

        var allowed = !element.TryGetProperty("per_chunk_allowed", out var flag) || flag.ValueKind != JsonValueKind.False;
        return new ContextPlugin(UntrustedText.Shown(named), provides, needs, allowed);
    }

    private ContextType? ReadType(JsonElement plugin, string named, string type)
    {
        var subject = $"plugin {UntrustedText.Shown(named)}, data type '{UntrustedText.Shown(type)}'";
        if (
            !plugin.TryGetProperty("types", out var all)
            || all.ValueKind != JsonValueKind.Object
            || !all.TryGetProperty(type, out var json)
            || json.ValueKind != JsonValueKind.Object
        )
        {
            Wrong($"{subject}: 'types' has no entry for it.");
            return null;
        }

        if (!SaveWhens.TryGetValue(Maybe(json, "save_when") ?? "", out var when))
        {
            Wrong($"{subject}: 'save_when' must be NEVER, EXPLICIT, TARGET or ALWAYS.");
            return null;
        }

        var hash = Maybe(json, "hash");
        if (hash is not null && !LineageHash().IsMatch(hash))
        {
            Wrong($"{subject}: '{UntrustedText.Shown(hash)}' is not a lineage hash (10 characters a to z, 2 to 7).");
        }

        return new ContextType(type, when, Maybe(json, "data_kind") ?? type, ItemSize(json, subject), hash);
    }

    private int? ItemSize(JsonElement json, string subject)
    {
        if (!json.TryGetProperty("itemsize", out var bytes) || bytes.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt32(out var size) && size > 0)
        {
            return size;
        }

        Wrong($"{subject}: 'itemsize' must be a whole number of bytes above 0, or null.");
        return null;
    }

    /// <summary>strax's own order must be the one that is computed here: else the two have another idea of the tree.</summary>
    private void CheckOrder(JsonElement json, DependencyTree tree)
    {
        var told = Texts(json, "order");
        if (told.Length != tree.Order.Length)
        {
            Wrong($"field 'order' has {told.Length} data types, but the plugins make {tree.Order.Length}.");
            return;
        }

        var first = told.Zip(tree.Order).Index().FirstOrDefault(p => p.Item.First != p.Item.Second);
        if (first.Item != default)
        {
            Wrong(
                $"field 'order' has '{UntrustedText.Shown(first.Item.First)}' at place {first.Index + 1}, where the dependencies have "
                    + $"'{first.Item.Second}'. It was made by a strax that orders plugins in another way."
            );
        }
    }

    private static ImmutableSortedDictionary<string, string> Versions(JsonElement json) =>
        json.TryGetProperty("versions", out var versions) && versions.ValueKind == JsonValueKind.Object
            ? versions
                .EnumerateObject()
                .Where(v => v.Value.ValueKind == JsonValueKind.String)
                .DistinctBy(v => v.Name)
                .ToImmutableSortedDictionary(
                    v => UntrustedText.Shown(v.Name),
                    v => UntrustedText.Shown(v.Value.GetString()!),
                    StringComparer.Ordinal
                )
            : ImmutableSortedDictionary<string, string>.Empty;

    private string? Text(JsonElement json, string field)
    {
        if (Maybe(json, field) is { } text)
        {
            return text;
        }

        Wrong($"field '{field}' is missing; it must be a text.");
        return null;
    }

    private static string? Maybe(JsonElement json, string field) =>
        json.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static ImmutableArray<string> Texts(JsonElement json, string field) =>
        json.TryGetProperty(field, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.String).Select(e => e.GetString()!)]
            : [];

    private void Wrong(string text) => faults.Add(new Fault($"{_subject}: {text}", origin));

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]{0,99}\z")]
    private static partial Regex TypeName();

    [GeneratedRegex(@"^[a-z2-7]{10}\z")]
    private static partial Regex LineageHash();
}
