using System.Collections.Immutable;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Model.Sites;

/// <summary>Reads a profile and gathers what is wrong with it.</summary>
internal sealed class SiteProfileReader(string path, List<Fault> faults)
{
    private static readonly string[] Parts = ["schema", "planner", "sites", "jobs", "properties"],
        Roles = ["execution_site", "staging_site", "output_site"];

    public SiteProfile Profile(YamlMap root)
    {
        Known(root, "", Parts);
        if (Text(root, "schema") is var schema && schema != SiteProfile.Schema)
        {
            Wrong($"its schema is '{schema}', expected '{SiteProfile.Schema}'.", root.Child("schema") ?? root);
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

    private static IEnumerable<YamlEntry> Entries(YamlMap? of) => of?.Entries ?? [];

    private static string? Name(YamlValue key) => key is YamlScalar { Text: { Length: > 0 } name } ? name : null;

    private void Wrong(string what, YamlValue at) => faults.Add(new Fault($"site profile: {what}", path, at.Line));

    private void Known(YamlMap? of, string where, string[] allowed)
    {
        foreach (var key in Entries(of).Select(e => e.Key).Where(k => !allowed.Contains(Name(k))))
        {
            Wrong(
                $"unknown key '{key}'{where}{NearestName.Hint(Name(key) ?? "", allowed)}: allowed are {string.Join(", ", allowed)}.",
                key
            );
        }
    }

    private YamlMap? Part(YamlMap? of, string name)
    {
        switch (of.Child(name))
        {
            case null:
            case YamlScalar { IsNull: true }:
                return null;
            case YamlMap part:
                return part;
            case var other:
                Wrong($"'{name}' must be a mapping.", other);
                return null;
        }
    }

    private string? Text(YamlMap? of, string key)
    {
        switch (of.Child(key))
        {
            case null:
                return null;
            case YamlScalar text:
                return text.IsNull ? null : text.Text;
            case var other:
                Wrong($"'{key}' must be a text.", other);
                return null;
        }
    }

    private ImmutableSortedDictionary<string, string?> Texts(YamlMap? of, string where)
    {
        var texts = ImmutableSortedDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in Entries(of))
        {
            if (Name(key) is not { } name)
            {
                Wrong($"a key in '{where}' is not a text.", key);
            }
            else if (value is YamlScalar text)
            {
                texts[name] = text.IsNull ? null : text.Text;
            }
            else
            {
                Wrong($"'{name}' in '{where}' must be a text, or null to leave it out.", value);
            }
        }

        return texts.ToImmutable();
    }

    private void CheckSites(YamlMap? sites)
    {
        foreach (var (key, value) in Entries(sites))
        {
            if (value is not YamlMap && !value.IsNull)
            {
                Wrong($"site '{key}' must be a mapping, or null to leave it out.", value);
            }

            CheckKeys(key, value, []);
        }
    }

    /// <summary>
    /// All keys are texts, and no mapping is part of itself, as an alias can make it.
    /// </summary>
    private void CheckKeys(YamlValue key, YamlValue value, HashSet<YamlValue> around)
    {
        if (!around.Add(value))
        {
            Wrong($"'{key}' in 'sites' is an alias of what it is part of: write out what is meant.", key);
            return;
        }

        if (Name(key) is null)
        {
            Wrong("a key in 'sites' is not a text.", key);
        }

        foreach (var (below, more) in Entries(value as YamlMap))
        {
            CheckKeys(below, more, around);
        }

        _ = around.Remove(value);
    }

    /// <summary>The site of a role of the planner. It must be in the catalog once that is merged.</summary>
    private string Site(YamlMap? planner, YamlMap? sites, string role, string builtIn)
    {
        var named = Text(planner, role) ?? builtIn;
        var change = sites.Child(named);
        if (
            change is { IsNull: true }
            || (change is null && named is not (SiteNames.Local or SiteNames.Staging or SiteNames.Execution))
        )
        {
            var there = new[] { SiteNames.Local, SiteNames.Staging, SiteNames.Execution }
                .Where(s => sites.Child(s) is not YamlScalar)
                .Union(Entries(sites).Where(s => s.Value is YamlMap).Select(s => Name(s.Key)).OfType<string>());
            Wrong(
                $"there is no site '{named}' ({role}) once it is merged; there are {string.Join(", ", there)}. Declare it in "
                    + "'sites', or name another in 'planner'.",
                planner.Child(role) ?? change ?? planner!
            );
        }

        return named;
    }
}
