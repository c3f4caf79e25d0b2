using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Slurm.Relay;

/// <summary>
/// Where the jobs of a workflow left their results: the folders of its site catalog that are not those of the submit host. Ours is a file
/// beside the workflow, and Pegasus adds the workflow's name to its folder; today's Python program has it within <c>workflow.yml</c>, with
/// the name in it.
/// </summary>
/// <param name="disk">The disk.</param>
public sealed class StagingPlaces(IFileSystem disk)
{
    private const string Within = "siteCatalog";

    /// <summary>Most characters of a site catalog.</summary>
    private const int Longest = 4 << 20;

    /// <summary>The addresses, in the order of the catalog.</summary>
    /// <param name="folder">The folder of the workflow. Absolute.</param>
    /// <param name="name">The workflow's name.</param>
    /// <exception cref="UsageException">There is no staging site.</exception>
    public ImmutableArray<string> Of(string folder, string name)
    {
        var file = Path.Combine(folder, WorkflowFolder.Sites);
        var ours = disk.File.Exists(file);
        file = ours ? file : Path.Combine(folder, WorkflowFolder.Workflow);
        var sites = ours
            ? YamlItems.Read(disk, file).Where(i => i.Key == "sites").Select(i => i.Map).ToList()
            : Catalog(file);
        ImmutableArray<string> found =
        [
            .. sites
                .Where(s => s.Text("name") != "local")
                .SelectMany(s => s.Maps("directories"))
                .SelectMany(d => d.Maps("fileServers").Select(f => f.Text("url")).OfType<string>().Take(1))
                .Select(u => Whole(u, name, ours))
                .Distinct(StringComparer.Ordinal),
        ];
        return found.IsEmpty
            ? throw new UsageException(
                $"workflow '{name}' has no staging site: {(ours ? "" : "the site catalog in ")}'{file}' names no folder besides those of "
                    + "the submit host. Name it with --staging=ADDRESS."
            )
            : found;
    }

    private static string Whole(string url, string name, bool ours) =>
        ours && !url.TrimEnd('/').EndsWith("/" + name, StringComparison.Ordinal) ? $"{url.TrimEnd('/')}/{name}" : url.TrimEnd('/');

    /// <summary>The part of a workflow that is its site catalog: a few lines before those of the jobs.</summary>
    private List<YamlMap> Catalog(string workflow)
    {
        if (!disk.File.Exists(workflow))
        {
            return [];
        }

        var text = new StringBuilder();
        var inside = false;
        foreach (var line in BoundedText.Statements(disk, workflow))
        {
            if (line.Length > 0 && line[0] is not (' ' or '-' or '#'))
            {
                if (inside)
                {
                    break;
                }

                inside = line.TrimEnd() == Within + ":";
            }

            if (inside && text.Length < Longest)
            {
                _ = text.Append(line).Append('\n');
            }
        }

        return text.Length == 0
            ? []
            : [.. ((YamlReader.RootOf(text.ToString(), workflow, YamlAliases.Allowed)[Within] as YamlMap) ?? YamlMap.Empty).Maps("sites")];
    }
}
