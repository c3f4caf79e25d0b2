using System.IO.Abstractions;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>
/// A submit directory of the local engine. Its records are those of DAGMan and HTCondor (<see cref="Submit"/>); here is what they do not
/// have.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">Absolute.</param>
public sealed class LocalDirectory(IFileSystem disk, string path)
{
    /// <summary>The planner that <c>braindump.yml</c> names.</summary>
    public const string Planner = "outsource-local";

    /// <summary>Ends every file with a description of a job.</summary>
    public const string SubmitEnding = ".sub";

    /// <summary>Absolute.</summary>
    public string Path { get; } = path;

    /// <summary>The records in DAGMan's and HTCondor's formats.</summary>
    public SubmitDirectory Submit { get; } = new(disk, path);

    /// <summary>Is locked while a runner works, and until the last of its jobs has ended.</summary>
    public string Lock => In("outsource-local.lock");

    /// <summary>The jobs in the queue, written by the runner.</summary>
    public string State => In("outsource-local.state");

    /// <summary>The program that starts a job and ends it with us.</summary>
    public string Supervisor => In("outsource-local.sh");

    /// <summary>Folder of the requests of other processes.</summary>
    public string Control => In("control");

    /// <summary>Folder of the jobs' directories.</summary>
    public string Work => In("work");

    /// <summary>Folder of what jobs made for other jobs.</summary>
    public string Scratch => In("scratch");

    /// <summary>Whether the local engine planned it.</summary>
    public bool IsOurs
    {
        get
        {
            try
            {
                return disk.File.Exists(Submit.Notes) && YamlReader.Root(disk, Submit.Notes).Text("planner") == Planner;
            }
            catch (Exception error) when (error is DamagedYamlException or IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }

    /// <summary>The directory of a job while it runs.</summary>
    public string WorkOf(string node) => System.IO.Path.Combine(Work, node);

    /// <summary>What a job made for other jobs.</summary>
    public string ScratchOf(string node) => System.IO.Path.Combine(Scratch, node);

    /// <summary>Path of a file in the directory.</summary>
    public string In(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>The submit description of the job with an index, relative to the directory: a thousand in each folder.</summary>
    internal static string SubmitFileOf(string node, int index) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{index / 100_000:D2}/{index / 1000 % 100:D2}/{node}{SubmitEnding}"
        );

    /// <summary>What the planner noted for the runner.</summary>
    /// <exception cref="DamagedYamlException">The notes are damaged.</exception>
    internal LocalNotes Notes()
    {
        var root = YamlReader.Root(disk, Submit.Notes);
        return new LocalNotes(
            root.Text("wf_uuid") ?? throw new DamagedYamlException(Submit.Notes, "it has no wf_uuid"),
            root.Text("outputs") ?? throw new DamagedYamlException(Submit.Notes, "it has no outputs"),
            root.Text("image") is { Length: > 0 } image ? image : null
        );
    }
}

/// <summary>What the planner noted for the runner.</summary>
/// <param name="Uuid">The workflow's id.</param>
/// <param name="Outputs">Folder of the results. Absolute.</param>
/// <param name="Image">The image of the jobs, or null.</param>
internal sealed record LocalNotes(string Uuid, string Outputs, string? Image);
