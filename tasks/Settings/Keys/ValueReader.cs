using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>
/// Takes settings from argument, file or default, by their declared kind, and notes for each where it came from. Faults are collected,
/// and a value stands in for each wrong one, so that all of them are found in one go.
/// </summary>
internal sealed partial class ValueReader(XenonConfigFile file, HostEnvironment surroundings, Invocation invocation)
{
    private readonly string _folder = Path.GetDirectoryName(file.Path)!;

    public string ConfigPath => file.Path;

    public List<Fault> Faults { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>Setting → where its value came from.</summary>
    public ImmutableSortedDictionary<string, string>.Builder Origins { get; } =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    public void Wrong(string text, int? line = null) => Faults.Add(line is null ? new Fault(text) : new Fault(text, file.Path, line));

    public void Warn(string text, int line) => Warnings.Add(new Fault(text, file.Path, line).ToString());

    /// <summary>The file's value of a key, if it is there at all.</summary>
    public ConfigValue? InFile(string key) => file.Find(KeyCatalog.Outsource, key);

    /// <summary>The line of a key whose value came from the file, to put behind a fault.</summary>
    public int? LineOf(string key) => InFile(key)?.Line;

    /// <summary>
    /// Text on one line from an argument of the same name (with dashes) or from the file; null when there is none or it is empty.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="line">The line it stands in; null when it came from an argument.</param>
    public string? Text(string key, out int? line)
    {
        line = null;
        var option = key.Replace('_', '-');
        if (OptionCatalog.Ours.Any(o => o.ConfigKey == key) && invocation.Value(option) is { } argument)
        {
            Origins[key] = $"argument --{option}";
            if (!argument.Any(char.IsControl))
            {
                return argument;
            }

            Wrong($"--{option} holds a control character. Type it anew.");
            return null;
        }

        var declared = KeyCatalog.Of(KeyCatalog.Outsource, key);
        if (InFile(key) is not { } value)
        {
            Origins[key] = "default";
            Need(declared, "is missing", null);
            return declared.Required ? null
                : declared.Kind is KeyKind.Text or KeyKind.Folder ? declared.Default
                : null;
        }

        line = value.Line;
        Origins[key] = $"{file.Path}:{value.Line}";
        var text = OneLine(value);
        if (string.IsNullOrEmpty(text))
        {
            if (text is not null)
            {
                Need(declared, "is empty", value.Line);
            }

            return null;
        }

        WarnOfComment(value);
        return text;
    }

    /// <summary>A list from the file: separated by commas or line ends, blanks trimmed, empty entries dropped.</summary>
    public ImmutableArray<string> List(string key)
    {
        var declared = KeyCatalog.Of(KeyCatalog.Outsource, key);
        if (InFile(key) is not { } value)
        {
            Origins[key] = "default";
            Need(declared, "is missing", null);
            return [];
        }

        Origins[key] = $"{file.Path}:{value.Line}";
        var entries = value.Text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (entries.Any(e => e.Any(char.IsControl)))
        {
            Wrong($"{key} holds a control character. Type the line anew.", value.Line);
            return [];
        }

        if (value.LastLine > value.Line && entries.Any(e => e.Contains('=', StringComparison.Ordinal)))
        {
            // Not shown: it may be a password that slipped into the margin.
            Wrong(
                $"{key} goes on over lines {value.Line} to {value.LastLine}, and one of them looks like another key: an indented line "
                    + "continues the one above. Move that line to the margin.",
                value.Line
            );
            return [];
        }

        if (entries.Length == 0)
        {
            Need(declared, "is empty", value.Line);
        }

        WarnOfComment(value);
        return [.. entries.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>A whole number within the declared bounds.</summary>
    /// <param name="key">The key.</param>
    /// <param name="given">What the option of the same meaning says, or null.</param>
    public long Number(string key, string? given = null)
    {
        var declared = KeyCatalog.Of(KeyCatalog.Outsource, key);
        var fallback = declared.Default is { } standard ? long.Parse(standard, CultureInfo.InvariantCulture) : 0;
        if (given is not null)
        {
            var option = "--" + key.Replace('_', '-');
            Origins[key] = $"argument {option}";
            if (
                long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var typed)
                && typed >= declared.Least
                && typed <= declared.Greatest
            )
            {
                return typed;
            }

            Wrong(
                $"{option}={given} must be a whole number from {declared.Least} to {declared.Greatest}. Correct it, or leave it out "
                    + $"for {declared.Default}."
            );
            return fallback;
        }

        if (InFile(key) is not { } value)
        {
            Origins[key] = "default";
            return fallback;
        }

        Origins[key] = $"{file.Path}:{value.Line}";
        if (OneLine(value) is not { } text)
        {
            return fallback;
        }

        var found = WithoutComment(text);
        if (
            long.TryParse(found, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= declared.Least
            && number <= declared.Greatest
        )
        {
            return number;
        }

        Wrong(
            $"{key} is {(found.Length == 0 ? "empty" : $"'{found}'")}, but must be a whole number from {declared.Least} to "
                + $"{declared.Greatest}. Correct it, or leave it out{(declared.Default is null ? "" : $" for {declared.Default}")}.",
            value.Line
        );
        return fallback;
    }

    /// <summary>Yes or no, as Python spells it.</summary>
    public bool Boolean(string key)
    {
        var declared = KeyCatalog.Of(KeyCatalog.Outsource, key);
        if (InFile(key) is not { } value)
        {
            Origins[key] = "default";
            return false;
        }

        Origins[key] = $"{file.Path}:{value.Line}";
        if (OneLine(value) is not { } text)
        {
            return false;
        }

        var found = WithoutComment(text);
        switch (found.ToLowerInvariant())
        {
            case "1" or "yes" or "true" or "on":
                return true;
            case "0" or "no" or "false" or "off":
                return false;
            default:
                Wrong(
                    $"{key} is {(found.Length == 0 ? "empty" : $"'{found}'")}, but must be one of 1, yes, true, on, 0, no, false, off. "
                        + $"Correct it, or leave it out for {declared.Default}.",
                    value.Line
                );
                return false;
        }
    }

    /// <summary>An absolute folder.</summary>
    public string Folder(string key)
    {
        if (Text(key, out var line) is not { } text || !Expanded(key, text, line))
        {
            return "/";
        }

        if (!Path.IsPathRooted(text) && text != "~" && !text.StartsWith("~/", StringComparison.Ordinal))
        {
            Wrong($"{key} is '{text}', but must be an absolute path: begin it with '/'.", line);
            return "/";
        }

        var path = surroundings.Absolute(text);
        return path.Length > 1 ? path.TrimEnd('/') : path;
    }

    /// <summary>A path: of an argument from where the operator stands, of the file from the file's folder; null when none is set.</summary>
    public string? FilePath(string key, out int? line)
    {
        var text = Text(key, out line);
        return text is null || !Expanded(key, text, line) ? null : surroundings.Absolute(text, line is null ? null : _folder);
    }

    /// <summary><c>rest</c>, <c>mongo</c> or <c>file:/absolute/path</c>; null when none is set or it is wrong.</summary>
    public string? Source(string key, params string[] services)
    {
        var text = Text(key, out var line);
        if (text is null)
        {
            return null;
        }

        var allowed = string.Join(", ", services) + " or file:PATH";
        if (services.FirstOrDefault(s => string.Equals(s, text, StringComparison.OrdinalIgnoreCase)) is { } service)
        {
            return service;
        }

        if (!text.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            Wrong($"{key} is '{text}', which is no source{NearestName.Hint(text, services)}: allowed are {allowed}.", line);
            return null;
        }

        var path = text["file:".Length..].Trim();
        path = path.StartsWith("///", StringComparison.Ordinal) ? path[2..] : path;
        if (path.Length == 0)
        {
            Wrong($"{key} is 'file:' without a path: write {key}=file:PATH.", line);
            return null;
        }

        if (!Expanded(key, path, line))
        {
            return null;
        }

        var full = surroundings.Absolute(path, line is null ? null : _folder);
        if (DiskFault.NoFile(surroundings.Disk, full) is { } fault)
        {
            Wrong($"{key} names the file '{full}', which {fault}. Correct the path; allowed are {allowed}.", line);
        }

        return "file:" + full;
    }

    /// <summary>
    /// Says how a value of the file that is wrong may have come about: a comment behind it is part of it, for Python too.
    /// </summary>
    public static string CommentHint(string value) =>
        Comment().IsMatch(value) ? " A comment behind a value belongs to the value; put it on a line of its own." : "";

    private void Need(Key declared, string what, int? line)
    {
        if (declared.Required)
        {
            Faults.Add(
                new Fault(
                    $"{declared.Name} {what}: {declared.Meaning}. Write '{declared.Name} = {declared.Sample}' or the like into "
                        + $"[{declared.Section}].",
                    file.Path,
                    line
                )
            );
        }
    }

    private bool Expanded(string key, string path, int? line)
    {
        if (line is null || Unexpanded().Match(path) is not { Success: true } match)
        {
            return true;
        }

        Wrong(
            $"{key} is '{path}', but the environment variable {match.Groups[1].Value} is not set. Set it, or write the path in full.",
            line
        );
        return false;
    }

    /// <summary>
    /// The value when it stands on one line and holds no control character; otherwise a fault is told, without the value.
    /// </summary>
    private string? OneLine(ConfigValue value)
    {
        if (value.Text.Contains('\n', StringComparison.Ordinal))
        {
            Wrong(
                $"{value.Key} goes on over lines {value.Line} to {value.LastLine}, since an indented line continues the one above. "
                    + "Move that line to the margin, or put the value on one line.",
                value.Line
            );
            return null;
        }

        if (value.Text.Any(char.IsControl))
        {
            Wrong($"{value.Key} holds a control character. Type the line anew.", value.Line);
            return null;
        }

        return value.Text;
    }

    private void WarnOfComment(ConfigValue value)
    {
        if (Comment().IsMatch(value.Text))
        {
            Warn(
                $"{value.Key} holds a '#' or ';' behind a blank: it belongs to the value. Put a comment on a line of its own.",
                value.Line
            );
        }
    }

    private static string WithoutComment(string text)
    {
        var end = text.IndexOfAny(['#', ';']);
        return (end < 0 ? text : text[..end]).Trim();
    }

    [GeneratedRegex(@"\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?")]
    private static partial Regex Unexpanded();

    [GeneratedRegex(@"\s[#;]")]
    private static partial Regex Comment();
}
