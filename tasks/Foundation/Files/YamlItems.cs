using System.IO.Abstractions;
using System.Text;

namespace Outsource.Foundation.Files;

/// <summary>An item of a list that stands under a key at the top of a YAML file.</summary>
/// <param name="Key">The key.</param>
/// <param name="Map">The item.</param>
/// <param name="Line">Its first line, from 1.</param>
public sealed record YamlItem(string Key, YamlMap Map, int Line);

/// <summary>
/// The items of the lists of a large YAML file, one after the other: a workflow has as many as it has jobs, and only one of them is held.
/// The lists must be written as blocks, an item a line or more, as our writer and Pegasus' own do.
/// </summary>
public static class YamlItems
{
    /// <summary>Longest item, in characters: a combine job of 10,000 parts is a tenth of it.</summary>
    private const int Longest = 32 << 20;

    /// <summary>The items in the order of the file. Keys at the top that have no list of mappings are passed over.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="DamagedYamlException">An item is not a mapping, or longer than any job's.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<YamlItem> Read(IFileSystem disk, string path)
    {
        var cutter = new Cutter(path);
        foreach (var line in BoundedText.Statements(disk, path))
        {
            if (cutter.Add(line) is { } item)
            {
                yield return item;
            }
        }

        if (cutter.End() is { } last)
        {
            yield return last;
        }
    }

    /// <summary>Cuts the lines of a file into items.</summary>
    private sealed class Cutter(string path)
    {
        private const int NotYet = -1,
            NoList = -2;

        private readonly StringBuilder _text = new();
        private string _key = "";
        private int _indent = NoList,
            _number,
            _begun;

        /// <summary>The item that ended before this line, or null.</summary>
        public YamlItem? Add(string line)
        {
            _number++;
            var indent = line.Length - line.AsSpan().TrimStart(' ').Length;
            var rest = line.AsSpan(indent);
            var dash = rest is "-" || rest.StartsWith("- ");
            if (rest.IsEmpty || rest[0] == '#')
            {
                return null;
            }

            if (indent == 0 && !dash)
            {
                var ended = End();
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                (_key, _indent) = colon > 0 && colon == line.TrimEnd().Length - 1 ? (line[..colon].Trim('"', '\''), NotYet) : ("", NoList);
                return ended;
            }

            if (_indent == NotYet)
            {
                _indent = dash ? indent : NoList;
            }

            if (dash && indent == _indent)
            {
                var ended = End();
                _begun = _number;
                _ = _text.Append(' ', indent + 1).Append(rest[1..]).Append('\n');
                return ended;
            }

            if (_indent >= 0)
            {
                _ = _text.Append(line).Append('\n');
                if (_text.Length > Longest)
                {
                    throw new DamagedYamlException(path, $"an item of {_key} has more than {Longest >> 20} million characters", _begun);
                }
            }

            return null;
        }

        public YamlItem? End()
        {
            if (_text.Length == 0)
            {
                return null;
            }

            var text = _text.ToString();
            _ = _text.Clear();
            try
            {
                return new YamlItem(_key, YamlReader.RootOf(text, path), _begun);
            }
            catch (DamagedYamlException damaged)
            {
                throw new DamagedYamlException(path, damaged.Why, _begun + Math.Max(0, (damaged.Line ?? 1) - 1));
            }
        }
    }
}
