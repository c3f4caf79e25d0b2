using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Foundation.Files;
using Outsource.Workflows;

namespace Outsource.Operator.Clean;

/// <summary>
/// Where the folders of workflows are below a work_dir: <c>generated/NAME</c>, <c>runs/VERSION/CONTEXT/NAME</c>. What is to be deleted is
/// called <c>.NAME.gone</c> first, so that a part of it counts for no workflow.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="workDir">Absolute.</param>
public sealed class WorkflowPlaces(IFileSystem disk, string workDir)
{
    /// <summary>Lists the submit directories that go with a folder. The next Clean reads it where this one was stopped.</summary>
    public const string ListFile = "to-delete.txt";

    private const string Ending = ".gone";

    /// <summary>The folder of all artifacts.</summary>
    public string Generated => Path.Combine(workDir, "generated");

    private string Runs => Path.Combine(workDir, "runs");

    /// <summary>The name that a folder has while it is deleted.</summary>
    public static string Gone(string folder) => Path.Combine(Path.GetDirectoryName(folder)!, $".{Path.GetFileName(folder)}{Ending}");

    /// <summary>The submit directories of a workflow that are there, wherever records or names say so.</summary>
    public ImmutableArray<string> DirectoriesOf(WorkflowOnDisk workflow)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        return
        [
            .. Holding()
                .Select(folder => Path.Combine(folder, workflow.Name))
                .Concat(new JournalFile(disk, workflow.Folder).Read().Select(e => e.Directory).OfType<string>())
                .Concat(workflow.Submit is { } submit ? new[] { submit.Path } : [])
                .Select(Plain)
                .Distinct(StringComparer.Ordinal)
                .Where(disk.Directory.Exists)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Why a folder is not to be deleted as one of this workflow, without a full stop; null: it may.</summary>
    /// <param name="name">The workflow.</param>
    /// <param name="directory">A submit directory. Absolute.</param>
    public string? ErrorIn(string name, string directory)
    {
        var parts = Path.GetRelativePath(Runs, Plain(directory)).Split(Path.DirectorySeparatorChar);
        return
            parts is not [not "..", not "..", var last] || last != name
                ? $"its submit directory '{directory}' is not {Runs}/VERSION/CONTEXT/{name}, so it is not deleted here"
            : LinkOnTheWay(directory) is { } link ? $"'{link}' is a link, and links are not followed"
            : null;
    }

    /// <summary>The first link between work_dir and a folder, that one included; null: there is none.</summary>
    public string? LinkOnTheWay(string folder)
    {
        var path = workDir;
        foreach (var part in Path.GetRelativePath(workDir, folder).Split(Path.DirectorySeparatorChar))
        {
            path = Path.Combine(path, part);
            if (disk.Directory.Exists(path) && FolderContent.IsLink(disk.DirectoryInfo.New(path)))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>What deletions that were stopped have left, by the workflow's name.</summary>
    public ILookup<string, string> Leftovers() =>
        Holding()
            .Prepend(Generated)
            .SelectMany(folder => Folders(folder, ".*" + Ending))
            .Select(folder => (Name: Path.GetFileName(folder)[1..^Ending.Length], Folder: folder))
            .Where(f => WorkflowName.ErrorIn(f.Name) is null)
            .ToLookup(f => f.Name, f => f.Folder, StringComparer.Ordinal);

    /// <summary>The submit directories that a stopped deletion had yet to rename.</summary>
    /// <param name="name">The workflow.</param>
    public IEnumerable<string> LeftToRename(string name)
    {
        var folder = Path.Combine(Generated, name);
        var list = Path.Combine(Gone(folder), ListFile);

        // One that was made since has these directories for itself.
        return disk.Directory.Exists(folder) || !disk.File.Exists(list)
            ? []
            : BoundedText.ReadAll(disk, list).Split('\n').Where(d => d.Length > 0 && disk.Directory.Exists(d) && ErrorIn(name, d) is null);
    }

    private IEnumerable<string> Holding() => Folders(Runs, "*").SelectMany(version => Folders(version, "*"));

    private string[] Folders(string below, string pattern)
    {
        try
        {
            return disk.Directory.Exists(below) ? disk.Directory.GetDirectories(below, pattern) : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another user's: none of ours is in it.
            return [];
        }
    }

    private static string Plain(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
