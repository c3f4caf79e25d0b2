using Outsource.CommandLine;
using Outsource.Configuration;
using Outsource.Contexts;
using Outsource.Environs;
using Outsource.Errors;

namespace Outsource.LoadConfig;

/// <summary>The settings of a stage that runs alone: those that an earlier invocation left. What is typed beside them would be ignored, so it is refused.</summary>
public static class SettingsOnDisk
{
    /// <exception cref="UsageException">An option is given that only LoadConfig heeds, or there is no artifact.</exception>
    public static LoadedConfiguration Read(RunRequest request)
    {
        var invocation = request.Invocation;
        var idle = OptionCatalog.Ours.Where(o => !o.HeededByStages && invocation.Has(o.Name)).Select(o => "--" + o.Name).ToList();
        if (idle.Count > 0)
        {
            throw new UsageException($"{string.Join(", ", idle)}: LoadConfig heeds {(idle.Count == 1 ? "it" : "them")}, and --exclusive leaves LoadConfig out. Drop {(idle.Count == 1 ? "it" : "them")}, or drop --exclusive.");
        }

        var loader = new SettingsLoader(request.Surroundings);
        var workDir = loader.WorkDir(invocation, out var shared);
        if (invocation.Value("name") is { } name && WorkflowName.FaultOf(name) is null)
        {
            new FolderTrust(request.Machine, workDir, shared).Check(Path.Combine(workDir, "generated", name, WorkflowFolder.Payload));
        }

        var loaded = loader.LoadFromArtifact(invocation);
        WorkflowPlaces.Check(request.Machine, loaded);
        if (StraxRule.WarningOf(loaded, invocation.Target) is { } old)
        {
            request.Messages.Warn(old);
        }

        return loaded;
    }
}
