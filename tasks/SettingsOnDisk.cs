using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource;

/// <summary>
/// The settings of a stage that runs alone: those of an earlier invocation. Other options would be ignored, so they are refused.
/// </summary>
public static class SettingsOnDisk
{
    /// <exception cref="UsageException">An option is given that only LoadConfig reads, or there is no artifact.</exception>
    public static LoadedConfiguration Read(RunRequest request)
    {
        var invocation = request.Invocation;
        var idle = OptionCatalog.Ours.Where(o => o.Plans && invocation.Has(o)).Select(o => "--" + o.Name).ToList();
        if (idle.Count > 0)
        {
            throw new UsageException(
                $"{string.Join(", ", idle)}: only LoadConfig reads {(idle.Count == 1 ? "it" : "them")}, and --exclusive skips LoadConfig. "
                    + $"Leave {(idle.Count == 1 ? "it" : "them")} out, or leave out --exclusive."
            );
        }

        var workDir = new ConfiguredPlaces(request.Host).WorkDir(invocation, out var sharing);
        if (invocation.Options.Name is { } name && WorkflowName.ErrorIn(name) is null)
        {
            new FolderTrust(request.Machine, workDir, sharing).Check(Path.Combine(workDir, "generated", name, WorkflowFolder.Payload));
        }

        var loaded = Load(request.Host, invocation, workDir);
        WorkflowFolders.Check(request.Machine, loaded);
        if (StraxRule.WarningOf(loaded, invocation.Target) is { } old)
        {
            request.Messages.Warn(old);
        }

        return loaded;
    }

    /// <summary>
    /// Loads what LoadConfig left in <c>{work_dir}/generated/{NAME}</c>, for a stage that runs alone (<c>--exclusive --name=NAME</c>).
    /// </summary>
    /// <exception cref="UsageException">No name is given, or there is no such artifact.</exception>
    public static LoadedConfiguration Load(HostEnvironment host, Invocation invocation, string workDir)
    {
        var name = invocation.Options.Name ?? throw WorkflowName.Needed(host, workDir, invocation.Task);
        if (WorkflowName.ErrorIn(name) is { } fault)
        {
            throw new UsageException(fault);
        }

        var path = Path.Combine(workDir, "generated", name, SettingsArtifact.FileName);
        if (!host.Disk.File.Exists(path))
        {
            var names = WorkflowName.Existing(host, workDir);
            throw new UsageException(
                $"'{path}' is missing{NearestName.Hint(name, names)}: LoadConfig makes it. Run --target=LoadConfig --name={name} "
                    + "first, or pass the name of an existing one"
                    + (names.Count == 0 ? "." : $": {string.Join(", ", names.TakeLast(20))}.")
            );
        }

        var loaded = SettingsArtifact.Read(host, path);
        return loaded.Settings.Name == name
            ? loaded
            : throw new UsageException(
                $"'{path}' belongs to workflow '{loaded.Settings.Name}', so the folder was copied or renamed. Rename it "
                    + $"back, or make '{name}' with --target=LoadConfig --name={name}."
            );
    }
}
