using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;
using Outsource.Operator.Desk;
using Outsource.Workflows.State;

namespace Outsource.Operator.Analyze;

/// <summary>Jobs that failed or are held for one cause.</summary>
/// <param name="Cause">The cause; its message is that of the first.</param>
/// <param name="Nodes">The jobs.</param>
/// <param name="LastWords">Last lines of standard error of the first that has some.</param>
/// <param name="MemoryUsed">Maximum memory used by one of them, MB, or null.</param>
/// <param name="MemoryAsked">What that one requested, MB, or null.</param>
/// <param name="DiskUsed">Maximum disk used by one of them, KB, or null.</param>
/// <param name="DiskAsked">What that one requested, KB, or null.</param>
/// <param name="Hosts">Machines they were on, the most frequent first.</param>
public sealed record FailureGroup(
    Cause Cause,
    ImmutableArray<NodeStatus> Nodes,
    IReadOnlyList<string> LastWords,
    long? MemoryUsed,
    long? MemoryAsked,
    long? DiskUsed,
    long? DiskAsked,
    ImmutableArray<string> Hosts
);

/// <summary>What is known of a job that failed or is held.</summary>
/// <param name="Node">The job.</param>
/// <param name="Record">The files of its last attempt, or null.</param>
/// <param name="Cause">What they tell.</param>
public sealed record FailureFacts(NodeStatus Node, JobRecord? Record, Cause Cause);

/// <summary>Groups failures by cause.</summary>
/// <param name="disk">The disk.</param>
/// <param name="submit">The submit directory.</param>
public sealed class FailureReader(IFileSystem disk, SubmitDirectory submit)
{
    /// <summary>The groups, the largest first; jobs of ours come before those that the planner added.</summary>
    /// <param name="nodes">Jobs that failed or are held.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <param name="progress">Advanced after each job; or null.</param>
    public ImmutableArray<FailureGroup> Read(
        IReadOnlyCollection<NodeStatus> nodes,
        CancellationToken cancel,
        IProgressDisplay? progress = null
    ) =>
        [
            .. ReadEach(nodes, cancel, progress)
                .GroupBy(r => (r.Cause.Title, Description: HoldReasons.KeyOf(r.Cause.Description ?? "")))
                .OrderByDescending(g => g.Any(r => r.Node.Name.Ours))
                .ThenByDescending(g => g.Count())
                .ThenBy(g => g.Key.Title, StringComparer.Ordinal)
                .Select(Group),
        ];

    /// <summary>What is known of each.</summary>
    /// <param name="nodes">Jobs that failed or are held.</param>
    /// <param name="cancel">Cancels it.</param>
    /// <param name="progress">Advanced after each job; or null.</param>
    public IReadOnlyList<FailureFacts> ReadEach(
        IReadOnlyCollection<NodeStatus> nodes,
        CancellationToken cancel,
        IProgressDisplay? progress = null
    )
    {
        var memory = nodes
            .Where(n => n.Memory?.Used is null && n.Cluster is not null)
            .GroupBy(n => n.Node.Place, n => (n.Node, Cluster: n.Cluster!.Value))
            .SelectMany(g => MemoryOf(submit.Of(g.First().Node), g.Select(n => n.Cluster).ToHashSet(), cancel))
            .ToDictionary();
        var attempts = new AttemptFiles(disk);
        var read = new List<FailureFacts>();
        foreach (var node in progress.Over(nodes))
        {
            cancel.ThrowIfCancellationRequested();
            var record = RecordOf(node, attempts);
            var seen =
                node.Memory?.Used
                ?? record?.MemoryMb
                ?? (node.Cluster is { } cluster && memory.TryGetValue(cluster, out var mb) ? mb : null);
            node.Memory = new Usage(seen, node.Memory?.Requested);
            read.Add(new FailureFacts(node, record, Causes.Of(node, record)));
        }

        return read;
    }

    /// <summary>For a held job: the files of its attempt, if there are any; an earlier attempt failed for another cause.</summary>
    private JobRecord? RecordOf(NodeStatus node, AttemptFiles attempts)
    {
        var files = submit.In(Path.ChangeExtension(node.Node.SubmitFile, null));
        return JobRecord.Read(disk, files, node.State == NodeState.Held ? null : attempts.Newest(files));
    }

    private FailureGroup Group(IEnumerable<FailureFacts> alike)
    {
        var all = alike.ToList();
        var memory = all.MaxBy(r => r.Node.Memory?.Used ?? -1)!.Node;
        var space = all.MaxBy(r => r.Node.Disk?.Used ?? -1)!.Node;
        return new FailureGroup(
            all[0].Cause,
            [.. all.Select(r => r.Node)],
            all.Where(r => r.Node.RemovalReason is null).Select(r => r.Record?.LastWords ?? []).FirstOrDefault(w => w.Count > 0) ?? [],
            memory.Memory?.Used,
            memory.Memory?.Requested ?? Asked(memory, "request_memory"),
            space.Disk?.Used,
            space.Disk?.Requested ?? Asked(space, "request_disk"),
            [
                .. all.Select(r => r.Record?.Host)
                    .OfType<string>()
                    .GroupBy(h => h, StringComparer.Ordinal)
                    .OrderByDescending(g => g.Count())
                    .Select(g => g.Key),
            ]
        );
    }

    /// <summary>What its submit file requests for the first try, if that is a plain number or our expression; else null.</summary>
    public long? Asked(NodeStatus node, string key)
    {
        var file = submit.In(node.Node.SubmitFile);
        return Text(file) is { } text ? SubmitFileEdit.First(SubmitFileEdit.ValueOf(text, key)) : null;
    }

    private string? Text(string file)
    {
        try
        {
            return disk.File.Exists(file) ? BoundedText.ReadAll(disk, file) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The request is unknown then; the causes are still reported.
            return null;
        }
    }

    /// <summary>Jobs that are held or were removed have no final event with their usage; earlier events have it.</summary>
    private Dictionary<int, long?> MemoryOf(SubmitDirectory submit, HashSet<int> clusters, CancellationToken cancel)
    {
        const string Unit = "MemoryUsage of job (MB)";
        var found = new Dictionary<int, long?>();
        if (clusters.Count == 0 || !disk.File.Exists(submit.JobLog))
        {
            return found;
        }

        try
        {
            foreach (var happened in UserLog.Read(disk, submit.JobLog, TimeZoneInfo.Utc, DateTimeOffset.MaxValue.AddYears(-1)))
            {
                cancel.ThrowIfCancellationRequested();
                if (
                    happened.Number == 6
                    && clusters.Contains(happened.Cluster)
                    && happened.Body.FirstOrDefault(l => l.EndsWith(Unit, StringComparison.Ordinal)) is { } line
                    && long.TryParse(line.Split(' ', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var mb)
                )
                {
                    found[happened.Cluster] = Math.Max(mb, found.GetValueOrDefault(happened.Cluster) ?? 0);
                }
            }
        }
        catch (UnfitFileException)
        {
            // Then the usage is unknown.
        }

        return found;
    }
}
