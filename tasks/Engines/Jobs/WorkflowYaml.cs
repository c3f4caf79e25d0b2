using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Jobs;

/// <summary>Reads the jobs of a <c>workflow.yml</c> (Pegasus 5.0), ours or of another program, one at a time.</summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file. Absolute.</param>
public sealed class WorkflowYaml(IFileSystem disk, string path)
{
    /// <summary>The jobs, in the order of the file.</summary>
    /// <exception cref="DamagedYamlException">A job has no id or no name, or the file is not YAML.</exception>
    public IEnumerable<WorkflowJob> Jobs() => All().Where(j => j.Kind == WorkflowJob.Plain);

    /// <summary>The jobs and whatever else the file lists among them, such as workflows in it.</summary>
    /// <inheritdoc cref="Jobs"/>
    public IEnumerable<WorkflowJob> All() => YamlItems.Read(disk, path).Where(i => i.Key == "jobs").Select(Job);

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
    public IEnumerable<WorkflowDependency> Dependencies() =>
        YamlItems
            .Read(disk, path)
            .Where(i => i.Key == "jobDependencies")
            .Select(i => new WorkflowDependency(
                i.Map.Text("id") ?? throw Damaged(i, "a dependency has no id"),
                [.. i.Map.Texts("children")],
                i.Line
            ));

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
}
