using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>Where a configuration says that we work, for tasks that read nothing else of it.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
public sealed class ConfiguredPlaces(HostEnvironment host)
{
    /// <summary>The work_dir alone, for tasks that only look at what is there.</summary>
    /// <exception cref="UsageException">The configuration or its work_dir is faulty.</exception>
    public string WorkDir(Invocation invocation) => WorkDir(invocation, out _);

    /// <summary>The work_dir, and whether operators of a group share it.</summary>
    /// <exception cref="UsageException">The configuration or its work_dir is faulty.</exception>
    public string WorkDir(Invocation invocation, out FolderSharing sharing)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, Variables(host));
        var values = new ValueReader(file, host, invocation);
        values.Faults.AddRange(file.Faults);
        var workDir = values.Folder(SettingCatalog.ByName["work_dir"]);
        sharing = values.Read(SettingCatalog.ByName["share_with_group"]) is true ? FolderSharing.WithGroup : FolderSharing.OwnerOnly;
        ThrowIfAny(values.Faults, file.Path);
        return workDir;
    }

    /// <summary>What of the work_dir may be believed, for tasks that only read the configuration.</summary>
    /// <exception cref="UsageException">The configuration or its work_dir is faulty.</exception>
    public FolderTrust Trust(Invocation invocation, IMachine machine) => new(machine, WorkDir(invocation, out var sharing), sharing);

    /// <summary>The prefix of the Pegasus installation alone, for tasks that look after a workflow that runs.</summary>
    /// <exception cref="UsageException">The configuration or its pegasus_path is faulty.</exception>
    public string PegasusPath(Invocation invocation)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, Variables(host));
        var values = new ValueReader(file, host, invocation);
        var path = values.Folder(SettingCatalog.ByName["pegasus_path"]);
        ThrowIfAny(values.Faults, file.Path);
        return path;
    }

    /// <summary>The environment as the configuration sees it: the demo's work_dir has a place to go even where nobody set one.</summary>
    public static Func<string, string?> Variables(HostEnvironment host) =>
        name =>
            host.Variables.TryGetValue(name, out var value) ? value
            : name == "OUTSOURCE_DEMO" ? host.DemoWorkDir
            : null;

    /// <summary>All that is wrong, as one error.</summary>
    /// <exception cref="UsageException">There is something.</exception>
    public static void ThrowIfAny(IReadOnlyCollection<Fault> faults, string config)
    {
        if (faults.Count > 0)
        {
            // Arguments first, then the configuration from top to bottom, then other files as they were read.
            throw new UsageException([
                .. faults
                    .Distinct()
                    .OrderBy(f =>
                        f.File is null ? 0
                        : f.File == config ? 1
                        : 2
                    )
                    .ThenBy(f => f.File == config ? f.Line ?? int.MaxValue : 0),
            ]);
        }
    }
}
