using System.Globalization;
using System.IO.Abstractions;
using Outsource.Pegasus;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Outsource.Workflows;

/// <summary>A workflow as it lies on disk, whatever has become of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="WorkDir">Everything is below it. Absolute.</param>
/// <param name="Submit">Where it was planned, or null.</param>
/// <param name="SubmittedAt">When it was first submitted, UTC, or null.</param>
/// <param name="DagCluster">Cluster of the DAGMan that was started first, or null.</param>
public sealed record WorkflowOnDisk(string Name, string WorkDir, SubmitDirectory? Submit, DateTimeOffset? SubmittedAt, int? DagCluster)
{
    /// <summary>Left by PegasusPlan and by PegasusRun.</summary>
    public const string PlannedFile = "planned.yml", SubmissionFile = "submission.yml";

    public string Folder => Path.Combine(WorkDir, "generated", Name);

    /// <summary>Where results come back to.</summary>
    public string OutputsFolder => Path.Combine(WorkDir, "outputs", Name);

    /// <summary>Reads what is known of a workflow.</summary>
    public static WorkflowOnDisk Read(IFileSystem disk, string workDir, string name)
    {
        var folder = Path.Combine(workDir, "generated", name);
        var submission = Values(disk, Path.Combine(folder, SubmissionFile));
        var planned = Values(disk, Path.Combine(folder, PlannedFile));
        string? Either(string key, string other) => submission.GetValueOrDefault(key) ?? submission.GetValueOrDefault(other) ?? planned.GetValueOrDefault(key) ?? planned.GetValueOrDefault(other);
        var path = Either("submit_directory", "submit_dir") ?? Derived(disk, workDir, name);
        return new WorkflowOnDisk(
            name,
            workDir,
            path is null ? null : new SubmitDirectory(disk, path),
            DateTimeOffset.TryParse(submission.GetValueOrDefault("submitted_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null,
            int.TryParse(Either("cluster", "dag_cluster_id"), NumberStyles.None, CultureInfo.InvariantCulture, out var cluster) ? cluster : null);
    }

    /// <summary>Where no record says it: <c>{work_dir}/runs/straxen_v{version}/{context}/{NAME}</c>, whatever version and context.</summary>
    private static string? Derived(IFileSystem disk, string workDir, string name)
    {
        var runs = Path.Combine(workDir, "runs");
        return !disk.Directory.Exists(runs) ? null : disk.Directory.EnumerateDirectories(runs, "straxen_v*")
            .SelectMany(version => disk.Directory.EnumerateDirectories(version))
            .Select(context => Path.Combine(context, name))
            .Where(path => disk.File.Exists(Path.Combine(path, SubmitDirectory.DagName)))
            .OrderByDescending(path => disk.File.GetLastWriteTimeUtc(Path.Combine(path, SubmitDirectory.DagName)))
            .FirstOrDefault();
    }

    private static Dictionary<string, string> Values(IFileSystem disk, string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(disk.File.Exists(path) ? disk.File.ReadAllText(path) : ""));
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? root.Children.Where(c => c is { Key: YamlScalarNode, Value: YamlScalarNode { Value: not (null or "" or "null" or "~") } }).ToDictionary(c => ((YamlScalarNode)c.Key).Value!, c => ((YamlScalarNode)c.Value).Value!, StringComparer.Ordinal)
                : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or YamlException)
        {
            // A record that is being written or was damaged: the directory itself can still be found.
            return [];
        }
    }
}
