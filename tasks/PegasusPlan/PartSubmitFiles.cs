using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;

namespace Outsource.PegasusPlan;

/// <summary>
/// Lets a part be held. Pegasus has HTCondor remove each job that is held for half an hour, the DAGMan of a part too, though not that of a
/// workflow. No profile of ours reaches that job (SUBDAXGenerator.constructDAGJob), so its submit file is changed after planning.
/// </summary>
public static class PartSubmitFiles
{
    private const string Key = "periodic_remove";

    /// <summary>Changes them. A second call changes nothing.</summary>
    /// <returns>How many parts there are.</returns>
    public static int Change(IFileSystem disk, SubmitDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var parts = 0;
        foreach (var node in DagFile.Read(disk, directory.Dag).Nodes.Values.Where(n => PartNode.IdOf(n.Name) is not null))
        {
            parts++;
            var file = directory.In(node.SubmitFile);
            var lines = BoundedText.ReadAll(disk, file).Split('\n');
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i].StartsWith(Key + " ", StringComparison.Ordinal))
                {
                    lines[i] = Key + " = False";
                }
            }

            AtomicFile.WriteText(disk, file, string.Join('\n', lines));
        }

        return parts;
    }
}
