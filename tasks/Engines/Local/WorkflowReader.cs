using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>
/// Reads <c>workflow.yml</c> job by job. What is not in the form that WriteWorkflow writes is an error with its line.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file.</param>
internal sealed partial class WorkflowReader(IFileSystem disk, string path)
{
    private const string Jobs = "jobs",
        Dependencies = "jobDependencies";

    /// <summary>Longest file name of Linux, less the longest ending of a job's file.</summary>
    private const int LongestNode = 240,
        LongestName = 4000;

    private readonly YamlItems _items = new(disk, path);

    /// <summary>Reads the file.</summary>
    /// <param name="job">Gets each job.</param>
    /// <param name="dependency">Gets each dependency, after all jobs.</param>
    /// <exception cref="DamagedYamlException">It is damaged, or not one of ours.</exception>
    public void Read(Action<AbstractJob> job, Action<AbstractDependency> dependency)
    {
        var found = _items.Read(
            new Dictionary<string, Action<YamlItem>>
            {
                [Jobs] = item => job(JobOf(item)),
                [Dependencies] = item => dependency(DependencyOf(item)),
            }
        );
        if (found is not [Jobs, Dependencies])
        {
            throw new DamagedYamlException(path, $"it has no {(found is [Jobs, ..] ? $"{Dependencies} after its jobs" : Jobs)}");
        }
    }

    private AbstractJob JobOf(YamlItem job)
    {
        if (job["type"]?.Text != "job")
        {
            throw _items.Damaged("an entry of jobs is not a job", job);
        }

        var profiles = job["profiles"] ?? new YamlItem(job.Line, null, [], []);
        var made = new AbstractJob(Word(job, "id"), Word(job, "name"), job.Line)
        {
            Arguments = Texts(job, "arguments"),
            Inputs = [.. Uses(job, "input").Select(FileOf)],
            Outputs = [.. Uses(job, "output").Select(u => new AbstractOutput(FileOf(u), u["stageOut"]?.Text == "true"))],
            Stdout = job["stdout"]?.Text,
            Environment = Pairs(profiles["env"]),
            Condor = Pairs(profiles["condor"]),
            OnSubmitHost = profiles["selector"]?["execution.site"]?.Text == "local",
        };
        if (made.Node.Length > LongestNode)
        {
            throw _items.Damaged("the name and the id of a job are too long for a file name", job);
        }

        return made.Stdout is { } stdout && !made.Outputs.Any(o => o.Name == stdout)
            ? throw _items.Damaged("stdout of a job is not one of its outputs", job)
            : made;
    }

    private AbstractDependency DependencyOf(YamlItem entry) => new(Word(entry, "id"), Texts(entry, "children"), entry.Line);

    private ImmutableArray<string> Texts(YamlItem of, string key) =>
        [.. (of[key]?.Items ?? []).Select(i => i.Text ?? throw _items.Damaged($"an entry of {key} is not a text", i))];

    private static IEnumerable<YamlItem> Uses(YamlItem job, string type) =>
        (job["uses"]?.Items ?? []).Where(u => u["type"]?.Text == type);

    private static List<KeyValuePair<string, string>> Pairs(YamlItem? map) =>
        [.. (map?.Entries ?? []).Select(e => new KeyValuePair<string, string>(e.Key, e.Value.Text ?? ""))];

    /// <summary>Ids and names become names of files and words of the DAG.</summary>
    private string Word(YamlItem of, string key) =>
        of[key] is not { Text: { } text } part ? throw _items.Damaged($"{key} of an entry is missing", of)
        : WordForm().IsMatch(text) ? text
        : throw _items.Damaged($"{key} of an entry has other characters than letters, digits, '_', '-', '.' and '+'", part);

    /// <summary>A file of a job: below its directory, and not above it.</summary>
    private string FileOf(YamlItem use) =>
        use["lfn"]?.Text is { Length: > 0 and < LongestName } name
        && !name.Split('/').Any(p => p is "" or "." or "..")
        && !name.Any(char.IsControl)
            ? name
            : throw _items.Damaged("a file of a job has no usable name (lfn)", use);

    [GeneratedRegex(@"^[A-Za-z0-9_+-][A-Za-z0-9_.+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex WordForm();
}
