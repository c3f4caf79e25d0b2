using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.Model.Sites;

/// <summary>
/// What makes other sites of the built-in ones (<c>--site-profile</c>): YAML merged over the site catalog, the demands of every job and the
/// properties. A mapping is merged key by key, a list or a text replaces, <c>null</c> takes away. The file is described in
/// <c>tables/sites-local.yml</c>.
/// </summary>
public sealed record SiteProfile
{
    public const string Schema = "outsource/sites/1";

    /// <summary>The built-in sites as they are.</summary>
    public static SiteProfile BuiltIn { get; } = new();

    /// <summary>Where jobs run.</summary>
    public string ExecutionSite { get; private init; } = SiteNames.Execution;

    /// <summary>Where files wait between the submit host and the jobs.</summary>
    public string StagingSite { get; private init; } = SiteNames.Staging;

    /// <summary>Where results come to.</summary>
    public string OutputSite { get; private init; } = SiteNames.Local;

    /// <summary>Condor profile of every job: key → value, or null to leave it out.</summary>
    public ImmutableSortedDictionary<string, string?> Jobs { get; private init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>Properties: key → value, or null to take it out of the shipped ones.</summary>
    public ImmutableSortedDictionary<string, string?> Properties { get; private init; } = ImmutableSortedDictionary<string, string?>.Empty;

    /// <summary>The merged site catalog's part, or null.</summary>
    private YamlMappingNode? Sites { get; init; }

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
            var profile = new Reader(path, faults).Profile(root);
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
            if (value is YamlScalarNode none && IsNull(none))
            {
                into.Children.Remove(key);
            }
            else if (value is YamlMappingNode more)
            {
                // What is taken away of something that is not there is not there: the catalog never holds a null.
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

    private static bool IsNull(YamlScalarNode text) => text.Style == ScalarStyle.Plain && text.Value is null or "" or "null" or "~";

    /// <summary>Reads a profile and gathers what is wrong with it.</summary>
    private sealed class Reader(string path, List<Fault> faults)
    {
        private static readonly string[] Parts = ["schema", "planner", "sites", "jobs", "properties"],
            Roles = ["execution_site", "staging_site", "output_site"];

        public SiteProfile Profile(YamlMappingNode root)
        {
            Known(root, "", Parts);
            if (Text(root, "schema") is var schema && schema != Schema)
            {
                Wrong($"its schema is '{schema}', expected '{Schema}'.", Value(root, "schema") ?? root);
            }

            var sites = Part(root, "sites");
            CheckSites(sites);
            var planner = Part(root, "planner");
            Known(planner, " in 'planner'", Roles);
            var jobs = Part(root, "jobs");
            Known(jobs, " in 'jobs'", ["condor"]);
            return new SiteProfile
            {
                ExecutionSite = Site(planner, sites, Roles[0], SiteNames.Execution),
                StagingSite = Site(planner, sites, Roles[1], SiteNames.Staging),
                OutputSite = Site(planner, sites, Roles[2], SiteNames.Local),
                Jobs = Texts(Part(jobs, "condor"), "jobs, condor"),
                Properties = Texts(Part(root, "properties"), "properties"),
                Sites = sites,
            };
        }

        private static YamlNode? Value(YamlMappingNode? of, string key) =>
            of is not null && of.Children.TryGetValue(key, out var value) ? value : null;

        private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Entries(YamlMappingNode? of) => of is null ? [] : of.Children;

        private static string? Name(YamlNode key) => key is YamlScalarNode { Value: { Length: > 0 } name } ? name : null;

        private void Wrong(string what, YamlNode at) => faults.Add(new Fault($"site profile: {what}", path, (int)at.Start.Line));

        private void Known(YamlMappingNode? of, string where, string[] allowed)
        {
            foreach (var key in of?.Children.Keys.Where(k => !allowed.Contains(Name(k))) ?? [])
            {
                Wrong(
                    $"unknown key '{key}'{where}{NearestName.Hint(Name(key) ?? "", allowed)}: allowed are {string.Join(", ", allowed)}.",
                    key
                );
            }
        }

        private YamlMappingNode? Part(YamlMappingNode? of, string name)
        {
            switch (Value(of, name))
            {
                case null:
                case YamlScalarNode text when IsNull(text):
                    return null;
                case YamlMappingNode part:
                    return part;
                case var other:
                    Wrong($"'{name}' must be a mapping.", other);
                    return null;
            }
        }

        private string? Text(YamlMappingNode? of, string key)
        {
            switch (Value(of, key))
            {
                case null:
                    return null;
                case YamlScalarNode text:
                    return IsNull(text) ? null : text.Value;
                case var other:
                    Wrong($"'{key}' must be a text.", other);
                    return null;
            }
        }

        private ImmutableSortedDictionary<string, string?> Texts(YamlMappingNode? of, string where)
        {
            var texts = ImmutableSortedDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
            foreach (var (key, value) in Entries(of))
            {
                if (Name(key) is not { } name)
                {
                    Wrong($"a key in '{where}' is no text.", key);
                }
                else if (value is YamlScalarNode text)
                {
                    texts[name] = IsNull(text) ? null : text.Value;
                }
                else
                {
                    Wrong($"'{name}' in '{where}' must be a text, or null to leave it out.", value);
                }
            }

            return texts.ToImmutable();
        }

        private void CheckSites(YamlMappingNode? sites)
        {
            foreach (var (key, value) in Entries(sites))
            {
                if (value is not YamlMappingNode && !(value is YamlScalarNode text && IsNull(text)))
                {
                    Wrong($"site '{key}' must be a mapping, or null to leave it out.", value);
                }

                CheckKeys(key, value, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));
            }
        }

        /// <summary>
        /// Whatever the planner may know there, its keys are texts, and nothing is part of itself, as an alias can make it.
        /// </summary>
        private void CheckKeys(YamlNode key, YamlNode value, HashSet<YamlNode> around)
        {
            if (!around.Add(value))
            {
                Wrong($"'{key}' in 'sites' is an alias of what it is part of: write out what is meant.", key);
                return;
            }

            if (Name(key) is null)
            {
                Wrong("a key in 'sites' is no text.", key);
            }

            foreach (var (below, more) in Entries(value as YamlMappingNode))
            {
                CheckKeys(below, more, around);
            }

            _ = around.Remove(value);
        }

        /// <summary>A site that the planner is told, which must be in the catalog when it is merged.</summary>
        private string Site(YamlMappingNode? planner, YamlMappingNode? sites, string role, string builtIn)
        {
            var named = Text(planner, role) ?? builtIn;
            var change = Value(sites, named);
            if (
                (change is YamlScalarNode none && IsNull(none))
                || (change is null && named is not (SiteNames.Local or SiteNames.Staging or SiteNames.Execution))
            )
            {
                var there = new[] { SiteNames.Local, SiteNames.Staging, SiteNames.Execution }
                    .Where(s => Value(sites, s) is not YamlScalarNode)
                    .Union(sites?.Children.Where(s => s.Value is YamlMappingNode).Select(s => Name(s.Key)).OfType<string>() ?? []);
                Wrong(
                    $"there is no site '{named}' ({role}) once it is merged; there are {string.Join(", ", there)}. Declare it in "
                        + "'sites', or name another in 'planner'.",
                    Value(planner, role) ?? change ?? planner!
                );
            }

            return named;
        }
    }
}
