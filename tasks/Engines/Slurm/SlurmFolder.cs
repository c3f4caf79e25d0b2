using System.Globalization;

namespace Outsource.Engines.Slurm;

/// <summary>
/// The folder <c>slurm</c> of a submit directory: what is planned, submitted and done there. All of it lies on a file system that the
/// computing nodes share.
/// </summary>
/// <param name="submitDirectory">The submit directory. Absolute.</param>
public sealed class SlurmFolder(string submitDirectory)
{
    /// <summary>Its name, below the submit directory.</summary>
    public const string Name = "slurm";

    /// <summary>Folder of the batch scripts and of the jobs' output, below <see cref="Name"/>.</summary>
    public const string Jobs = "jobs";

    /// <summary>Absolute.</summary>
    public string Path { get; } = System.IO.Path.Combine(submitDirectory, Name);

    /// <summary>The submit directory. Absolute.</summary>
    public string SubmitDirectory { get; } = submitDirectory;

    /// <summary>One job a line.</summary>
    public string Plan => In("plan.jsonl");

    /// <summary>What was submitted: a line before and a line after each sbatch.</summary>
    public string Journal => In("submitted.jsonl");

    /// <summary>Where jobs leave what other jobs read.</summary>
    public string Scratch => In("scratch");

    /// <summary>The folders in which jobs run, one each.</summary>
    public string Work => In("work");

    /// <summary>For inputs that exist as folders of data, not as a tarball: a list of the folders.</summary>
    public string Ready => In("ready");

    /// <summary>All folders that a job writes in.</summary>
    public IEnumerable<string> Written => [Scratch, Work, Ready, In("started"), In("done"), In(Jobs)];

    /// <summary>The batch script of a job.</summary>
    public string Script(string node) => In(Jobs, $"{node}.sh");

    /// <summary>The same, relative to the submit directory: DAG files name it.</summary>
    public static string ScriptName(string node) => $"{Name}/{Jobs}/{node}.sh";

    /// <summary>The output of a job.</summary>
    /// <param name="node">The job.</param>
    /// <param name="attempt">From 0.</param>
    public string Output(string node, int attempt) =>
        In(Jobs, string.Create(CultureInfo.InvariantCulture, $"{node}.out.{attempt:D3}"));

    /// <summary>Written by a job when it starts.</summary>
    public string StartMark(string node) => In("started", $"{node}.json");

    /// <summary>Written by a job when it ends.</summary>
    public string EndMark(string node) => In("done", $"{node}.json");

    /// <summary>The list of folders that stand for an input.</summary>
    public string ReadyList(string input) => In("ready", $"{input}.folders");

    private string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);
}
