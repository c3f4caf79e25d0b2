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
    /// <param name="travel">The files sent with its jobs.</param>
    public static EarlierOutputs Of(IFileSystem disk, OutsourceSettings settings, JobPlan plan, IJobWriter writer, JobFiles travel)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(travel);
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
        var sent = Sent(disk, Path.Combine(settings.GeneratedFolder, WorkflowFolder.Replicas));
        var sameSoftware = travel.Software.All(s => sent.GetValueOrDefault(s.Key) == s.Value);

        // A file older than the workflow belongs to an earlier one, unless this workflow used it itself.
        bool Made(string name) => files[name] is { Length: > 0 } file && (file.LastWriteTimeUtc >= since || sent.ContainsKey(name));
        var usable = groups
            .Where(g => sameSoftware && makers.GetValueOrDefault(WorkflowFile.LastIdOf(g.Group)) == writer.MakerOf(g.Group))
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
        var parts = Path.Combine(Path.GetDirectoryName(path)!, WorkflowFolder.Parts);
        IEnumerable<string> files = disk.Directory.Exists(parts)
            ? disk.Directory.EnumerateFiles(parts, "part-*.yml").Order(StringComparer.Ordinal).Prepend(path)
            : [path];
        foreach (var line in files.SelectMany(file => BoundedText.Statements(disk, file)))
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

    /// <summary>Name → checksum of what a workflow sends with its jobs; of what it took over there is none.</summary>
    private static Dictionary<string, string?> Sent(IFileSystem disk, string path)
    {
        const string Name = "  - lfn: \"",
            Checksum = "    checksum: {sha256: \"";
        var sent = new Dictionary<string, string?>(StringComparer.Ordinal);
        var last = "";
        foreach (var line in disk.File.Exists(path) ? BoundedText.Lines(disk, path) : [])
        {
            if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                last = line[Name.Length..].TrimEnd('"');
                sent[last] = null;
            }
            else if (line.StartsWith(Checksum, StringComparison.Ordinal))
            {
                sent[last] = line[Checksum.Length..].TrimEnd('"', '}');
            }
        }

        return sent;
    }
}
