using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.LoadConfig;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks the <c>.xenon_config</c> of the jobs by the table of keys that their packages read (<see cref="JobKeys"/>).</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="loaded">The configuration.</param>
/// <param name="folder">The workflow's folder. Absolute.</param>
public sealed partial class JobConfigCheck(HostEnvironment host, LoadedConfiguration loaded, string folder)
{
    private const string Subject = "jobs' configuration";

    private readonly OutsourceSettings _settings = loaded.Settings;

    /// <summary>The result.</summary>
    public CheckResult Look()
    {
        if (_settings.Canary)
        {
            return CheckResult.Ok(Subject, "a canary needs none");
        }

        var path = Path.Combine(folder, PayloadFiles.Config);
        try
        {
            var wanted = ReducedConfig.Of(host, loaded);
            var written = host.Disk.File.Exists(path);
            var file = written ? XenonConfigFile.Read(host.Disk, path, AsItStands) : XenonConfigFile.Of(wanted, path, AsItStands);
            var keys = JobKeys.Read(host.Disk, _settings.TablesFolder);
            return Broken(file, keys, path)
                ?? (
                    written && BoundedText.ReadAll(host.Disk, path) != wanted
                        ? CheckResult.Failed(
                            Subject,
                            $"'{path}' differs from '{_settings.ConfigFile}' (values are not shown)",
                            $"Write it again: --target=WriteWorkflow --reuse --name={_settings.Name}."
                        )
                        : Doubtful(file, keys)
                )
                ?? CheckResult.Ok(Subject, written ? $"'{path}' has what the jobs' packages read" : "has what the jobs' packages read");
        }
        catch (Exception error) when (error is UsageException or IOException or UnauthorizedAccessException)
        {
            return CheckResult.Failed(Subject, error.Message.TrimEnd('.'), $"Correct '{_settings.ConfigFile}'.");
        }
    }

    /// <summary>Variables are those of the job, which are unknown here.</summary>
    private static string? AsItStands(string name) => null;

    /// <summary>An error that would stop every job before it begins, or null.</summary>
    private CheckResult? Broken(XenonConfigFile file, JobKeys keys, string path)
    {
        var faults = file.Faults.Select(f => f.Text.TrimEnd('.')).ToList();
        foreach (var key in keys.Config)
        {
            var (value, travels) = (file.Find(key.Section, key.Name)?.Text, ReducedConfig.Travels(key, _settings));
            if (key.Travel is Travel.Always or Travel.Hidden && value is not { Length: > 0 })
            {
                faults.Add($"[{key.Section}] {key.Name} is missing ({key.Otherwise})");
            }
            else if (!travels && value is not null)
            {
                faults.Add($"[{key.Section}] {key.Name} must not be sent ({key.Otherwise})");
            }
            else if (travels && key.AtImport && value is { Length: > 0 } && JobKeyValue.ErrorIn(key, value) is { } fault)
            {
                faults.Add($"[{key.Section}] {key.Name} {fault}");
            }
        }

        return faults.Count == 0
            ? null
            : CheckResult.Failed(
                Subject,
                $"'{path}': {string.Join("; ", faults)}",
                $"Correct '{_settings.ConfigFile}', and write the workflow again: --target=WriteWorkflow --reuse --name={_settings.Name}."
            );
    }

    /// <summary>A problem that lets the jobs begin and fail later, or null.</summary>
    private CheckResult? Doubtful(XenonConfigFile file, JobKeys keys)
    {
        var travelling = keys
            .Config.Where(k => ReducedConfig.Travels(k, _settings))
            .Select(k => (Key: k, Value: file.Find(k.Section, k.Name)?.Text))
            .ToList();
        var standIns = travelling.Where(t => t.Key.Used && t.Value == t.Key.StandIn).Select(t => t.Key.Name).ToList();
        var odd = travelling
            .Where(t => !t.Key.AtImport && t.Value is { Length: > 0 } value && JobKeyValue.ErrorIn(t.Key, value) is not null)
            .Select(t => t.Key.Name)
            .ToList();
        var variables = travelling.Where(t => t.Value is { } value && Variable().IsMatch(value)).Select(t => t.Key.Name).ToList();
        return standIns.Count > 0
                ? CheckResult.Warning(
                    Subject,
                    $"{string.Join(", ", standIns)} of [RunDB] {(standIns.Count == 1 ? "is a placeholder" : "are placeholders")}: the "
                        + $"jobs' "
                        + "packages can be imported, but cannot read corrections, resources and run times from the RunDB's MongoDB",
                    $"Write {string.Join(", ", standIns)} into [RunDB] of '{_settings.ConfigFile}', unless your data types need none "
                        + "of them."
                )
            : odd.Count > 0
                ? CheckResult.Warning(
                    Subject,
                    $"{string.Join(", ", odd)} {(odd.Count == 1 ? "is" : "are")} not valid (values are not shown)",
                    $"Correct {string.Join(", ", odd)} in '{_settings.ConfigFile}'."
                )
            : variables.Count > 0
                ? CheckResult.Warning(
                    Subject,
                    $"{string.Join(", ", variables)} {(variables.Count == 1 ? "contains" : "contain")} a $NAME that is not set here: the "
                        + "jobs use its value there",
                    "Set the variable, or choose a value without '$' before a letter."
                )
            : null;
    }

    [GeneratedRegex(@"\$(?:[A-Za-z0-9_]|\{[^}]*\})")]
    private static partial Regex Variable();
}
