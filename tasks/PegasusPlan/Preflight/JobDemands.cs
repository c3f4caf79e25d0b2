using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;
using Outsource.WriteWorkflow;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>What every job requests from HTCondor, by site catalog and site profile.</summary>
public sealed class JobDemands(HostEnvironment host, LoadedConfiguration loaded, string folder)
{
    /// <summary>The proxy that is sent with jobs, or null: none.</summary>
    public string? ShippedProxy() => All().GetValueOrDefault("x509userproxy");

    /// <summary>
    /// What every job requests from HTCondor: from the execution site in the site catalog on disk, or else in the one that would be
    /// written; and from the site profile for the jobs, which overrides.
    /// </summary>
    public Dictionary<string, string> All()
    {
        var profile = SiteProfile.Of(host.Disk, loaded.Settings.SiteProfile);
        var site =
            SiteCatalog(profile).Maps("sites").FirstOrDefault(s => s.Text("name") == profile.ExecutionSite)
            ?? throw new UsageException($"it has no site '{profile.ExecutionSite}'");
        var ofSite = site.Child("profiles").Map("condor") is { } condor
            ? condor.Keys().Select(key => KeyValuePair.Create(key, condor.Text(key)))
            : [];
        return new Dictionary<string, string>(
            ofSite
                .Where(d => !profile.Jobs.ContainsKey(d.Key) || profile.Jobs[d.Key] is null)
                .Concat(profile.Jobs)
                .Where(d => d.Value is not null)
                .Select(d => KeyValuePair.Create(d.Key, d.Value!)),
            StringComparer.Ordinal
        );
    }

    /// <summary>The same; empty if the site catalog cannot be read.</summary>
    public Dictionary<string, string> AllOrNone()
    {
        try
        {
            return All();
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            // The proxy's check already reports that the site catalog cannot be read.
            return [];
        }
    }

    /// <summary>The site catalog on disk, or else the one that would be written.</summary>
    public YamlMap SiteCatalog(SiteProfile profile)
    {
        var path = Path.Combine(folder, WorkflowFolder.Sites);
        var text = host.Disk.File.Exists(path)
            ? BoundedText.ReadAll(host.Disk, path)
            : new Catalogs(loaded, PayloadChoice.Of(loaded.Settings), profile).Sites([]);
        return YamlReader.RootOf(text, path);
    }

    /// <summary>Whether an error means that the site catalog or the site profile cannot be read.</summary>
    public static bool IsUnreadable(Exception error) =>
        error is OutsourceException;
}
