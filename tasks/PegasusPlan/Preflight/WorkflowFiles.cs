using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>
/// The files that the planner reads. If the site catalog is missing, the planner uses its own sites without a message. So each file is
/// checked before: it must be the one that WriteWorkflow wrote with this workflow.
/// </summary>
public static class WorkflowFiles
{
    private static readonly ImmutableArray<string> Names =
    [
        WorkflowFolder.Workflow,
        WorkflowFolder.Sites,
        WorkflowFolder.Transformations,
        WorkflowFolder.Replicas,
        WorkflowFolder.Properties,
    ];

    /// <summary>Errors in them; empty: none.</summary>
    public static IReadOnlyList<string> Faults(IFileSystem disk, string folder)
    {
        var faults = new List<string>();
        var expected = WrittenWorkflow.FingerprintIn(disk, folder);
        foreach (var name in Names)
        {
            var path = Path.Combine(folder, name);
            if (!disk.File.Exists(path))
            {
                faults.Add($"'{path}' is missing");
            }
            else if (Heading(disk, path) is var found && found != expected)
            {
                faults.Add($"'{path}' was not written with this workflow (fingerprint {found ?? "none"}, expected {expected ?? "none"})");
            }
        }

        return faults.Count > 0 ? faults : WorkflowChecksums.Faults(disk, folder);
    }

    /// <summary>Of all files that the planner reads.</summary>
    public static string Fingerprint(IFileSystem disk, string folder) =>
        Foundation.Files.Fingerprint.Of([
            PlannedWorkflow.Schema,
            .. Names
                .Append(WorkflowChecksums.FileName)
                .Select(name => Foundation.Files.Fingerprint.OfFile(disk, Path.Combine(folder, name))),
        ]);

    /// <exception cref="OutsourceException">There are errors in them.</exception>
    public static void Check(IFileSystem disk, string folder, string name)
    {
        if (Faults(disk, folder) is { Count: > 0 } faults)
        {
            throw new UsageException(
                $"{string.Join("; ", faults)}. Write the workflow again: {ProgramCommand.Program} --target=WriteWorkflow --name={name} "
                    + "--replace"
            );
        }
    }

    private static string? Heading(IFileSystem disk, string path)
    {
        const string Key = "# fingerprint: ";
        return BoundedText.Lines(disk, path).Take(10).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..];
    }
}
