using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>What the catalogs beside a workflow say, as far as this machine needs it.</summary>
/// <param name="Replicas">Logical name of a file → its path.</param>
/// <param name="Programs">Name of a job → path of its program.</param>
/// <param name="Outputs">Folder of the results. Absolute.</param>
/// <param name="Retries">How often a failed job is tried again.</param>
internal sealed record Catalog(
    IReadOnlyDictionary<string, string> Replicas,
    IReadOnlyDictionary<string, string> Programs,
    string Outputs,
    int Retries
)
{
    /// <summary>Environment of the jobs of the execution site.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OfPool { get; init; } = [];

    /// <summary>Environment of the jobs on the submit host.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> OfHost { get; init; } = [];

    /// <summary>The image of the jobs, or null.</summary>
    public string? Image { get; init; }
}

/// <summary>Reads the catalogs beside a workflow.</summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The workflow's folder.</param>
internal sealed class CatalogReader(IFileSystem disk, string folder)
{
    private const string FileUrl = "file://";

    private const string Image = "+SingularityImage";

    /// <summary>The namespace of Pegasus' own programs.</summary>
    private const string Planners = "pegasus";

    /// <summary>Reads them.</summary>
    /// <param name="properties">The planner's properties.</param>
    /// <param name="pool">Name of the execution site.</param>
    /// <param name="host">Name of the site of the results.</param>
    /// <exception cref="OutsourceException">One is missing or damaged.</exception>
    public Catalog Read(string properties, string pool, string host)
    {
        var sites = Read("sites.yml", out var sitesPath).Maps("sites").ToDictionary(s => s.Text("name") ?? "", StringComparer.Ordinal);
        var here = sites.GetValueOrDefault(host);
        var outputs = here.Maps("directories").FirstOrDefault(d => d.Text("type") == "localStorage")?.Text("path");
        return new Catalog(
            Entries("replicas.yml", "replicas", "lfn", "pfns"),
            Entries("transformations.yml", "transformations", "name", "sites"),
            outputs is { } path && Path.IsPathRooted(path)
                ? path
                : throw new DamagedYamlException(sitesPath, $"site {host} has no directory of type localStorage"),
            Retries(properties)
        )
        {
            OfPool = Environment(sites.GetValueOrDefault(pool)),
            OfHost = Environment(sites.GetValueOrDefault("local")),
            Image = sites.GetValueOrDefault(pool).Map("profiles").Map("condor").Text(Image)?.Trim('"'),
        };
    }

    private Dictionary<string, string> Entries(string file, string list, string name, string places)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        // What plans the parts of a workflow is for Pegasus alone; here they are read as one.
        foreach (var entry in Read(file, out var path).Maps(list).Where(e => e.Text("namespace") != Planners))
        {
            var place = entry.Maps(places).FirstOrDefault(p => (p.Text("site") ?? p.Text("name")) == "local")?.Text("pfn");
            if (entry.Text(name) is not { } key || place?.StartsWith(FileUrl, StringComparison.Ordinal) != true)
            {
                throw new DamagedYamlException(path, $"an entry has no {name}, or no file on this machine", entry.Line);
            }

            found[key] = place[FileUrl.Length..];
        }

        return found;
    }

    private YamlMap Read(string file, out string path)
    {
        path = Path.Combine(folder, file);
        return disk.File.Exists(path)
            ? YamlReader.Root(disk, path)
            : throw new UsageException($"'{path}' is missing. --target=WriteWorkflow --name={Path.GetFileName(folder)} writes it.");
    }

    private static List<KeyValuePair<string, string>> Environment(YamlMap? site) =>
        [.. site.Map("profiles").Entries("env").Select(e => new KeyValuePair<string, string>(e.Name, e.Value.ToString()))];

    /// <summary>The last entry of a key counts, as in every property file.</summary>
    private int Retries(string properties)
    {
        const string Key = "dagman.retry";
        var retries = 0;
        foreach (var line in BoundedText.Statements(disk, properties))
        {
            if (
                line.Split('=', 2, StringSplitOptions.TrimEntries) is [Key, var value]
                && int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var number)
                && number >= 0
            )
            {
                retries = number;
            }
        }

        return retries;
    }
}
