using YamlDotNet.RepresentationModel;

namespace Outsource.Foundation.Files;

/// <summary>Changes what <see cref="YamlReader"/> read, and writes it.</summary>
public static class YamlChange
{
    /// <summary>Merges a mapping: a mapping key by key, a list or a text replaces, <c>null</c> removes.</summary>
    /// <param name="into">What is changed.</param>
    /// <param name="change">The change. No mapping of it is part of itself.</param>
    public static void Merge(this YamlMap into, YamlMap change)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentNullException.ThrowIfNull(change);
        var target = ((YamlMappingNode)into.Node).Children;
        foreach (var (key, value) in change.Entries)
        {
            if (value.IsNull)
            {
                _ = target.Remove(key.Node);
            }
            else if (value is YamlMap more)
            {
                // A null below a key that is not there removes nothing: what is changed never holds a null.
                if (!target.TryGetValue(key.Node, out var old) || old is not YamlMappingNode there)
                {
                    target[key.Node] = there = [];
                }

                new YamlMap(there).Merge(more);
            }
            else
            {
                target[key.Node] = value.Node;
            }
        }
    }

    /// <summary>Removes an item, if it is there.</summary>
    public static void Remove(this YamlList list, YamlValue? item)
    {
        ArgumentNullException.ThrowIfNull(list);
        _ = item is not null && ((YamlSequenceNode)list.Node).Children.Remove(item.Node);
    }

    /// <summary>Adds a mapping of one text at the end.</summary>
    public static YamlMap Add(this YamlList list, string key, string text)
    {
        ArgumentNullException.ThrowIfNull(list);
        var added = new YamlMappingNode(key, new YamlScalarNode(text));
        ((YamlSequenceNode)list.Node).Add(added);
        return new YamlMap(added);
    }

    /// <summary>The text of a document.</summary>
    public static string Render(this YamlMap root)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(root.Node)).Save(text, assignAnchors: false);
        // The writer ends a document with a line of three dots.
        const string End = "...\n";
        var rendered = text.ToString().Replace("\r", "", StringComparison.Ordinal);
        return rendered.EndsWith("\n" + End, StringComparison.Ordinal) ? rendered[..^End.Length] : rendered;
    }
}
