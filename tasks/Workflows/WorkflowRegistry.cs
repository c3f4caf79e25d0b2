using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Machine;
using Outsource.Settings.Keys;

namespace Outsource.Workflows;

/// <summary>The workflows below a work_dir, while one of them is being chosen.</summary>
public interface IWorkflowRegistry
{
    /// <summary>Claims a workflow; returns the owner if it is not ours.</summary>
    ClaimOwner? Claim(string name, string command);

    /// <summary>The command that began this workflow and did not finish: its fingerprint, or null.</summary>
    string? Unfinished(string name);

    /// <summary>Whether that command recorded a failure; if not, it was stopped.</summary>
    bool HasFailed(string name);

    /// <summary>How far it has come.</summary>
    DagStatus StatusOf(string name);
}

/// <summary>The workflows of one work_dir.</summary>
public sealed class WorkflowRegistry(
    HostEnvironment host,
    WorkflowClaims claims,
    IQueue queue,
    OutsourceSettings settings,
    string straxenVersion
) : IWorkflowRegistry
{
    public ClaimOwner? Claim(string name, string command) => claims.Claim(settings.WorkDir, name, command);

    public string? Unfinished(string name) => Journal(name).Unfinished()?.Command;

    public bool HasFailed(string name) => Journal(name).HasFailed();

    public DagStatus StatusOf(string name) =>
        new DagStatusReader(host.Disk, queue, host.HostName).Of(
            (settings with { Name = name }).GeneratedFolder,
            new SubmitDirectory(host.Disk, Path.Combine(settings.RunsFolder(straxenVersion), name))
        );

    private JournalFile Journal(string name) => new(host.Disk, (settings with { Name = name }).GeneratedFolder);
}
