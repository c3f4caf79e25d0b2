using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Settings.Keys;

/// <summary>A value of the configuration, with its position.</summary>
/// <param name="Text">The value, variables expanded, continuation lines joined by <c>\n</c>.</param>
/// <param name="Line">The line of its key, counted from 1.</param>
/// <param name="LastLine">The last line that belongs to it.</param>
/// <param name="Key">Its key, lower case.</param>
public sealed record ConfigValue(string Text, int Line, int LastLine, string Key);

/// <summary>
/// A <c>.xenon_config</c>, read as Python's <c>configparser</c> reads it (docs/domain.md §4): the jobs read the same file with that module,
/// so continuation lines, comments and duplicates must mean the same here. Intended differences: a byte-order mark is skipped, and all
/// errors of the file are collected instead of stopping at the first. An error never quotes a line, since any line may contain a password.
/// </summary>
public sealed partial class XenonConfigFile
{
    private const string DefaultSection = "DEFAULT";

    private readonly Dictionary<string, Section> _sections = new(StringComparer.Ordinal);
    private readonly Section _defaults = new(DefaultSection, 0);
    private readonly List<Fault> _faults = [];
    private readonly Func<string, string?> _variable;

    private XenonConfigFile(string path, Func<string, string?> variable)
    {
        Path = path;
        _variable = variable;
    }

    public string Path { get; }

    /// <summary>Errors of the file's syntax; the values around an error can still be read.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>Whether the file begins with a byte-order mark, which Python rejects.</summary>
    public bool HasByteOrderMark { get; private set; }

    /// <summary>The names of the sections, in the order of the file, without <c>[DEFAULT]</c>.</summary>
    public IEnumerable<string> Sections => _sections.Values.OrderBy(s => s.Line).Select(s => s.Name);

    /// <summary>Reads and parses a file.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. Absolute.</param>
    /// <param name="variable">The value of an environment variable, or null when it is not set.</param>
    /// <exception cref="UsageException">It cannot be read, or is not a text file.</exception>
    public static XenonConfigFile Read(IFileSystem disk, string path, Func<string, string?> variable)
    {
        byte[] bytes;
        try
        {
            bytes = BoundedText.ReadBytes(disk, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException([
                new Fault(
                    $"the configuration cannot be read: {DiskFault.Why(error, path)}. Make it readable, or pass another with "
                        + "--config=FILE.",
                    path
                ),
            ]);
        }

        var file = new XenonConfigFile(path, variable);
        file.Parse(file.Decode(bytes));
        return file;
    }

    /// <summary>Parses a text that is not on disk yet.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Its future path, for error messages.</param>
    /// <param name="variable">The value of an environment variable, or null when it is not set.</param>
    public static XenonConfigFile Of(string text, string path, Func<string, string?> variable)
    {
        var file = new XenonConfigFile(path, variable);
        file.Parse(text);
        return file;
    }

    /// <summary>Whether there is such a section.</summary>
    public bool Has(string section) => _sections.ContainsKey(section);

    /// <summary>A value of a section, or an inherited one of <c>[DEFAULT]</c>; null if there is none.</summary>
    public ConfigValue? Find(string section, string key)
    {
        if (!_sections.TryGetValue(section, out var found))
        {
            return null;
        }

        var entry = found.Entries.GetValueOrDefault(key) ?? _defaults.Entries.GetValueOrDefault(key);
        return entry is null ? null : Finished(entry);
    }

    /// <summary>The values in the section itself, in the order of the file.</summary>
    public IEnumerable<ConfigValue> Own(string section) =>
        _sections.TryGetValue(section, out var found) ? found.Entries.Values.OrderBy(e => e.Line).Select(Finished) : [];

    private ConfigValue Finished(Entry entry)
    {
        var text = PythonText.TrimEnd(string.Join('\n', entry.Lines));
        return new ConfigValue(Expand(text), entry.Line, entry.LastLine, entry.Key);
    }

    /// <summary>
    /// Expands <c>$NAME</c> and <c>${NAME}</c>, as Python's <c>os.path.expandvars</c>: unknown ones stay, and expanded text is not expanded
    /// again.
    /// </summary>
    private string Expand(string text) =>
        Variable()
            .Replace(
                text,
                match =>
                {
                    var name = match.Groups[1].Value;
                    return _variable(name.StartsWith('{') ? name[1..^1] : name) ?? match.Value;
                }
            );

    [GeneratedRegex(@"\$([A-Za-z0-9_]+|\{[^}]*\})")]
    private static partial Regex Variable();

    private string Decode(byte[] bytes)
    {
        if (bytes.Contains((byte)0))
        {
            throw new UsageException([
                new Fault("this is not a text file: it contains zero bytes. Pass a .xenon_config with --config=FILE.", Path),
            ]);
        }

        var span = bytes.AsSpan();
        HasByteOrderMark = span.StartsWith("\uFEFF"u8);
        span = HasByteOrderMark ? span[3..] : span;
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(span);
        }
        catch (DecoderFallbackException error)
        {
            var line = 1 + span[..Math.Min(span.Length, Math.Max(0, error.Index))].Count((byte)'\n');
            throw new UsageException([
                new Fault("this is not UTF-8 text. Save it as UTF-8, or pass another .xenon_config with --config=FILE.", Path, line),
            ]);
        }
    }

    private void Parse(string text)
    {
        Section? section = null;
        Entry? entry = null;
        var indent = 0;
        var number = 0;
        var before = false;
        foreach (var line in PythonText.Lines(text))
        {
            number++;
            var value = PythonText.Trim(line);
            if (value.Length == 0)
            {
                // A blank line belongs to the value around it; at the end of a value it is trimmed.
                entry?.Lines.Add("");
                continue;
            }

            if (value[0] is '#' or ';')
            {
                continue;
            }

            var here = line.Length - PythonText.TrimStart(line).Length;
            if (entry is not null && here > indent)
            {
                entry.Lines.Add(value);
                entry.LastLine = number;
                continue;
            }

            indent = here;
            if (SectionHeader(value) is { } name)
            {
                entry = null;
                section = Open(name, number);
            }
            else if (section is null)
            {
                // One error for all text before the first section.
                if (!before)
                {
                    _faults.Add(new Fault("text before the first section: put a line like [Outsource] above it.", Path, number));
                }

                before = true;
            }
            else
            {
                entry = Add(section, value, number);
            }
        }
    }

    /// <summary>The name between the first and the last bracket; text after it is ignored, as in Python.</summary>
    private static string? SectionHeader(string value)
    {
        var end = value.LastIndexOf(']');
        return value[0] == '[' && end >= 2 ? value[1..end] : null;
    }

    private Section Open(string name, int line)
    {
        if (name == DefaultSection)
        {
            return _defaults;
        }

        if (_sections.TryGetValue(name, out var earlier))
        {
            _faults.Add(
                new Fault($"section [{name}] is defined twice, first in line {earlier.Line}: merge the keys of both.", Path, line)
            );
            return earlier;
        }

        return _sections[name] = new Section(name, line);
    }

    private Entry? Add(Section section, string value, int line)
    {
        var delimiter = value.IndexOfAny(['=', ':']);
        if (delimiter < 0)
        {
            _faults.Add(
                new Fault(
                    $"neither a [section] nor a 'key = value' in section [{section.Name}]: write 'key =' for an empty value, and "
                        + "indent a line that continues the one above.",
                    Path,
                    line
                )
            );
            return null;
        }

        var key = PythonText.TrimEnd(value[..delimiter]).ToLowerInvariant();
        if (key.Length == 0)
        {
            _faults.Add(new Fault($"a value without a key in section [{section.Name}]: write 'key = value'.", Path, line));
            return null;
        }

        var entry = new Entry(key, line, PythonText.Trim(value[(delimiter + 1)..]));
        if (section.Entries.TryGetValue(key, out var earlier))
        {
            _faults.Add(
                new Fault($"'{key}' is defined twice in section [{section.Name}], first in line {earlier.Line}: keep one.", Path, line)
            );
        }
        else
        {
            section.Entries[key] = entry;
        }

        return entry;
    }

    private sealed record Section(string Name, int Line)
    {
        public Dictionary<string, Entry> Entries { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Entry(string key, int line, string first)
    {
        public string Key { get; } = key;

        public int Line { get; } = line;

        public int LastLine { get; set; } = line;

        public List<string> Lines { get; } = [first];
    }
}
