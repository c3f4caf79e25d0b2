using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Machine;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Everything that can be checked before a submission: what it needs on this machine, and what is sent with the jobs.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="machine">Its clock and disks.</param>
/// <param name="grid">Its programs.</param>
/// <param name="loaded">The configuration.</param>
/// <param name="folder">Folder of the artifacts; they may be missing. Absolute.</param>
/// <param name="plan">The plan, or null: there is none yet.</param>
public sealed class PreflightChecks(
    HostEnvironment host,
    IMachine machine,
    IGridPrograms grid,
    LoadedConfiguration loaded,
    string folder,
    JobPlan? plan
)
{
    private readonly OutsourceSettings _settings = loaded.Settings;

    private readonly JobDemands _demands = new(host, loaded, folder);

    /// <summary>All checks, in the order in which things are needed.</summary>
    public IReadOnlyList<CheckResult> All()
    {
        if (_settings.Engine != EngineKind.Pegasus)
        {
            return OnThisMachine();
        }

        var proxy = new ShippedProxyChecks(host, machine, _settings, _demands);
        var workDir = new WorkDirChecks(host, machine, _settings, plan);
        List<CheckResult> checks =
        [
            .. new ProgramChecks(grid).Look(),
            .. proxy.Look(),
            .. Staging(),
            new JobConfigCheck(host, loaded, folder).Look(),
            new TokenCheck(host, machine, _settings, plan).Look(),
            new RucioCheck(host, _settings).Look(),
            new ImageCheck(host, _settings).Look(),
            new ReleaseTagsCheck(host, loaded).Look(),
            .. new StraxCheck(loaded).Look(),
            new CutaxCheck(host, _settings, folder).Look(),
            workDir.Writable(),
            workDir.Room(),
        ];
        if (new NotificationCheck(host, _settings).Look() is { } mail)
        {
            checks.Add(mail);
        }

        if (plan is { Groups.IsEmpty: false } && !_settings.Canary && proxy.AgainstLengthOf(plan) is { } length)
        {
            checks.Insert(checks.FindLastIndex(c => c.Subject.StartsWith("proxy", StringComparison.Ordinal)) + 1, length);
        }

        if (plan is not null)
        {
            checks.Add(new RequirementsCheck(host, _settings, _demands).Look(plan));
        }

        if (host.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow)))
        {
            checks.Add(Catalogues());
        }

        return checks;
    }

    /// <summary>What the jobs need if they run here: no grid, and with canaries no credentials either.</summary>
    private List<CheckResult> OnThisMachine()
    {
        var workDir = new WorkDirChecks(host, machine, _settings, plan);
        List<CheckResult> checks = [new JobConfigCheck(host, loaded, folder).Look()];
        if (!_settings.Canary)
        {
            checks.AddRange(new ShippedProxyChecks(host, machine, _settings, _demands).Look());
            checks.Add(new TokenCheck(host, machine, _settings, plan).Look());
            checks.Add(new RucioCheck(host, _settings).Look());
            checks.AddRange(new StraxCheck(loaded).Look());
            checks.Add(new CutaxCheck(host, _settings, folder).Look());
        }

        checks.AddRange([workDir.Writable(), workDir.Room()]);
        if (host.Disk.File.Exists(Path.Combine(folder, WorkflowFolder.Workflow)))
        {
            checks.Add(Catalogues());
        }

        return checks;
    }

    private IEnumerable<CheckResult> Staging()
    {
        try
        {
            var profile = SiteProfile.Of(host.Disk, _settings.SiteProfile);
            return new StagingTools(host).Of(_demands.SiteCatalog(profile), profile.StagingSite, profile.OutputSite) is { } check
                ? [check]
                : [];
        }
        catch (Exception error) when (JobDemands.IsUnreadable(error))
        {
            // The proxy's check already reports that the site catalog cannot be read.
            return [];
        }
    }

    private CheckResult Catalogues() =>
        WorkflowFiles.Faults(host.Disk, folder) is { Count: > 0 } faults
            ? CheckResult.Failed(
                "workflow and catalogs",
                string.Join("; ", faults),
                $"Write the workflow again: --target=WriteWorkflow --name={_settings.Name} --replace"
            )
            : CheckResult.Ok("workflow and catalogs", "all present and written together");
}
