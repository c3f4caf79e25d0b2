using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Jobs;

/// <summary>
/// Reads the jobs of a <c>workflow.yml</c> (Pegasus 5.0), ours or of another program, one at a time. The jobs of our parts
/// (<c>parts/part-0000.yml</c>) are read as if they were in the file itself.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file. Absolute.</param>
public sealed partial class WorkflowYaml(IFileSystem disk, string path)
{
    /// <summary>The jobs, in the order of the file.</summary>
    /// <exception cref="DamagedYamlException">A job has no id or no name, or the file is not YAML.</exception>
    public IEnumerable<WorkflowJob> Jobs() => All().Where(j => j.Kind == WorkflowJob.Plain);

    /// <summary>The jobs and whatever else the file lists among them, such as workflows in it.</summary>
    /// <inheritdoc cref="Jobs"/>
    public IEnumerable<WorkflowJob> All()
    {
        foreach (var item in YamlItems.Read(disk, path).Where(i => i.Key == "jobs"))
        {
            if (PartOf(item) is { } part)
            {
                foreach (var job in part.All())
                {
                    yield return job;
                }
            }
            else
            {
                yield return Job(item);
            }
        }
    }

    /// <summary>For each job that waits for others their ids; a job that waits for none is not there.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Parents()
    {
        var parents = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (parent, children, _) in Dependencies())
        {
            foreach (var child in children)
            {
                if (!parents.TryGetValue(child, out var known))
                {
                    parents[child] = known = new List<string>();
                }

                ((List<string>)known).Add(parent);
            }
        }

        return parents;
    }

    /// <summary>The dependencies, in the order of the file.</summary>
    /// <exception cref="DamagedYamlException">One has no id.</exception>
    public IEnumerable<WorkflowDependency> Dependencies()
    {
        foreach (var item in YamlItems.Read(disk, path))
        {
            if (item.Key == "jobDependencies")
            {
                yield return new WorkflowDependency(
                    item.Map.Text("id") ?? throw Damaged(item, "a dependency has no id"),
                    [.. item.Map.Texts("children")],
                    item.Line
                );
            }
            else if (item.Key == "jobs" && PartOf(item) is { } part)
            {
                foreach (var dependency in part.Dependencies())
                {
                    yield return dependency;
                }
            }
        }
    }

    /// <summary>The part that an entry of the jobs stands for; null: it stands for itself.</summary>
    private WorkflowYaml? PartOf(YamlItem item)
    {
        if (item.Map.Text("type") != WorkflowJob.Part || item.Map.Text("file") is not { } file || !PartName().IsMatch(file))
        {
            return null;
        }

        var part = Path.Combine(Path.GetDirectoryName(path)!, WorkflowFolder.Parts, file);
        return disk.File.Exists(part) ? new WorkflowYaml(disk, part) : throw Damaged(item, $"its part '{part}' is missing");
    }

    private WorkflowJob Job(YamlItem item)
    {
        var job = item.Map;
        var uses = job.Maps("uses").ToList();
        string Name(YamlMap use) => use.Text("lfn") ?? throw Damaged(item, "a file of a job has no lfn");
        var profiles = job.Map("profiles");
        return new WorkflowJob(
            job.Text("id") ?? throw Damaged(item, "a job has no id"),
            job.Text("name") ?? throw Damaged(item, "a job has no name"),
            job.Texts("arguments")
        )
        {
            Line = item.Line,
            Kind = job.Text("type") ?? WorkflowJob.Plain,
            Inputs = [.. uses.Where(u => u.Text("type") == "input").Select(Name)],
            Outputs =
            [
                .. uses.Where(u => u.Text("type") == "output").Select(u => new JobOutput(Name(u), u.Text("stageOut") == "true")),
            ],
            StandardOutput = job.Text("stdout"),
            Environment = [.. Entries(profiles, "env")],
            Condor = Entries(profiles, "condor").ToImmutableDictionary(StringComparer.Ordinal),
            Site = profiles.Map("selector").Text("execution.site"),
        };
    }

    internal static IEnumerable<KeyValuePair<string, string>> Entries(YamlMap? profiles, string kind) =>
        profiles.Entries(kind).Select(e => KeyValuePair.Create(e.Name, (e.Value as YamlScalar)?.Text ?? ""));

    private DamagedYamlException Damaged(YamlItem item, string why) => new(path, why, item.Line);

    [GeneratedRegex(@"^part-[0-9]{4,9}\.yml\z", RegexOptions.CultureInvariant)]
    private static partial Regex PartName();
}
