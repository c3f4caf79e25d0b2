using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.LoadConfig;

/// <summary>
/// Reads and checks the settings for which the declaration is not enough: names, addresses and files. <see cref="ImageSetting"/>,
/// <see cref="TableSettings"/> and <see cref="CanarySettings"/> have the others.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="values">Reads values, and collects errors.</param>
internal sealed partial class SettingChecks(HostEnvironment host, ValueReader values)
{
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

    /// <summary>The global version of the corrections; plans by level need one.</summary>
    public string? XedocsVersion(Setting setting)
    {
        var version = values.Text(setting, out var line);
        if (version is null && values.Plan == PlanKind.ByLevel)
        {
            values.Wrong(
                "no xedocs_version is set, which plans by level need. Pass --xedocs-version=VERSION, such as --xedocs-version=global_v16, "
                    + "or write 'xedocs_version = VERSION' into [Outsource].",
                line
            );
        }

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

        return version;
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

    /// <summary>The form that the jobs' programs accept.</summary>
    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]*\z")]
    private static partial Regex GlobalVersion();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]*\z")]
    internal static partial Regex PlainName();

    [GeneratedRegex(
        @"^[A-Za-z0-9_][A-Za-z0-9._%+-]*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+\z"
    )]
    private static partial Regex Address();
}
