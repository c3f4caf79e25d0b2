using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Workflows;

namespace Outsource.Operator.Resubmit;

/// <summary>What Resubmit adds to <c>submission.yml</c>: how often the workflow was continued, and the options of the last time.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="User">Who.</param>
/// <param name="Cluster">HTCondor's number of the new DAGMan, or null if unknown.</param>
/// <param name="Options">The options.</param>
public sealed record Resubmission(DateTimeOffset At, string User, int? Cluster, ResubmitOptions Options)
{
    /// <summary>
    /// The current content of <c>submission.yml</c>; empty if there is none. It is read before anything is started, so that a damaged file
    /// stops the command in time.
    /// </summary>
    /// <exception cref="OutsourceException">It is damaged, or of another version.</exception>
    public static ImmutableDictionary<string, string?> Before(IFileSystem disk, WorkflowOnDisk workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        var path = Path.Combine(workflow.Folder, WorkflowOnDisk.SubmissionFile);
        return disk.File.Exists(path) ? YamlFile.Read(disk, path, Submission.Schema) : ImmutableDictionary<string, string?>.Empty;
    }

    /// <summary>The options as an operator would type them; empty when there were none.</summary>
    public static string Describe(ResubmitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IEnumerable<string> words =
        [
            .. options.Only is { } only ? new[] { $"--only={string.Join(',', only)}" } : [],
            .. options.MemoryFactor is { } factor ? new[] { string.Create(CultureInfo.InvariantCulture, $"--memory-factor={factor}") } : [],
            .. options.DiskFactor is { } disk ? new[] { string.Create(CultureInfo.InvariantCulture, $"--disk-factor={disk}") } : [],
            .. options.ExcludeSites.Select(site => $"--exclude-site={site}"),
            .. options.Causes.Select(cause => $"--cause={cause}"),
            .. options.LeaveOut.Select(cause => $"--leave-out={cause}"),
        ];
        return string.Join(' ', words);
    }

    /// <summary>Writes it. The data of the first start stay; the cluster is the newest.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="workflow">The workflow.</param>
    /// <param name="before">The result of <see cref="Before"/>.</param>
    public void Write(IFileSystem disk, WorkflowOnDisk workflow, ImmutableDictionary<string, string?> before)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(before);
        _ = int.TryParse(before.GetValueOrDefault("resubmissions"), NumberStyles.None, CultureInfo.InvariantCulture, out var times);
        YamlFile.Write(
            disk,
            Path.Combine(workflow.Folder, WorkflowOnDisk.SubmissionFile),
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
            ("resubmitted_with", Describe(Options))
        );
    }
}
