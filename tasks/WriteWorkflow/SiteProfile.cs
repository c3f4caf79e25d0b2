using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.WriteWorkflow;

/// <summary>
/// What makes other sites of the built-in ones (<c>--site-profile</c>): YAML merged over the site catalog, the demands of every job and the
/// properties. A mapping is merged key by key, a list or a text replaces, <c>null</c> takes away. The file is described in <c>tables/sites-local.yml</c>.
/// </summary>
public sealed record SiteProfile
{
    public const string Schema = "outsource/sites/1";

    /// <summary>The built-in sites as they are.</summary>
    public static SiteProfile BuiltIn { get; } = new();

    /// <summary>Where jobs run.</summary>
    public string ExecutionSite { get; private init; } = Catalogs.ExecutionSite;

    /// <summary>Where files wait between the submit host and the jobs.</summary>
    public string StagingSite { get; private init; } = Catalogs.StagingSite;

    /// <summary>Where results come to.</summary>
    public string OutputSite { get; private init; } = Catalogs.LocalSite;

    /// <summary>Condor profile of every job: key → value, or null to leave it out.</summary>
    public ImmutableSortedDictionary<string, string?> Jobs { get; private init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Properties: key → value, or null to take it out of the shipped ones.</summary>
    public ImmutableSortedDictionary<string, string?> Properties { get; private init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>The merged site catalog's part, or null.</summary>
    private YamlMappingNode? Sites { get; init; }

    /// <summary>Of what the settings name; the built-in sites where they name none.</summary>
    public static SiteProfile Of(IFileSystem disk, string? path) => path is null ? BuiltIn : Read(disk, path);

    /// <summary>Reads a profile.</summary>
    /// <exception cref="UsageException">It cannot be read or understood.</exception>
    public static SiteProfile Read(IFileSystem disk, string path)
    {
        UsageException Bad(string what, YamlNode? at = null) => new([new Fault($"site profile: {what}", path, at is null ? null : (int)at.Start.Line)]);
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(disk.File.ReadAllText(path)));
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
            {
                throw Bad($"there is no mapping in it. It begins with 'schema: {Schema}'; tables/sites-local.yml is an example.");
            }

            if (Scalar(root, "schema") is var schema && schema != Schema)
            {
                throw Bad($"its schema is '{schema}', expected '{Schema}'.", root);
            }

            string[] known = ["schema", "planner", "sites", "jobs", "properties"];
            foreach (var key in root.Children.Keys.OfType<YamlScalarNode>().Where(k => !known.Contains(k.Value)))
            {
                throw Bad($"unknown key '{key.Value}'{NearestName.Hint(key.Value ?? "", known)}: allowed are {string.Join(", ", known)}.", key);
            }

            YamlMappingNode? Part(YamlMappingNode of, string name) => of.Children.TryGetValue(name, out var node)
                ? node as YamlMappingNode ?? throw Bad($"'{name}' must be a mapping.", node)
                : null;
            ImmutableSortedDictionary<string, string?> Texts(YamlMappingNode? of) => of is null
                ? ImmutableSortedDictionary<string, string?>.Empty
                : of.Children.ToImmutableSortedDictionary(
                    e => ((YamlScalarNode)e.Key).Value!,
                    e => e.Value is YamlScalarNode text ? (IsNull(text) ? null : text.Value) : throw Bad($"'{e.Key}' must be a text or null.", e.Value),
                    StringComparer.Ordinal);

            var planner = Part(root, "planner");
            string Site(string key, string builtIn) => planner is null ? builtIn : Scalar(planner, key) ?? builtIn;
            foreach (var key in planner?.Children.Keys.OfType<YamlScalarNode>().Where(k => k.Value is not ("execution_site" or "staging_site" or "output_site")) ?? [])
            {
                throw Bad($"unknown key '{key.Value}' in 'planner': allowed are execution_site, staging_site, output_site.", key);
            }

            return new SiteProfile
            {
                ExecutionSite = Site("execution_site", Catalogs.ExecutionSite),
                StagingSite = Site("staging_site", Catalogs.StagingSite),
                OutputSite = Site("output_site", Catalogs.LocalSite),
                Jobs = Part(root, "jobs") is { } jobs ? Texts(Part(jobs, "condor")) : ImmutableSortedDictionary<string, string?>.Empty,
                Properties = Texts(Part(root, "properties")),
                Sites = Part(root, "sites"),
            };
        }
        catch (YamlException error)
        {
            throw new UsageException([new Fault($"site profile: this is no YAML: {error.Message}", path, (int)error.Start.Line)]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad($"it cannot be read: {error.Message}");
        }
    }

    /// <summary>The site catalog with this merged over it; the very same text where there is nothing to merge.</summary>
    /// <param name="catalog">A site catalog, with lines of comment at its head.</param>
    /// <exception cref="UsageException">A site that the planner is to use is not there afterwards.</exception>
    public string Merge(string catalog)
    {
        if (Sites is null)
        {
            return catalog;
        }

        var stream = new YamlStream();
        stream.Load(new StringReader(catalog));
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        var list = (YamlSequenceNode)root["sites"];
        foreach (var (name, change) in Sites.Children.Select(c => (Name: ((YamlScalarNode)c.Key).Value!, c.Value)))
        {
            var site = list.Children.OfType<YamlMappingNode>().FirstOrDefault(s => Scalar(s, "name") == name);
            if (change is YamlScalarNode { } none && IsNull(none))
            {
                _ = site is not null && list.Children.Remove(site);
                continue;
            }

            if (site is null)
            {
                site = new YamlMappingNode("name", new YamlScalarNode(name));
                list.Add(site);
            }

            Merge(site, change as YamlMappingNode ?? throw new UsageException($"site profile: site '{name}' must be a mapping, or null to leave it out."));
        }

        foreach (var (needed, role) in new[] { (ExecutionSite, "execution_site"), (StagingSite, "staging_site"), (OutputSite, "output_site"), (Catalogs.LocalSite, "the submit host") })
        {
            if (!list.Children.OfType<YamlMappingNode>().Any(s => Scalar(s, "name") == needed))
            {
                throw new UsageException($"site profile: there is no site '{needed}' ({role}) once it is merged. Declare it in 'sites', or name another in 'planner'.");
            }
        }

        using var text = new StringWriter { NewLine = "\n" };
        foreach (var line in catalog.Split('\n').TakeWhile(l => l.StartsWith('#')))
        {
            text.WriteLine(line);
        }

        stream.Save(text, assignAnchors: false);
        return text.ToString().Replace("\r", "", StringComparison.Ordinal).TrimEnd('.', '\n') + "\n";
    }

    /// <summary>The shipped properties, changed.</summary>
    public string Apply(string properties)
    {
        if (Properties.IsEmpty)
        {
            return properties;
        }

        var kept = properties.TrimEnd().Split('\n').Where(line => line.StartsWith('#') || !Properties.ContainsKey(line.Split('=', 2)[0].Trim()));
        return string.Join('\n', kept.Concat(Properties.Where(p => p.Value is not null).Select(p => $"{p.Key}={p.Value}"))) + "\n";
    }

    private static void Merge(YamlMappingNode into, YamlMappingNode change)
    {
        foreach (var (key, value) in change.Children)
        {
            if (value is YamlScalarNode none && IsNull(none))
            {
                into.Children.Remove(key);
            }
            else if (value is YamlMappingNode more && into.Children.TryGetValue(key, out var old) && old is YamlMappingNode there)
            {
                Merge(there, more);
            }
            else
            {
                into.Children[key] = value;
            }
        }
    }

    private static string? Scalar(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) && value is YamlScalarNode text && !IsNull(text) ? text.Value : null;

    private static bool IsNull(YamlScalarNode text) => text.Style == ScalarStyle.Plain && text.Value is null or "" or "null" or "~";
}
