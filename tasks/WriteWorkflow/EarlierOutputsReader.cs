using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.WriteWorkflow;

/// <summary>Finds outputs of an earlier run that the new workflow can use.</summary>
public static class EarlierOutputsReader
{
    /// <summary>Searches the outputs folder.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="settings">The settings, with the folders of the existing workflow and its outputs.</param>
    /// <param name="plan">The new plan.</param>
    /// <param name="writer">Writes its jobs.</param>
    public static EarlierOutputs Of(IFileSystem disk, OutsourceSettings settings, JobPlan plan, IJobWriter writer)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(writer);
        if (!disk.Directory.Exists(settings.OutputsFolder))
        {
            return EarlierOutputs.None;
        }

        var files = disk.DirectoryInfo.New(settings.OutputsFolder).EnumerateFiles().ToDictionary(f => f.Name, StringComparer.Ordinal);
        var groups = plan
            .Groups.Where(g => g.Chunked)
            .Select(g => (Group: g, Files: Enumerable.Range(0, g.ProcessingJobs).Select(g.OutputOf).Where(files.ContainsKey).ToList()))
            .Where(g => g.Files.Count > 0)
            .ToList();
        if (groups.Count == 0)
        {
            return EarlierOutputs.None;
        }

        var standing = Path.Combine(settings.GeneratedFolder, WorkflowFolder.Workflow);
        var makers = disk.File.Exists(standing)
            ? Makers(disk, standing, groups.Select(g => WorkflowFile.LastIdOf(g.Group)).ToHashSet(StringComparer.Ordinal))
            : [];
        var since = disk.File.Exists(standing) ? disk.File.GetLastWriteTimeUtc(standing) : DateTime.MaxValue;
        var takenOver = TakenOver(disk, Path.Combine(settings.GeneratedFolder, WorkflowFolder.Replicas));

        // A file older than the workflow belongs to an earlier one, unless this workflow used it itself.
        bool Made(string name) => files[name] is { Length: > 0 } file && (file.LastWriteTimeUtc >= since || takenOver.Contains(name));
        var usable = groups
            .Where(g => makers.GetValueOrDefault(WorkflowFile.LastIdOf(g.Group)) == writer.MakerOf(g.Group))
            .SelectMany(g => g.Files.Where(Made))
            .ToImmutableArray();
        return new EarlierOutputs(usable, groups.Sum(g => g.Files.Count) - usable.Length);
    }

    /// <summary>
    /// Combine job → the description of its parts, in the form of <see cref="IJobWriter.MakerOf"/>. Reads line by line: such a file may
    /// have 100 MB.
    /// </summary>
    private static Dictionary<string, string> Makers(IFileSystem disk, string path, HashSet<string> wanted)
    {
        const string Id = "    id: \"",
            Arguments = "    arguments: ";
        Dictionary<string, string> makers = new(StringComparer.Ordinal);
        string? current = null;
        foreach (var line in BoundedText.Statements(disk, path))
        {
            if (line.StartsWith(Id, StringComparison.Ordinal))
            {
                current = wanted.Contains(line[Id.Length..^1]) ? line[Id.Length..^1] : null;
            }
            else if (current is not null && line.StartsWith(Arguments, StringComparison.Ordinal))
            {
                makers[current] = PartMaker.Of(line[Arguments.Length..], Payload.Strax);
            }
            else if (current is not null && line.TrimStart().StartsWith(PayloadFiles.KindVariable, StringComparison.Ordinal))
            {
                makers[current] = PartMaker.Of(makers[current], Payload.Canary);
            }
        }

        return makers;
    }

    private static HashSet<string> TakenOver(IFileSystem disk, string path)
    {
        const string Name = "  - lfn: \"";
        return disk.File.Exists(path)
            ? BoundedText
                .Lines(disk, path)
                .Where(l => l.StartsWith(Name, StringComparison.Ordinal))
                .Select(l => l[Name.Length..^1])
                .ToHashSet(StringComparer.Ordinal)
            : [];
    }
}
