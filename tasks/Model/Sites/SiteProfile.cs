using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;
using YamlDotNet.RepresentationModel;

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
    internal YamlMappingNode? Sites { get; init; }

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

        var stream = new YamlStream();
        stream.Load(new StringReader(catalog));
        var list = (YamlSequenceNode)((YamlMappingNode)stream.Documents[0].RootNode)["sites"];
        foreach (var (name, change) in Sites.Children.Select(c => (Name: ((YamlScalarNode)c.Key).Value!, c.Value)))
        {
            var site = list
                .Children.OfType<YamlMappingNode>()
                .FirstOrDefault(s =>
                    s.Children.TryGetValue("name", out var node) && node is YamlScalarNode { Value: { } own } && own == name
                );
            if (change is not YamlMappingNode changes)
            {
                _ = site is not null && list.Children.Remove(site);
                continue;
            }

            if (site is null)
            {
                site = new YamlMappingNode("name", new YamlScalarNode(name));
                list.Add(site);
            }

            Merge(site, changes);
        }

        using var text = new StringWriter { NewLine = "\n" };
        foreach (var line in catalog.Split('\n').TakeWhile(l => l.StartsWith('#')))
        {
            text.WriteLine(line);
        }

        stream.Save(text, assignAnchors: false);
        // The writer ends a document with a line of three dots.
        const string End = "...\n";
        var merged = text.ToString().Replace("\r", "", StringComparison.Ordinal);
        return merged.EndsWith("\n" + End, StringComparison.Ordinal) ? merged[..^End.Length] : merged;
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

    private static void Merge(YamlMappingNode into, YamlMappingNode change)
    {
        foreach (var (key, value) in change.Children)
        {
            if (value.IsNull())
            {
                into.Children.Remove(key);
            }
            else if (value is YamlMappingNode more)
            {
                // A null below a key that is not there removes nothing: the catalog never holds a null.
                if (!into.Children.TryGetValue(key, out var old) || old is not YamlMappingNode there)
                {
                    into.Children[key] = there = [];
                }

                Merge(there, more);
            }
            else
            {
                into.Children[key] = value;
            }
        }
    }
}
