using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>Reads the settings whose values are in the tables: detector, data types, storage elements.</summary>
/// <param name="values">Reads values, and collects errors.</param>
/// <param name="tables">The tables; null: they cannot be read, which is already reported.</param>
internal sealed class TableSettings(ValueReader values, DataTables? tables)
{
    public string? Detector(Setting setting)
    {
        if (
            values.Text(setting, out var line) is not { } given
            || string.Equals(given, "all", StringComparison.OrdinalIgnoreCase)
            || tables is null
        )
        {
            return null;
        }

        if (tables.Detectors.FirstOrDefault(d => string.Equals(d, given, StringComparison.OrdinalIgnoreCase)) is { } detector)
        {
            return detector;
        }

        values.Wrong(
            $"unknown detector '{given}'{NearestName.Hint(given, tables.Detectors.Append("all"))}: allowed are all, "
                + $"{string.Join(", ", tables.Detectors)}.{(line is null ? "" : ValueReader.CommentHint(given))}",
            line
        );
        return null;
    }

    public ImmutableArray<string> DataTypes(Setting setting, string? detector)
    {
        var types = values.Read(setting) is ImmutableArray<string> { IsDefault: false } read ? read : [];
        if (values.InFile(setting.Name) is not { } written || tables is null)
        {
            return types;
        }

        foreach (var type in types.Where(t => !tables.DataTypes.ContainsKey(t)))
        {
            values.Wrong(
                $"unknown data type '{type}' in dtypes{NearestName.Hint(type, tables.Names)}: allowed are "
                    + $"{string.Join(", ", tables.Names)}.{ValueReader.CommentHint(type)}",
                written.Line
            );
        }

        var twice = written
            .Text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .GroupBy(t => t, StringComparer.Ordinal)
            .Where(g => g.Count() > 1)
            .Select(g => g.Key)
            .ToList();
        if (twice.Count > 0)
        {
            values.Notes.Add(
                new Fault(
                    $"dtypes contains {string.Join(", ", twice)} more than once; each is made once.",
                    values.ConfigPath,
                    written.Line
                ).ToString()
            );
        }

        if (
            detector is not null
            && !types.IsEmpty
            && types.All(t => tables.DataTypes.TryGetValue(t, out var known) && known.Detector != detector)
        )
        {
            values.Warnings.Add(
                $"none of the requested data types ({string.Join(", ", types)}) belongs to detector '{detector}': there is "
                    + "nothing to do."
            );
        }

        return types;
    }

    /// <summary>Refuses both names of the key if they say different things.</summary>
    private void RefuseTwo(Setting setting, int line)
    {
        var (name, synonym) = (setting.Key!.Name, setting.Key.Synonym!);
        if (line == 0 || values.Literal(name) is not { } one || values.Literal(synonym) is not { } other)
        {
            return;
        }

        static HashSet<string> Entries(ConfigValue value) =>
            [.. value.Text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
        if (!Entries(one).SetEquals(Entries(other)))
        {
            values.Wrong(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name} (line {one.Line}) and {synonym} (line {other.Line}) are two names of one key and name different RSEs. Remove "
                )
                    + "one of them, or make them equal.",
                other.Line
            );
        }
    }

    public ImmutableArray<string> RawRecordsRse(Setting setting, TapeAccess tape)
    {
        var rses = (ImmutableArray<string>)values.Read(setting)!;
        var (line, key) = values.InFile(setting.Name) is { } written ? (written.Line, written.Key) : (0, setting.Name);
        RefuseTwo(setting, line);
        foreach (var rse in rses)
        {
            if (!SettingChecks.PlainName().IsMatch(rse))
            {
                values.Wrong(
                    $"'{rse}' in {key} is not a valid RSE name: letters, digits, '_', '-' and '.' are "
                        + $"allowed.{ValueReader.CommentHint(rse)}",
                    line
                );
            }
            else if (tables is not null && tables.IsTape(rse) && (tape == TapeAccess.None || !tables.IsReadable(rse, TapeAccess.Staged)))
            {
                values.Warn(
                    $"{key} contains {rse}, which is tape: "
                        + (
                            tables.IsReadable(rse, TapeAccess.Staged)
                                ? "raw data is read from it only with --stage (or stage = True)"
                                : "raw data is never read from it"
                        )
                        + ".",
                    line
                );
            }
            else if (tables?.WhyNotReadable(rse, tape) is { } why)
            {
                values.Warn(
                    $"{key} contains {rse}, "
                        + (why == "which jobs cannot read" ? "which jobs cannot read" : $"{why}: raw data is never read from it")
                        + ".",
                    line
                );
            }
            else if (tables is not null && !tables.Rses.ContainsKey(rse))
            {
                values.Warn(
                    $"{key} contains {rse}, which is not in the table of "
                        + $"RSEs{NearestName.Hint(rse, tables.Rses.Keys.Order(StringComparer.Ordinal))}: "
                        + "jobs that read from it are not restricted to a site.",
                    line
                );
            }
        }

        return rses;
    }
}
