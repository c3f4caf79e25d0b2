using System.IO.Abstractions;
using Outsource.Engines;
using Outsource.Engines.Pegasus;

namespace Outsource.Workflows;

/// <summary>
/// Finds how far a workflow has come. It uses the submit directory, and from the journal: another submit directory where it was planned
/// before (the path depends on context and straxen version), and another machine that started it.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="queue">Asks the queue.</param>
/// <param name="hostName">Name of this machine.</param>
public sealed class DagStatusReader(IFileSystem disk, IQueue queue, string hostName)
{
    /// <summary>The status of the workflow in its directory, or of its DAG in another directory, if that one may be running.</summary>
    /// <param name="folder">Folder of its artifacts; it may be missing. Absolute.</param>
    /// <param name="directory">The current submit directory.</param>
    public DagStatus Of(string folder, SubmitDirectory directory)
    {
        var journal = new JournalFile(disk, folder);
        var elsewhere = journal.StartedElsewhere(hostName);
        var other = journal.Read().LastOrDefault(e => e is { Step: Step.Plan or Step.Start, Directory: not null })?.Directory;
        return
            other is not null
            && other != directory.Path
            && DagStatus.Of(new SubmitDirectory(disk, other), queue, elsewhere) is { MayRun: true } running
            ? running
            : DagStatus.Of(directory, queue, elsewhere);
    }
}
