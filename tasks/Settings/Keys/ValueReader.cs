using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>How an amount is written.</summary>
/// <param name="Line">Its line; 0: it is of <c>--set</c>.</param>
/// <param name="HasUnit">Whether it has a unit of its own.</param>
internal sealed record WrittenAmount(int Line, bool HasUnit);

/// <summary>
/// Reads settings from option, file or default, by their declared kind, and records the origin of each. Errors are collected, and a wrong
/// value is replaced by a default, so that all errors are found at once.
/// </summary>
internal sealed partial class ValueReader(XenonConfigFile file, HostEnvironment host, Invocation invocation)
{
    private readonly Dictionary<string, object?> _read = new(StringComparer.Ordinal);
    private readonly string _folder = Path.GetDirectoryName(file.Path)!;

    public string ConfigPath => file.Path;

    public List<Fault> Faults { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>Setting → origin of its value.</summary>
    public ImmutableSortedDictionary<string, string>.Builder Origins { get; } =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    public void Wrong(string text, int? line = null) => Faults.Add(line is null or 0 ? new Fault(text) : new Fault(text, file.Path, line));

    /// <summary>An error of the configuration as a whole.</summary>
    public void WrongInFile(string text) => Faults.Add(new Fault(text, file.Path));

    public void Warn(string text, int line) => Warnings.Add((line == 0 ? new Fault(text) : new Fault(text, file.Path, line)).ToString());

    /// <summary>The plan whose keys are required; known before any setting of a plan is read.</summary>
    public PlanKind Plan { get; set; }

    /// <summary>Keys that are required as a rule, but not for these arguments.</summary>
    public HashSet<string> Waived { get; } = new(StringComparer.Ordinal);

    /// <summary>The value of a key, by its name or its other name: of <c>--set</c>, which stands in line 0, else the file's, or null.
    /// </summary>
    public ConfigValue? InFile(string key) => Assignments.Value(invocation, key, Own(key));

    /// <summary>The file's value of a key, by its name or its other name; null: none.</summary>
    private ConfigValue? Own(string key) =>
        file.Find(KeyCatalog.Outsource, key)
        ?? (KeyCatalog.SynonymOf(key) is { } other ? file.Find(KeyCatalog.Outsource, other) : null);

    /// <summary>The file's value under exactly that name; null: none.</summary>
    public ConfigValue? Literal(string key) => file.Find(KeyCatalog.Outsource, key);

    /// <summary>The line of a key whose value came from the file, for an error message.</summary>
    public int? LineOf(string key) => InFile(key)?.Line;

    /// <summary>The value of a setting by its declaration: from its option, or else its key, or else the default.</summary>
    /// <returns>A value of the setting's type; the default if the value is wrong, which is reported.</returns>
    public object? Read(Setting setting)
    {
        ArgumentNullException.ThrowIfNull(setting);

        // Only once, so that an error is reported once.
        if (!_read.TryGetValue(setting.Name, out var value))
        {
            _read[setting.Name] = value = ReadByType(setting);
            Origins.TryAdd(setting.Name, "default");
        }

        return value;
    }

    private object? ReadByType(Setting setting)
    {
        var type = setting.Type;
        if (type == typeof(bool))
        {
            return Boolean(setting);
        }

        if (SettingText.IsNumber(type))
        {
            return Number(setting) is { } number
                ? Convert.ChangeType(number, Nullable.GetUnderlyingType(type) ?? type, CultureInfo.InvariantCulture)
                : setting.Standard;
        }

        if (type == typeof(ImmutableArray<string>) || type == typeof(ImmutableArray<string>?))
        {
            return List(setting);
        }

        if (type.IsEnum)
        {
            return Word(setting) is { } word ? SettingText.OfWord(type, word) : setting.Standard;
        }

        if (type == typeof(ImmutableArray<StageOutLevel>))
        {
            return Levels(setting);
        }

        if (!setting.Allowed.IsEmpty)
        {
            return Word(setting) ?? setting.Standard;
        }

        return setting.Key?.Kind switch
        {
            KeyKind.Folder => Folder(setting),
            KeyKind.File => FilePath(setting, out _),
            _ => Text(setting, out _),
        };
    }

    /// <summary>Text on one line from the option or from the file; null if there is none or it is empty.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="line">Its line; null if it came from an option.</param>
    public string? Text(Setting setting, out int? line)
    {
        ArgumentNullException.ThrowIfNull(setting);
        line = null;
        if (Argument(setting) is { } argument)
        {
            if (!argument.Any(char.IsControl))
            {
                return argument;
            }

            Wrong($"--{setting.Option!.Name} contains a control character. Type it again.");
            return null;
        }

        if (Written(setting) is not { } value)
        {
            return setting.Standard as string;
        }

        line = value.Line == 0 ? null : value.Line;
        var text = OneLine(value);
        if (string.IsNullOrEmpty(text))
        {
            if (text is not null)
            {
                Need(setting.Key!, "is empty", value.Line);
            }

            return null;
        }

        WarnOfComment(value);
        return text;
    }

    /// <summary>Entries separated by commas or line ends, blanks trimmed, empty entries dropped, each once.</summary>
    private ImmutableArray<string>? List(Setting setting)
    {
        if (setting.Option is { } option && invocation.Has(option))
        {
            Origins[setting.Name] = $"argument --{option.Name}";
            return [.. invocation.Values(option).Distinct(StringComparer.Ordinal)];
        }

        if (Written(setting) is not { } value)
        {
            return setting.Standard is ImmutableArray<string> { IsDefault: false } standard ? standard
                : setting.Type == typeof(ImmutableArray<string>) ? []
                : null;
        }

        var entries = value.Text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (entries.Any(e => e.Any(char.IsControl)))
        {
            Wrong($"{setting.Name} contains a control character. Type the line again.", value.Line);
            return [];
        }

        if (value.LastLine > value.Line && entries.Any(e => e.Contains('=', StringComparison.Ordinal)))
        {
            // Not shown: it may be a password on an indented line.
            Wrong(
                $"{setting.Name} extends over lines {value.Line} to {value.LastLine}, and one of them looks like another key: an indented "
                    + "line continues the one above. Remove the indent of that line.",
                value.Line
            );
            return [];
        }

        if (entries.Length == 0)
        {
            Need(setting.Key!, "is empty", value.Line);
        }

        WarnOfComment(value);
        return [.. entries.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// What is written for a setting with one key for each data type: of <c>--set</c>, else of the file. The name of the type is not
    /// checked; it is in lower case, as keys are.
    /// </summary>
    public IReadOnlyList<(string Type, ConfigValue Value)> PerType(Setting setting)
    {
        var key = setting.Key!;
        var written = file.Own(KeyCatalog.Outsource).Where(v => key.Is(v.Key)).ToDictionary(v => v.Key, StringComparer.Ordinal);
        foreach (var name in Assignments.Keys(invocation).Where(key.Is))
        {
            written[name] = new ConfigValue(Assignments.Find(invocation, name)!, 0, 0, name);
        }

        // A plan is used again with all of its amounts, so one of --set makes them all arguments.
        Origins[setting.Name] =
            written.Count == 0 ? "default"
            : written.Values.Any(v => v.Line == 0) ? Assignments.Origin
            : $"{file.Path}:{written.Values.Min(v => v.Line)}";
        return [.. written.Values.Select(v => (v.Key[(setting.Name.Length + 1)..], v))];
    }

    /// <summary>An amount of memory or disk; null if it is wrong, which is reported.</summary>
    public long? Amount(Setting setting, ConfigValue value)
    {
        if (OneLine(value) is not { } text)
        {
            return null;
        }

        var (key, found) = (setting.Key!, WithoutComment(text));
        var amount = Quantity.Parse(found, setting.Unit!, key.Least);
        if (amount is null)
        {
            Wrong(
                $"{value.Key} is {(found.Length == 0 ? "empty" : $"'{found}'")}, but must be "
                    + $"{Quantity.Allowed(setting.Unit!, key.Least, key.Sample!)}. Correct it, or leave it out.",
                value.Line
            );
        }

        return amount;
    }

    /// <summary>One of the words of a setting, in its own spelling; null if there is none or it is wrong.</summary>
    private string? Word(Setting setting)
    {
        var text = Text(setting, out var line);
        if (text is null)
        {
            return null;
        }

        if (setting.Allowed.FirstOrDefault(a => string.Equals(a, text, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return known;
        }

        Wrong(
            $"{setting.Name} is '{text}'{NearestName.Hint(text, setting.Allowed)}, but must be one of "
                + $"{string.Join(", ", setting.Allowed)}. Correct it, or leave it out{For(setting)}.{CommentHint(text)}",
            line
        );
        return null;
    }

    /// <summary>Levels of an option, whose words the parser has checked; each once.</summary>
    private ImmutableArray<StageOutLevel> Levels(Setting setting)
    {
        var words = invocation.Values(setting.Option!);
        Origins[setting.Name] = words.IsEmpty ? "default" : $"argument --{setting.Option!.Name}";
        return [.. words.Select(w => SettingText.OfWord(typeof(StageOutLevel), w)).OfType<StageOutLevel>().Distinct().Order()];
    }

    /// <summary>
    /// An amount of disk, in a given unit: a number, an expression of numbers, or either with a unit. Null if there is none or it is wrong,
    /// which is reported.
    /// </summary>
    /// <param name="setting">The setting.</param>
    /// <param name="unit">The unit of the result, and of a number without one.</param>
    /// <param name="written">Its line, and whether it has a unit; null without an amount.</param>
    public decimal? AmountOf(Setting setting, string unit, out WrittenAmount? written)
    {
        written = null;
        if (Written(setting) is not { } value || OneLine(value) is not { } text)
        {
            return null;
        }

        var found = WithoutComment(text);
        if (Quantity.Split(found, out var named) is { } number && number * Quantity.Factor(named ?? unit, unit) is var amount
            && InBounds(setting, amount))
        {
            written = new WrittenAmount(value.Line, named is not null);
            return amount;
        }

        WrongNumber(
            setting,
            value,
            found,
            $"{(setting.IsWhole ? "a whole number" : "a number")} of {unit}, {Math.Max(1, setting.Key!.Least)} or more, or a number with a "
                + "unit (KB, MB, GB or TB)"
        );
        return null;
    }

    /// <summary>The absolute path of a key for each name; null if it is wrong, which is reported.</summary>
    public string? AbsolutePath(ConfigValue value)
    {
        if (OneLine(value) is not { } text || !Expanded(value.Key, text, value.Line))
        {
            return null;
        }

        if (Path.IsPathRooted(text) || text == "~" || text.StartsWith("~/", StringComparison.Ordinal))
        {
            return text;
        }

        Wrong($"{value.Key} is '{text}', but must be an absolute path: begin it with '/'.", value.Line);
        return null;
    }

    /// <summary>A number within the declared bounds; null if there is none or it is wrong.</summary>
    private decimal? Number(Setting setting)
    {
        var key = setting.Key!;
        if (Argument(setting) is { } given)
        {
            if (long.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var typed) && InBounds(setting, typed))
            {
                return typed;
            }

            Wrong($"--{setting.Option!.Name}={given} must be {Allowed(setting)}. Correct it, or leave it out{For(setting)}.");
            return null;
        }

        return Written(setting) is { } value ? Number(setting, value) : null;
    }

    /// <summary>The number of a key, or an expression of numbers; null if it is wrong, which is reported.</summary>
    private decimal? Number(Setting setting, ConfigValue value)
    {
        if (OneLine(value) is not { } text)
        {
            return null;
        }

        var found = WithoutComment(text);
        if (NumberOf(found) is { } number && InBounds(setting, number))
        {
            return number;
        }

        WrongNumber(setting, value, found, Allowed(setting));
        return null;
    }

    /// <summary>Reports a wrong number of the file.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="value">As written.</param>
    /// <param name="found">Its text, without a comment.</param>
    /// <param name="allowed">What it must be.</param>
    private void WrongNumber(Setting setting, ConfigValue value, string found, string allowed) =>
        Wrong(
            $"{value.Key} is {(found.Length == 0 ? "empty" : $"'{found}'")}, but must be {allowed}."
                + (NumberExpression.LooksLikeOne(found) ? " Of arithmetic, sums and products of numbers are read, such as 2 * 3." : "")
                + $" Correct it, or leave it out{For(setting)}.",
            value.Line
        );

    private static decimal? NumberOf(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? whole
            : NumberExpression.Parse(text);

    private string For(Setting setting) => setting.DefaultOf(Plan) is { } standard ? $" for {standard}" : "";

    /// <summary>The numbers that are allowed, with their unit. A bound that nobody reaches is not shown.</summary>
    private static string Allowed(Setting setting)
    {
        var (key, unit) = (setting.Key!, setting.Unit is { } named ? $" of {named}" : "");
        return setting.IsWhole
            ? $"a whole number{unit}"
                + (key.Greatest > int.MaxValue ? $", {key.Least} or more" : $" from {key.Least} to {key.Greatest}")
            : $"a number{unit}{(setting.MayBeZero ? ", 0 or more" : ", more than 0")}";
    }

    private static bool InBounds(Setting setting, decimal number) =>
        setting.IsWhole
            ? decimal.Truncate(number) == number && number >= setting.Key!.Least && number <= setting.Key.Greatest
            : number <= setting.Key!.Greatest && (setting.MayBeZero ? number >= 0 : number > 0);

    /// <summary>Yes or no, in Python's spelling; an option without a value means yes.</summary>
    private bool Boolean(Setting setting)
    {
        // Checked even if the option overrides it, so that an error in the file is reported.
        var written = setting.Key is not null && WrittenBoolean(setting);
        if (invocation.Given.TryGetValue(setting.Name.Replace('_', '-'), out var given))
        {
            Origins[setting.Name] = $"argument --{setting.Name.Replace('_', '-')}";
            return given.IsEmpty || given[^1] != Option.Off;
        }

        return written;
    }

    private bool WrittenBoolean(Setting setting)
    {
        if (Written(setting) is not { } value || OneLine(value) is not { } text)
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
                    $"{setting.Name} is {(found.Length == 0 ? "empty" : $"'{found}'")}, but must be one of 1, yes, true, on, 0, no, "
                        + $"false, off. Correct it, or leave it out for {setting.Default}.",
                    value.Line
                );
                return false;
        }
    }

    /// <summary>An absolute folder.</summary>
    public string Folder(Setting setting)
    {
        if (Text(setting, out var line) is not { } text || !Expanded(setting.Name, text, line))
        {
            return "/";
        }

        if (!Path.IsPathRooted(text) && text != "~" && !text.StartsWith("~/", StringComparison.Ordinal))
        {
            Wrong($"{setting.Name} is '{text}', but must be an absolute path: begin it with '/'.", line);
            return "/";
        }

        var path = host.Absolute(text);
        return path.Length > 1 ? path.TrimEnd('/') : path;
    }

    /// <summary>A path; relative to the current folder in an option, to the file's folder in the file; null if none is set.</summary>
    public string? FilePath(Setting setting, out int? line)
    {
        var text = Text(setting, out line);
        return text is null || !Expanded(setting.Name, text, line) ? null : host.Absolute(text, line is null ? null : _folder);
    }

    /// <summary>A source, with the path of a file made absolute; null if none is set or it is wrong.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="services">The services that it may name.</param>
    public SourceChoice? Source(Setting setting, params SourceChoice[] services)
    {
        var text = Text(setting, out var line);
        if (text is null)
        {
            return null;
        }

        var key = setting.Name;
        var names = services.Select(s => s.ToString());
        var allowed = string.Join(", ", names) + " or file:PATH";
        var choice = SourceChoice.Parse(text);
        if (choice is not null && services.Contains(choice))
        {
            return choice;
        }

        if (choice is not SourceChoice.Snapshot { Path: var path })
        {
            Wrong($"{key} is '{text}', which is not a valid source{NearestName.Hint(text, names)}: allowed are {allowed}.", line);
            return null;
        }

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

        var full = host.Absolute(path, line is null ? null : _folder);
        if (DiskFault.NoFile(host.Disk, full) is { } fault)
        {
            Wrong($"{key} names the file '{full}', which {fault}. Correct the path; allowed are {allowed}.", line);
        }

        return new SourceChoice.Snapshot(full);
    }

    /// <summary>The value of its option; records this origin.</summary>
    private string? Argument(Setting setting)
    {
        if (setting.Option is not { } option || invocation.Values(option) is not [.., var given])
        {
            return null;
        }

        Origins[setting.Name] = $"argument --{option.Name}";
        return given;
    }

    /// <summary>The value of its key; records the origin. A missing required key is reported.</summary>
    private ConfigValue? Written(Setting setting)
    {
        if (setting.Key is not null && InFile(setting.Name) is { } value)
        {
            Origins[setting.Name] = value.Line == 0 ? Assignments.Origin : $"{file.Path}:{value.Line}";
            return value;
        }

        Origins[setting.Name] = "default";
        if (setting.Key is { } needed)
        {
            Need(needed, "is missing", null);
        }

        return null;
    }

    /// <summary>A hint for a wrong value of the file: a comment after a value belongs to the value, in Python too.</summary>
    public static string CommentHint(string value) =>
        Comment().IsMatch(value) ? " A comment after a value belongs to the value; write it on a separate line." : "";

    private void Need(Key declared, string what, int? line)
    {
        if (declared.Required && declared.Plan.Holds(Plan) && !Waived.Contains(declared.Name))
        {
            Faults.Add(
                new Fault(
                    $"{declared.Name} {what}: {declared.Meaning}. Write '{declared.Name} = {declared.Sample}' or similar into "
                        + $"[{declared.Section}].",
                    line == 0 ? null : file.Path,
                    line == 0 ? null : line
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
            $"{key} is '{path}', but the environment variable {match.Groups[1].Value} is not set. Set it, or write the full path.",
            line
        );
        return false;
    }

    /// <summary>The value if it is on one line and has no control character; otherwise an error is reported, without the value.</summary>
    private string? OneLine(ConfigValue value)
    {
        if (value.Text.Contains('\n', StringComparison.Ordinal))
        {
            Wrong(
                $"{value.Key} extends over lines {value.Line} to {value.LastLine}, since an indented line continues the one above. "
                    + "Remove the indent of that line, or write the value on one line.",
                value.Line
            );
            return null;
        }

        if (value.Text.Any(char.IsControl))
        {
            Wrong($"{value.Key} contains a control character. Type the line again.", value.Line);
            return null;
        }

        return value.Text;
    }

    private void WarnOfComment(ConfigValue value)
    {
        if (Comment().IsMatch(value.Text))
        {
            Warn(
                $"{value.Key} contains a '#' or ';' after a blank: it belongs to the value. Write a comment on a separate line.",
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
