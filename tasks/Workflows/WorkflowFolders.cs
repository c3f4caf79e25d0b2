using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.Workflows;

/// <summary>The folders in which a workflow is made and planned, and those of its earlier results.</summary>
public static class WorkflowFolders
{
    /// <summary>Checks that the folders below work_dir are ours, before anything there is read or written.</summary>
    /// <exception cref="UsageException">One is not.</exception>
    public static void Check(IMachine machine, LoadedConfiguration loaded) =>
        Check(machine, loaded.Settings, loaded.Context.StraxenVersion, loaded.Settings.Name);

    /// <summary>The same, before the name is known.</summary>
    /// <param name="machine">Finds the owner of a folder.</param>
    /// <param name="settings">Where the folders are.</param>
    /// <param name="straxenVersion">Part of the path of the submit directory.</param>
    /// <param name="name">The workflow, or null: only the shared folders.</param>
    /// <exception cref="UsageException">One is not ours.</exception>
    public static void Check(IMachine machine, OutsourceSettings settings, string straxenVersion, string? name)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var runs = settings.RunsFolder(straxenVersion);
        var named = settings with { Name = name ?? "" };
        TrustOf(machine, settings)
            .Check(
                name is null
                    ? [Path.Combine(settings.WorkDir, "generated"), runs, Path.Combine(settings.WorkDir, "outputs")]
                    : [Path.Combine(named.GeneratedFolder, WorkflowFolder.Payload), Path.Combine(runs, name), named.OutputsFolder]
            );
    }

    /// <summary>Creates the folder of a workflow's artifacts and its parents, without access for other users.</summary>
    /// <param name="host">This machine: disk, variables, user, clock.</param>
    /// <param name="machine">Finds the owner of a folder.</param>
    /// <param name="settings">Where the folders are.</param>
    /// <param name="folder">The folder. Absolute.</param>
    public static void Make(HostEnvironment host, IMachine machine, OutsourceSettings settings, string folder)
    {
        ArgumentNullException.ThrowIfNull(host);
        var trust = TrustOf(machine, settings);
        OwnedFile.MakeFolder(host.Disk, Path.GetDirectoryName(folder)!, trust.HoldingMode);
        OwnedFile.MakeFolder(host.Disk, folder, trust.WorkflowMode);
    }

    private static FolderTrust TrustOf(IMachine machine, OutsourceSettings settings) =>
        new(machine, settings.WorkDir, settings.ShareWithGroup ? FolderSharing.WithGroup : FolderSharing.OwnerOnly);
}
