using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Jobs;

/// <summary>A site of the catalog.</summary>
/// <param name="Environment">Variables of its jobs.</param>
/// <param name="Condor">What its jobs ask of HTCondor: <c>x509userproxy</c> and others.</param>
public sealed record CatalogSite(
    ImmutableArray<KeyValuePair<string, string>> Environment,
    ImmutableDictionary<string, string> Condor
);

/// <summary>The catalogs beside a <c>workflow.yml</c>: where files lie, what a job runs, what sites are like.</summary>
/// <param name="Replicas">Logical name → path on this machine. Absolute.</param>
/// <param name="Elsewhere">Logical name → address, of files that lie on no disk of this machine.</param>
/// <param name="Programs">Transformation → path of the program. Absolute.</param>
/// <param name="Sites">The sites, by name.</param>
public sealed record WorkflowCatalogs(
    IReadOnlyDictionary<string, string> Replicas,
    IReadOnlyDictionary<string, string> Elsewhere,
    IReadOnlyDictionary<string, string> Programs,
    IReadOnlyDictionary<string, CatalogSite> Sites
)
{
    /// <summary>Reads them.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    /// <exception cref="DamagedYamlException">One is not valid.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static WorkflowCatalogs Read(IFileSystem disk, string folder)
    {
        var here = new Dictionary<string, string>(StringComparer.Ordinal);
        var elsewhere = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in Items(disk, folder, WorkflowFolder.Replicas, "replicas"))
        {
            foreach (var place in item.Map.Maps("pfns").Select(p => p.Text("pfn")).OfType<string>().Take(1))
            {
                _ = PathOf(place) is { } path
                    ? here.TryAdd(item.Map.Text("lfn") ?? "", path)
                    : elsewhere.TryAdd(item.Map.Text("lfn") ?? "", place);
            }
        }

        var programs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in Items(disk, folder, WorkflowFolder.Transformations, "transformations"))
        {
            if (item.Map.Maps("sites").Select(s => PathOf(s.Text("pfn"))).FirstOrDefault(p => p is not null) is { } path)
            {
                _ = programs.TryAdd(item.Map.Text("name") ?? "", path);
            }
        }

        var sites = Items(disk, folder, WorkflowFolder.Sites, "sites")
            .GroupBy(i => i.Map.Text("name") ?? "", StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => SiteOf(g.First().Map.Map("profiles")), StringComparer.Ordinal);
        return new WorkflowCatalogs(here, elsewhere, programs, sites);
    }

    private static IEnumerable<YamlItem> Items(IFileSystem disk, string folder, string file, string key) =>
        YamlItems.Read(disk, Path.Combine(folder, file)).Where(i => i.Key == key);

    private static CatalogSite SiteOf(YamlMap? profiles) =>
        new(
            [.. WorkflowYaml.Entries(profiles, "env")],
            WorkflowYaml.Entries(profiles, "condor").ToImmutableDictionary(StringComparer.Ordinal)
        );

    private static string? PathOf(string? address) =>
        address is null ? null
        : address.StartsWith('/') ? address
        : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath
        : null;
}
