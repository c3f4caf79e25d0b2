using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Tables;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.LoadConfig;

/// <summary>Reads and checks the settings for which the declaration is not enough.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="values">Reads values, and collects errors.</param>
/// <param name="tables">The tables; null: they cannot be read, which is already reported.</param>
internal sealed partial class SettingChecks(HostEnvironment host, ValueReader values, DataTables? tables)
{
    private static readonly ImmutableArray<Option> CanaryOptions =
    [.. new[] { "canary-fail", "canary-sleep", "canary-megabytes" }.Select(name => OptionCatalog.ByName[name])];

    /// <summary>The strax context. It becomes part of paths, of job arguments and of the RunDB's addresses.</summary>
    public string Context(Setting setting)
    {
        var context = values.Text(setting, out var line);
        if (context is null)
        {
            values.Wrong(
                "no context is set. Pass --context=NAME (for example xenonnt_v14), or write 'context = NAME' into [Outsource].",
                line
            );
            return "";
        }

        // It becomes part of paths, of job arguments and of the RunDB's addresses.
        if (!PlainName().IsMatch(context))
        {
            values.Wrong(
                $"'{context}' is not a valid context name. Allowed are letters, digits, '_', '-' and '.', not beginning with '.' or "
                    + $"'-'.{(line is null ? "" : ValueReader.CommentHint(context))} "
                    + "Correct --context or [Outsource] context.",
                line
            );
        }

        return context;
    }

    /// <summary>
    /// The global version of the corrections. Corrections without a fixed version change under the same hash: data made with them is not
    /// uploaded.
    /// </summary>
    public string? XedocsVersion(Setting setting, bool uploadsNothing)
    {
        var version = values.Text(setting, out var line);
        if (version is not null && !GlobalVersion().IsMatch(version))
        {
            // It becomes an argument of jobs.
            values.Wrong(
                $"xedocs_version is '{version}', which is not a global version: expected for example "
                    + $"global_v14.{(line is null ? "" : ValueReader.CommentHint(version))}",
                line
            );
            return null;
        }

        if (version == ContextRequest.Online && !uploadsNothing)
        {
            values.Wrong(
                $"xedocs_version is {version}: these corrections change under the same hash, so their results must not be uploaded. "
                    + "Set a fixed version, such as global_v14, or pass --debug, which uploads nothing.",
                line
            );
        }

        return version;
    }

    /// <summary>Checks the options of canary jobs.</summary>
    public void Canary(OutsourceSettings read, Invocation invocation)
    {
        foreach (var option in CanaryOptions.Where(invocation.Has))
        {
            if (!read.Canary)
            {
                values.Wrong($"--{option.Name} needs --payload=canary: add it, or leave --{option.Name} out.");
            }
        }

        foreach (var fail in read.CanaryFail.Where(f => !CanaryJob().IsMatch(f)))
        {
            values.Wrong(
                $"--canary-fail={fail} is not a valid job: expected RUN:TYPE or RUN:TYPE:GROUP, such as 61030:peaklets:2 or "
                    + "61030:peaklets:combine; with @MB at the end, it fails only if it requests less memory."
            );
        }

        foreach (var (option, amount) in new[] { ("canary-sleep", read.CanarySleep), ("canary-megabytes", read.CanaryMegabytes) })
        {
            if (amount is not null && !Amount().IsMatch(amount))
            {
                values.Wrong($"--{option}={amount} is not a valid amount: expected a number such as 2 or 0.5.");
            }
        }
    }

    public ImageReference Image(Setting setting, bool canary)
    {
        if (values.Text(setting, out var line) is { } given)
        {
            if (ImageReferences.Parse(given, out var fault) is { } image)
            {
                return image;
            }

            values.Wrong(
                $"image '{given}' is not valid ({fault}): pass a full path or a tag, such as 2024.02.1 or "
                    + $"{ImageReference.Prefix}2024.02.1.",
                line
            );
            return new ImageReference("", null);
        }

        var found = ImageReferences.OfEnvironment(host);
        if (found.Count == 0 && canary)
        {
            return ImageReference.None;
        }

        if (found.Count == 0)
        {
            values.Wrong(
                "no image is set, and no CVMFS release is active (PATH, CONDA_PREFIX). Pass --image=TAG (or set [Outsource] "
                    + "image), or source the setup.sh of a release first."
            );
            return new ImageReference("", null);
        }

        var (tag, variable) = found[0];
        values.Origins["image"] = $"environment {variable}";
        if (found.Count > 1)
        {
            values.Warnings.Add(
                $"the environment contains several releases ({string.Join(", ", found.Select(f => f.Tag))}); the image of the "
                    + $"first one, {tag}, is used. Pass --image=TAG to select one."
            );
        }

        return new ImageReference(ImageReference.Prefix + tag, tag);
    }

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
        var types = (ImmutableArray<string>)values.Read(setting)!;
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

    public ImmutableArray<string> RawRecordsRse(Setting setting, bool stage)
    {
        var rses = (ImmutableArray<string>)values.Read(setting)!;
        var line = values.LineOf(setting.Name) ?? 0;
        foreach (var rse in rses)
        {
            if (!PlainName().IsMatch(rse))
            {
                values.Wrong(
                    $"'{rse}' in raw_records_rse is not a valid RSE name: letters, digits, '_', '-' and '.' are "
                        + $"allowed.{ValueReader.CommentHint(rse)}",
                    line
                );
            }
            else if (tables is not null && tables.IsTape(rse) && !(stage && tables.IsReadable(rse, TapeAccess.Staged)))
            {
                values.Warn(
                    $"raw_records_rse contains {rse}, which is tape: "
                        + (
                            tables.IsReadable(rse, TapeAccess.Staged)
                                ? "raw data is read from it only with --stage (or stage = True)"
                                : "raw data is never read from it"
                        )
                        + ".",
                    line
                );
            }
            else if (tables?.WhyNotReadable(rse, stage ? TapeAccess.Staged : TapeAccess.None) is { } why)
            {
                values.Warn(
                    $"raw_records_rse contains {rse}, "
                        + (why == "which jobs cannot read" ? "which jobs cannot read" : $"{why}: raw data is never read from it")
                        + ".",
                    line
                );
            }
            else if (tables is not null && !tables.Rses.ContainsKey(rse))
            {
                values.Warn(
                    $"raw_records_rse contains {rse}, which is not in the table of "
                        + $"RSEs{NearestName.Hint(rse, tables.Rses.Keys.Order(StringComparer.Ordinal))}: "
                        + "jobs that read from it are not restricted to a site.",
                    line
                );
            }
        }

        return rses;
    }

    public string Rse(Setting setting)
    {
        if (values.Text(setting, out var line) is not { } rse)
        {
            return "";
        }

        if (!PlainName().IsMatch(rse))
        {
            values.Wrong(
                $"{setting.Name} is '{rse}', which is not a valid RSE name: allowed are letters, digits, '_', '-' and "
                    + $"'.'.{ValueReader.CommentHint(rse)}",
                line
            );
        }

        return rse;
    }

    public string? Email(Setting setting)
    {
        var address = values.Text(setting, out var line);
        if (address is not null && !Address().IsMatch(address))
        {
            // It becomes part of a command that a shell runs.
            values.Wrong(
                $"notification_email is '{address}', which is not a valid mail address: expected for example name@example.org, with "
                    + $"letters, digits "
                    + "and '._%+-'. Correct it, or leave it empty to send no mail.",
                line
            );
        }

        return address;
    }

    public string? SiteProfile(Setting setting)
    {
        var path = ExistingFile(setting);
        if (path is not null && host.Disk.File.Exists(path))
        {
            try
            {
                _ = Model.Sites.SiteProfile.Read(host.Disk, path);
            }
            catch (UsageException error)
            {
                values.Faults.AddRange(error.Faults);
            }
        }

        return path;
    }

    public string? ExistingFile(Setting setting)
    {
        var path = values.FilePath(setting, out var line);
        if (path is not null && DiskFault.NoFile(host.Disk, path) is { } fault)
        {
            values.Wrong(
                $"{setting.Name} is '{path}', which {fault}. Correct the "
                    + $"path{(line is null ? "" : "; in a configuration it is relative to the configuration's folder")}.",
                line
            );
        }

        return path;
    }

    [GeneratedRegex(@"^([0-9]{1,6}):([a-z][a-z0-9_]*)(?::([0-9]{1,9}|combine))?(?:@([1-9][0-9]{0,8}))?\z")]
    internal static partial Regex CanaryJob();

    [GeneratedRegex(@"^[0-9]{1,9}(\.[0-9]{1,9})?\z")]
    private static partial Regex Amount();

    /// <summary>The form that the jobs' programs accept.</summary>
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]*\z")]
    private static partial Regex GlobalVersion();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*\z")]
    private static partial Regex PlainName();

    [GeneratedRegex(
        @"^[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+\z"
    )]
    private static partial Regex Address();
}
