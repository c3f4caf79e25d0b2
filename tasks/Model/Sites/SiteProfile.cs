using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Model.Sites;

/// <summary>
/// Changes to the built-in sites (<c>--site-profile</c>): YAML merged over the site catalog, the demands of every job and the
/// properties. A mapping is merged key by key, a list or a text replaces, <c>null</c> removes. The file is described in
/// <c>tables/sites-local.yml</c>.
/// </summary>
public sealed record SiteProfile
{
    public const string Schema = "outsource/sites/1";

    /// <summary>The built-in sites as they are.</summary>
    public static SiteProfile BuiltIn { get; } = new();

    /// <summary>Where jobs run.</summary>
    public string ExecutionSite { get; internal init; } = SiteNames.Execution;

    /// <summary>Where files wait between the submit host and the jobs.</summary>
    public string StagingSite { get; internal init; } = SiteNames.Staging;

    /// <summary>Where results come to.</summary>
    public string OutputSite { get; internal init; } = SiteNames.Local;

    /// <summary>Condor profile of every job: key → value, or null to leave it out.</summary>
    public ImmutableSortedDictionary<string, string?> Jobs { get; internal init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Properties: key → value, or null to remove it from the shipped ones.</summary>
    public ImmutableSortedDictionary<string, string?> Properties { get; internal init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>The merged site catalog's part, or null.</summary>
    internal YamlMap? Sites { get; init; }

    /// <summary>What a job asks for in the end: a whole number of the profile wins over what was planned.</summary>
    /// <param name="planned">By the settings.</param>
    public Resources Asked(Resources planned)
    {
        ArgumentNullException.ThrowIfNull(planned);
        return new Resources(Whole("request_memory") ?? planned.MemoryMb, Whole("request_disk") ?? planned.DiskKb);
    }

    private long? Whole(string key) =>
        Jobs.TryGetValue(key, out var text)
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is > 0 and < long.MaxValue / 1000
            ? number
            : null;

    /// <summary>Of what the settings name; the built-in sites where they name none.</summary>
    public static SiteProfile Of(IFileSystem disk, string? path) => path is null ? BuiltIn : Read(disk, path);

    /// <summary>Reads a profile.</summary>
    /// <exception cref="UsageException">It cannot be read or understood; all that is wrong with it, with lines.</exception>
    public static SiteProfile Read(IFileSystem disk, string path)
    {
        UsageException Bad(string what, int? line = null) => new([new Fault($"site profile: {what}", path, line)]);
        try
        {
            var root = YamlReader.Root(disk, path, YamlAliases.Allowed);
            List<Fault> faults = [];
            var profile = new SiteProfileReader(path, faults).Profile(root);
            return faults.Count == 0 ? profile : throw new UsageException([.. faults.OrderBy(f => f.Line)]);
        }
        catch (DamagedYamlException error)
        {
            throw Bad($"{error.Why}. Correct it: it begins with 'schema: {Schema}'; tables/sites-local.yml is an example.", error.Line);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad($"it cannot be read: {DiskFault.Why(error, path)}. Correct --site-profile or site_profile.");
        }
    }

    /// <summary>The site catalog with this merged over it; the very same text where there is nothing to merge.</summary>
    /// <param name="catalog">A site catalog, with lines of comment at its head.</param>
    public string Merge(string catalog)
    {
        if (Sites is null)
        {
            return catalog;
        }

        var root = YamlReader.RootOf(catalog, WorkflowFolder.Sites);
        var list = (YamlList)root["sites"]!;
        foreach (var (name, change) in Sites.Entries.Select(e => (e.Name, e.Value)))
        {
            var site = list.Items.OfType<YamlMap>().FirstOrDefault(s => s.Text("name") == name);
            if (change is not YamlMap changes)
            {
                list.Remove(site);
                continue;
            }

            (site ?? list.Add("name", name)).Merge(changes);
        }

        return string.Concat(catalog.Split('\n').TakeWhile(l => l.StartsWith('#')).Select(l => l + "\n")) + root.Render();
    }

    /// <summary>The shipped properties, changed.</summary>
    public string Apply(string properties)
    {
        if (Properties.IsEmpty)
        {
            return properties;
        }

        var kept = properties
            .TrimEnd()
            .Split('\n')
            .Where(line => line.StartsWith('#') || !Properties.ContainsKey(line.Split('=', 2)[0].Trim()));
        return string.Join('\n', kept.Concat(Properties.Where(p => p.Value is not null).Select(p => $"{p.Key}={p.Value}"))) + "\n";
    }
}
