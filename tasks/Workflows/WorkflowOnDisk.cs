using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Workflows;

/// <summary>A workflow as it is on disk, in any state.</summary>
/// <param name="Name">Its name.</param>
/// <param name="WorkDir">Everything is below it. Absolute.</param>
/// <param name="Submit">Its submit directory, or null.</param>
/// <param name="SubmittedAt">When it was first submitted, UTC, or null.</param>
/// <param name="DagCluster">Cluster of the DAGMan that was started first, or null.</param>
public sealed record WorkflowOnDisk(string Name, string WorkDir, SubmitDirectory? Submit, DateTimeOffset? SubmittedAt, int? DagCluster)
{
    /// <summary>Written by PegasusPlan and by PegasusRun.</summary>
    public const string PlannedFile = "planned.yml",
        SubmissionFile = "submission.yml";

    /// <summary>Its records that cannot be read: a sentence each, with what makes them again.</summary>
    public ImmutableArray<string> Damage { get; init; } = [];

    public string Folder => Path.Combine(WorkDir, "generated", Name);

    /// <summary>Where its results are written.</summary>
    public string OutputsFolder => Path.Combine(WorkDir, "outputs", Name);

    /// <summary>Reads what is known of a workflow.</summary>
    public static WorkflowOnDisk Read(IFileSystem disk, string workDir, string name)
    {
        var folder = Path.Combine(workDir, "generated", name);
        List<string> damage = [];
        var submission = Values(disk, Path.Combine(folder, SubmissionFile), damage);
        var planned = Values(disk, Path.Combine(folder, PlannedFile), damage);
        if (YamlReader.DamageOf(disk, Path.Combine(folder, SettingsArtifact.FileName)) is { } sentence)
        {
            damage.Add(sentence);
        }

        string? Either(string key, string other) =>
            submission.GetValueOrDefault(key)
            ?? submission.GetValueOrDefault(other)
            ?? planned.GetValueOrDefault(key)
            ?? planned.GetValueOrDefault(other);
        var path = Submitted(disk, Either("submit_directory", "submit_dir") ?? Derived(disk, workDir, name), damage);
        return new WorkflowOnDisk(
            name,
            workDir,
            path is null ? null : new SubmitDirectory(disk, path),
            DateTimeOffset.TryParse(
                submission.GetValueOrDefault("submitted_at"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var at
            )
                ? at
                : null,
            int.TryParse(Either("cluster", "dag_cluster_id"), NumberStyles.None, CultureInfo.InvariantCulture, out var cluster)
                ? cluster
                : null
        )
        {
            Damage = [.. damage],
        };
    }

    /// <summary>If no record has it: <c>{work_dir}/runs/straxen_v{version}/{context}/{NAME}</c>, for any version and context.</summary>
    private static string? Derived(IFileSystem disk, string workDir, string name)
    {
        var runs = Path.Combine(workDir, "runs");
        return !disk.Directory.Exists(runs)
            ? null
            : Folders(disk, runs, "straxen_v*")
                .SelectMany(version => Folders(disk, version, "*"))
                .Select(context => Path.Combine(context, name))
                .Where(path => disk.File.Exists(Path.Combine(path, SubmitDirectory.DagName)))
                .OrderByDescending(path => disk.File.GetLastWriteTimeUtc(Path.Combine(path, SubmitDirectory.DagName)))
                .FirstOrDefault();
    }

    private static string[] Folders(IFileSystem disk, string below, string pattern)
    {
        try
        {
            return disk.Directory.GetDirectories(below, pattern);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another user's folder: it contains none of our workflows.
            return [];
        }
    }

    /// <summary>The values of a record. A damaged record is only reported: the directory itself can still be found.</summary>
    private static Dictionary<string, string> Values(IFileSystem disk, string path, List<string> damage)
    {
        try
        {
            return !disk.File.Exists(path)
                ? []
                : YamlReader
                    .Root(disk, path)
                    .Entries.Where(e => e.Value is YamlScalar { IsNull: false, Text.Length: > 0 })
                    .ToDictionary(e => e.Name, e => e.Value.ToString(), StringComparer.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DamagedYamlException)
        {
            damage.Add(error.Message);
            return [];
        }
    }

    private static string? Submitted(IFileSystem disk, string? path, List<string> damage) =>
        path switch
        {
            null => null,
            _ when !Path.IsPathFullyQualified(path) || path.Contains('\0', StringComparison.Ordinal) => Refused(
                damage,
                $"the recorded submit directory '{UntrustedText.Shown(path)}' is not an absolute path"
            ),
            _ when new SubmitDirectory(disk, path).NotesDamage is { } sentence => Kept(damage, sentence, path),
            _ => path,
        };

    private static string? Refused(List<string> damage, string sentence)
    {
        damage.Add(sentence + ".");
        return null;
    }

    private static string Kept(List<string> damage, string sentence, string path)
    {
        damage.Add(sentence);
        return path;
    }
}
