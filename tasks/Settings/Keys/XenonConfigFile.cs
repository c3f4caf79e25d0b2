using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Settings.Keys;

/// <summary>A value of the configuration, with where it stands.</summary>
/// <param name="Text">The value, variables expanded, continuation lines joined by <c>\n</c>.</param>
/// <param name="Line">The line of its key, counted from 1.</param>
/// <param name="LastLine">The last line that belongs to it.</param>
/// <param name="Key">Its key, lower case.</param>
public sealed record ConfigValue(string Text, int Line, int LastLine, string Key);

/// <summary>
/// A <c>.xenon_config</c>, read as Python's <c>configparser</c> reads it (docs/domain.md §4): the jobs read the very same file with that
/// module, so what it takes for a continuation line, a comment or a duplicate must be the same here. Differences, on purpose: a
/// byte-order mark is skipped, and the faults of the whole file are collected instead of stopping at the first.
/// A fault never quotes a line, since any line may hold a password.
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

    /// <summary>What is wrong with the file as such; the values around a fault are there all the same.</summary>
    public IReadOnlyList<Fault> Faults => _faults;

    /// <summary>Whether the file begins with a byte-order mark, on which Python stops.</summary>
    public bool HasByteOrderMark { get; private set; }

    /// <summary>The names of the sections, in the order of the file; <c>[DEFAULT]</c> is none.</summary>
    public IEnumerable<string> Sections => _sections.Values.OrderBy(s => s.Line).Select(s => s.Name);

    /// <summary>Reads and parses a file.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. Absolute.</param>
    /// <param name="variable">The value of an environment variable, or null when it is not set.</param>
    /// <exception cref="UsageException">It cannot be read, or is no text.</exception>
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
                    $"the configuration cannot be read: {DiskFault.Why(error, path)}. Make it readable, or name another with "
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
    /// <param name="path">Where it will stand, for faults.</param>
    /// <param name="variable">The value of an environment variable, or null when it is not set.</param>
    public static XenonConfigFile Of(string text, string path, Func<string, string?> variable)
    {
        var file = new XenonConfigFile(path, variable);
        file.Parse(text);
        return file;
    }

    /// <summary>Whether there is such a section.</summary>
    public bool Has(string section) => _sections.ContainsKey(section);

    /// <summary>A value of a section, or what the section inherits from <c>[DEFAULT]</c>; null when there is none.</summary>
    public ConfigValue? Find(string section, string key)
    {
        if (!_sections.TryGetValue(section, out var found))
        {
            return null;
        }

        var entry = found.Entries.GetValueOrDefault(key) ?? _defaults.Entries.GetValueOrDefault(key);
        return entry is null ? null : Finished(entry);
    }

    /// <summary>The values that stand in the section itself, in the order of the file.</summary>
    public IEnumerable<ConfigValue> Own(string section) =>
        _sections.TryGetValue(section, out var found) ? found.Entries.Values.OrderBy(e => e.Line).Select(Finished) : [];

    private ConfigValue Finished(Entry entry)
    {
        var text = PythonText.TrimEnd(string.Join('\n', entry.Lines));
        return new ConfigValue(Expand(text), entry.Line, entry.LastLine, entry.Key);
    }

    /// <summary>
    /// <c>$NAME</c> and <c>${NAME}</c>, as Python's <c>os.path.expandvars</c>: unknown ones stay, what was put in is not looked at again.
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
                new Fault("this is no text file, it holds zero bytes. Name a .xenon_config with --config=FILE.", Path),
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
                new Fault("this is no UTF-8 text. Save it as UTF-8, or name a .xenon_config with --config=FILE.", Path, line),
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
                // A blank line belongs to the value it stands in; at the end of a value it is trimmed away.
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
                // One fault for all that stands before the first section.
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

    /// <summary>The name between the first and the last bracket; what stands behind is ignored, as Python does.</summary>
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
                new Fault($"section [{name}] is there twice, first in line {earlier.Line}: put the keys of both into one.", Path, line)
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
                new Fault($"'{key}' is there twice in section [{section.Name}], first in line {earlier.Line}: keep one.", Path, line)
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
