using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>
/// <c>SHA256SUMS</c> of a workflow: the checksums of all files in its folder that planner and jobs use, as WriteWorkflow wrote them, in the
/// form that <c>sha256sum -c</c> reads. They are checked before planning and before starting, so that exactly what was written runs.
/// </summary>
public static class WorkflowChecksums
{
    public const string FileName = "SHA256SUMS";

    /// <summary>Writes it, as the last file before the workflow itself: if the workflow exists, everything exists.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">Folder of the workflow. Absolute.</param>
    /// <param name="workflow">The content of the workflow file, which is not in place yet; read to its end.</param>
    public static void Write(IFileSystem disk, string folder, Stream workflow)
    {
        workflow.Position = 0;
        var sums = Names(disk, folder)
            .Where(n => n != WorkflowFolder.Workflow)
            .Select(n => (Name: n, Sum: Fingerprint.OfFile(disk, Path.Combine(folder, n))))
            .Append((Name: WorkflowFolder.Workflow, Sum: Fingerprint.OfStream(workflow)))
            .OrderBy(s => s.Name, StringComparer.Ordinal);
        AtomicFile.WriteText(
            disk,
            Path.Combine(folder, FileName),
            string.Concat(sums.Select(s => $"{s.Sum}  {s.Name}\n")),
            AtomicFile.Private
        );
    }

    /// <summary>The files that have changed; empty: none.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">Folder of the workflow. Absolute.</param>
    public static IReadOnlyList<string> Faults(IFileSystem disk, string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!disk.File.Exists(path))
        {
            return [$"'{path}' is missing, so the workflow's files cannot be checked"];
        }

        var faults = new List<string>();
        var expected = Read(disk, path);
        foreach (var (name, sum) in expected)
        {
            var file = Path.Combine(folder, name);
            if (!disk.File.Exists(file))
            {
                faults.Add($"'{file}' is missing");
            }
            else if (disk.FileInfo.New(file).LinkTarget is not null)
            {
                faults.Add($"'{file}' is a link");
            }
            else if (Fingerprint.OfFile(disk, file) != sum)
            {
                faults.Add($"'{file}' was changed since it was written");
            }
        }

        faults.AddRange(
            Names(disk, folder)
                .Where(n => !expected.ContainsKey(n))
                .Select(n => $"'{Path.Combine(folder, n)}' was not written with this workflow")
        );
        return faults;
    }

    private static ImmutableSortedDictionary<string, string> Read(IFileSystem disk, string path) =>
        disk
            .File.ReadLines(path)
            .Select(l => l.Split("  ", 2))
            .Where(p => p.Length == 2)
            .GroupBy(p => p[1], StringComparer.Ordinal)
            .ToImmutableSortedDictionary(g => g.Key, g => g.First()[0], StringComparer.Ordinal);

    /// <summary>All files of the folders of the payload and of the parts, and those beside it that planner and jobs use.</summary>
    private static IEnumerable<string> Names(IFileSystem disk, string folder)
    {
        string[] beside =
        [
            PayloadFiles.Config,
            WorkflowFolder.Sites,
            WorkflowFolder.Transformations,
            WorkflowFolder.Replicas,
            WorkflowFolder.Properties,
            WorkflowFolder.Workflow,
        ];
        return beside
            .Where(n => disk.File.Exists(Path.Combine(folder, n)))
            .Concat(
                new[] { WorkflowFolder.Payload, WorkflowFolder.Parts }
                    .Select(n => Path.Combine(folder, n))
                    .Where(disk.Directory.Exists)
                    .SelectMany(below => disk.Directory.EnumerateFiles(below, "*", SearchOption.AllDirectories))
                    .Select(f => Path.GetRelativePath(folder, f))
            );
    }
}
