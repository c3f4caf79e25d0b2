using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.Foundation.Files;

/// <summary>An entry of a mapping whose values are mappings.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Node">Its value; empty where it is not a mapping.</param>
/// <param name="Line">Line of the key, from 1.</param>
public sealed record YamlEntry(string Name, YamlMappingNode Node, int Line);

/// <summary>What stands under the keys of a mapping that <see cref="YamlReader"/> read.</summary>
public static class YamlNodes
{
    /// <summary>The node under a key; null: there is no such key, or the node is not a mapping.</summary>
    public static YamlNode? Child(this YamlNode? node, string key) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    /// <summary>The mapping under a key, or null.</summary>
    public static YamlMappingNode? Map(this YamlNode? node, string key) => node.Child(key) as YamlMappingNode;

    /// <summary>The text under a key, or null.</summary>
    public static string? Text(this YamlNode? node, string key) => (node.Child(key) as YamlScalarNode)?.Value;

    /// <summary>The texts under a key: those of a list, or the one that stands there; empty where there is none.</summary>
    public static ImmutableArray<string> Texts(this YamlNode? node, string key) =>
        node.Child(key) switch
        {
            YamlSequenceNode list => [.. list.Children.OfType<YamlScalarNode>().Select(n => n.Value ?? "")],
            YamlScalarNode { Value: { Length: > 0 } one } => [one],
            _ => [],
        };

    /// <summary>The mappings of a list under a key; empty where there is no list.</summary>
    public static IEnumerable<YamlMappingNode> Maps(this YamlNode? node, string key) =>
        node.Child(key) is YamlSequenceNode list ? list.Children.OfType<YamlMappingNode>() : [];

    /// <summary>The entries of the mapping under a key; empty where there is none.</summary>
    public static IEnumerable<YamlEntry> Entries(this YamlNode? node, string key) =>
        node.Map(key) is { } map
            ? map.Children.Select(c => new YamlEntry(c.Key.ToString(), c.Value as YamlMappingNode ?? [], c.Key.Line()))
            : [];

    /// <summary>The keys of a mapping.</summary>
    public static IEnumerable<string> Keys(this YamlMappingNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Children.Keys.Select(k => k.ToString());
    }

    /// <summary>The line of a node, from 1.</summary>
    public static int Line(this YamlNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return (int)node.Start.Line;
    }

    /// <summary>Whether a text means that there is nothing: empty, <c>null</c> or <c>~</c> without quotes.</summary>
    public static bool IsNull(this YamlNode? node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" };
}
