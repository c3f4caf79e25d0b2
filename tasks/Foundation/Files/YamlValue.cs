using System.Runtime.CompilerServices;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.Foundation.Files;

/// <summary>
/// What stands at one place of a YAML file: a text, a list or a mapping, with its line. <see cref="YamlReader"/> makes it. Two are equal if
/// they are the same place: an alias is equal to what it names.
/// </summary>
public abstract class YamlValue
{
    private protected YamlValue(YamlNode node) => Node = node;

    /// <summary>The line, from 1.</summary>
    public int Line => (int)Node.Start.Line;

    /// <summary>Whether it means that there is nothing: empty, <c>null</c> or <c>~</c> without quotes.</summary>
    public bool IsNull => Node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" };

    internal YamlNode Node { get; }

    public override bool Equals(object? obj) => obj is YamlValue other && ReferenceEquals(Node, other.Node);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(Node);

    /// <summary>The text; of a list or a mapping, something like it for a message.</summary>
    public override string ToString() => Node.ToString();

    internal static YamlValue Of(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new YamlMap(map),
            YamlSequenceNode list => new YamlList(list),
            YamlScalarNode text => new YamlScalar(text),
            _ => throw new ArgumentException("An alias is resolved before.", nameof(node)),
        };
}

/// <summary>A text.</summary>
public sealed class YamlScalar : YamlValue
{
    internal YamlScalar(YamlScalarNode node)
        : base(node) => Text = node.Value ?? "";

    public string Text { get; }
}

/// <summary>A list.</summary>
public sealed class YamlList : YamlValue
{
    private readonly YamlSequenceNode _node;

    internal YamlList(YamlSequenceNode node)
        : base(node) => _node = node;

    public IEnumerable<YamlValue> Items => _node.Children.Select(Of);

    /// <summary>Its texts, without what is none.</summary>
    public IEnumerable<string> Texts => Items.OfType<YamlScalar>().Select(s => s.Text);
}

/// <summary>A mapping.</summary>
public sealed class YamlMap : YamlValue
{
    private readonly YamlMappingNode _node;

    internal YamlMap(YamlMappingNode node)
        : base(node) => _node = node;

    /// <summary>One without entries.</summary>
    public static YamlMap Empty { get; } = new([]);

    public IEnumerable<YamlEntry> Entries => _node.Children.Select(c => new YamlEntry(Of(c.Key), Of(c.Value)));

    /// <summary>What stands under a key, or null.</summary>
    public YamlValue? this[string key] => _node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? Of(child) : null;
}

/// <summary>An entry of a mapping.</summary>
/// <param name="Key">Its key: a text, unless the file may have aliases.</param>
/// <param name="Value">What stands there.</param>
public sealed record YamlEntry(YamlValue Key, YamlValue Value)
{
    public string Name => Key.ToString();

    /// <summary>Its value; empty where that is not a mapping.</summary>
    public YamlMap Map => Value as YamlMap ?? YamlMap.Empty;

    /// <summary>Line of the key, from 1.</summary>
    public int Line => Key.Line;
}
