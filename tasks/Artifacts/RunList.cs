using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary><c>runlist.txt</c>: the runs of a plan, one per line, ascending. A workflow written from it has these runs.</summary>
public static class RunList
{
    /// <summary>Writes it.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">Folder of the workflow. Absolute.</param>
    /// <param name="runs">Run numbers, ascending.</param>
    public static void Write(IFileSystem disk, string folder, IEnumerable<int> runs)
    {
        var text = string.Concat(runs.Select(run => run.ToString(CultureInfo.InvariantCulture) + "\n"));
        AtomicFile.WriteText(disk, Path.Combine(folder, WorkflowFolder.RunList), text);
    }
}
