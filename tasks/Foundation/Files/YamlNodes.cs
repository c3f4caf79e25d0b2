using System.Collections.Immutable;

namespace Outsource.Foundation.Files;

/// <summary>What stands under the keys of a mapping that <see cref="YamlReader"/> read.</summary>
public static class YamlNodes
{
    /// <summary>What stands under a key; null: there is no such key, or this is not a mapping.</summary>
    public static YamlValue? Child(this YamlValue? node, string key) => (node as YamlMap)?[key];

    /// <summary>The mapping under a key, or null.</summary>
    public static YamlMap? Map(this YamlValue? node, string key) => node.Child(key) as YamlMap;

    /// <summary>The text under a key, or null.</summary>
    public static string? Text(this YamlValue? node, string key) => (node.Child(key) as YamlScalar)?.Text;

    /// <summary>The text under a key; null also where it means that there is nothing.</summary>
    public static string? TextOrNull(this YamlValue? node, string key) =>
        node.Child(key) is YamlScalar { IsNull: false } text ? text.Text : null;

    /// <summary>The texts under a key: those of a list, or the one that stands there; empty where there is none.</summary>
    public static ImmutableArray<string> Texts(this YamlValue? node, string key) =>
        node.Child(key) switch
        {
            YamlList list => [.. list.Texts],
            YamlScalar { Text: { Length: > 0 } one } => [one],
            _ => [],
        };

    /// <summary>The mappings of a list under a key; empty where there is no list.</summary>
    public static IEnumerable<YamlMap> Maps(this YamlValue? node, string key) =>
        node.Child(key) is YamlList list ? list.Items.OfType<YamlMap>() : [];

    /// <summary>The entries of the mapping under a key; empty where there is none.</summary>
    public static IEnumerable<YamlEntry> Entries(this YamlValue? node, string key) => node.Map(key)?.Entries ?? [];

    /// <summary>The keys of a mapping.</summary>
    public static IEnumerable<string> Keys(this YamlMap node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Entries.Select(e => e.Name);
    }
}
