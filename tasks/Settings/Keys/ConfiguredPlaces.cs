using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>The configured folders, for tasks that read nothing else of the configuration.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
public sealed class ConfiguredPlaces(HostEnvironment host)
{
    /// <summary>Only the work_dir, for tasks that only read existing workflows.</summary>
    /// <exception cref="UsageException">The configuration or its work_dir is not valid.</exception>
    public string WorkDir(Invocation invocation) => WorkDir(invocation, out _);

    /// <summary>The work_dir, and whether a group of operators shares it.</summary>
    /// <exception cref="UsageException">The configuration or its work_dir is not valid.</exception>
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

    /// <summary>Which folders of the work_dir can be trusted, for tasks that only read the configuration.</summary>
    /// <exception cref="UsageException">The configuration or its work_dir is not valid.</exception>
    public FolderTrust Trust(Invocation invocation, IMachine machine) => new(machine, WorkDir(invocation, out var sharing), sharing);

    /// <summary>Only the prefix of the Pegasus installation, for tasks that manage a running workflow.</summary>
    /// <exception cref="UsageException">The configuration or its pegasus_path is not valid.</exception>
    public string PegasusPath(Invocation invocation)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, Variables(host));
        var values = new ValueReader(file, host, invocation);
        var path = values.Folder(SettingCatalog.ByName["pegasus_path"]);
        ThrowIfAny(values.Faults, file.Path);
        return path;
    }

    /// <summary>Only the proxy that the configuration names, for programs of the grid; null: it names none. Absolute.</summary>
    /// <exception cref="UsageException">The configuration or its x509_user_proxy is not valid.</exception>
    public string? Proxy(Invocation invocation)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, Variables(host));
        var values = new ValueReader(file, host, invocation);
        var path = values.FilePath(SettingCatalog.ByName["x509_user_proxy"], out _);
        ThrowIfAny(values.Faults, file.Path);
        return path;
    }

    /// <summary>Only the folder of the operator's tables; null: it names none. Absolute.</summary>
    /// <exception cref="UsageException">The configuration or its tables_folder is not valid.</exception>
    public string? TablesFolder(Invocation invocation)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, Variables(host));
        var values = new ValueReader(file, host, invocation);
        var path = values.FilePath(SettingCatalog.ByName["tables_folder"], out _);
        ThrowIfAny(values.Faults, file.Path);
        return path;
    }

    /// <summary>Only the share of failed attempts above which Doctor proposes to exclude a site, 0 to 1.</summary>
    /// <exception cref="UsageException">The configuration or its doctor_site_share is not valid.</exception>
    public double DoctorSiteShare(Invocation invocation)
    {
        var place = ConfigurationLocator.Locate(host, invocation);
        var file = XenonConfigFile.Read(host.Disk, place.Path, Variables(host));
        var values = new ValueReader(file, host, invocation);
        var share = (double)values.Read(SettingCatalog.ByName["doctor_site_share"])!;
        if (share > 1)
        {
            values.Wrong("doctor_site_share must be a part of 1, such as 0.5.", values.LineOf("doctor_site_share"));
        }

        ThrowIfAny(values.Faults, file.Path);
        return share;
    }

    /// <summary>The environment as the configuration sees it: it also has a default for the demo's work_dir.</summary>
    public static Func<string, string?> Variables(HostEnvironment host) =>
        name =>
            host.Variables.TryGetValue(name, out var value) ? value
            : name == "OUTSOURCE_DEMO" ? host.DemoWorkDir
            : null;

    /// <summary>All errors as one exception.</summary>
    /// <exception cref="UsageException">There is an error.</exception>
    public static void ThrowIfAny(IReadOnlyCollection<Fault> faults, string config)
    {
        if (faults.Count > 0)
        {
            // Arguments first, then the configuration from top to bottom, then other files in the order read.
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
