using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.PegasusRun;
using Outsource.Workflows;

namespace Outsource.Resubmit;

/// <summary>What Resubmit adds to <c>submission.yml</c>: how often the workflow was continued, and how the last time differed.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="User">Who.</param>
/// <param name="Cluster">HTCondor's number of the new DAGMan, or null when nobody could tell.</param>
/// <param name="Options">What was asked for.</param>
public sealed record Resubmission(DateTimeOffset At, string User, int? Cluster, ResubmitOptions Options)
{
    /// <summary>The options as an operator would type them; empty when there were none.</summary>
    public static string Words(ResubmitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IEnumerable<string> words =
        [
            .. options.Only is { } only ? new[] { $"--only={string.Join(',', only)}" } : [],
            .. options.MemoryFactor is { } factor ? new[] { string.Create(CultureInfo.InvariantCulture, $"--memory-factor={factor}") } : [],
            .. options.ExcludeSites.Select(site => $"--exclude-site={site}"),
        ];
        return string.Join(' ', words);
    }

    /// <summary>Writes it. What <c>submission.yml</c> said of the first start stays; the cluster is the newest.</summary>
    public void Write(IFileSystem disk, WorkflowOnDisk workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        var path = Path.Combine(workflow.Folder, WorkflowOnDisk.SubmissionFile);
        var before = disk.File.Exists(path) ? YamlFile.Read(disk, path, Submission.Schema) : ImmutableDictionary<string, string?>.Empty;
        _ = int.TryParse(before.GetValueOrDefault("resubmissions"), NumberStyles.None, CultureInfo.InvariantCulture, out var times);
        YamlFile.Write(
            disk,
            path,
            ("schema", Submission.Schema),
            ("name", workflow.Name),
            ("submit_directory", workflow.Submit?.Path),
            ("workflow_uuid", before.GetValueOrDefault("workflow_uuid") ?? workflow.Submit?.RootId),
            ("cluster", Cluster),
            ("submitted_at", before.GetValueOrDefault("submitted_at")),
            ("user", before.GetValueOrDefault("user")),
            ("host", before.GetValueOrDefault("host")),
            ("found_out", before.GetValueOrDefault("found_out") == "true"),
            ("resubmissions", times + 1),
            ("resubmitted_at", At),
            ("resubmitted_by", User),
            ("resubmitted_with", Words(Options)));
    }
}
