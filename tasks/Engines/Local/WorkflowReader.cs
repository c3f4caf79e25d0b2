using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Engines.Jobs;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>
/// The jobs of <c>workflow.yml</c>, checked: their names become names of files, and words of the DAG. What is not in the form that
/// WriteWorkflow writes is an error with its line.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="path">The file.</param>
internal sealed partial class WorkflowReader(IFileSystem disk, string path)
{
    private const string Dependencies = "jobDependencies:";

    /// <summary>Longest file name of Linux, less the longest ending of a job's file.</summary>
    private const int LongestNode = 240,
        LongestName = 4000;

    /// <summary>Reads the file.</summary>
    /// <param name="job">Gets each job.</param>
    /// <param name="dependency">Gets each dependency, after all jobs.</param>
    /// <exception cref="DamagedYamlException">It is damaged, or not one of ours.</exception>
    public void Read(Action<WorkflowJob> job, Action<WorkflowDependency> dependency)
    {
        var yaml = new WorkflowYaml(disk, path);
        var some = false;
        foreach (var read in yaml.All())
        {
            some = true;
            job(Checked(read));
        }

        // A file that was cut has neither, or not all of it.
        if (!some || !BoundedText.Statements(disk, path).Any(l => l.StartsWith(Dependencies, StringComparison.Ordinal)))
        {
            throw new DamagedYamlException(path, $"it has no {(some ? Dependencies.TrimEnd(':') : "jobs")}");
        }

        foreach (var read in yaml.Dependencies())
        {
            dependency(read);
        }
    }

    private WorkflowJob Checked(WorkflowJob job)
    {
        if (job.Kind != WorkflowJob.Plain)
        {
            throw Damaged("an entry of jobs is not a job", job);
        }

        if (!WordForm().IsMatch(job.Id) || !WordForm().IsMatch(job.Name))
        {
            throw Damaged("id or name of a job has other characters than letters, digits, '_', '-', '.' and '+'", job);
        }

        if (job.NodeName.Length > LongestNode)
        {
            throw Damaged("the name and the id of a job are too long for a file name", job);
        }

        if (!job.Inputs.Concat(job.Outputs.Select(o => o.Name)).All(IsBelow))
        {
            throw Damaged("a file of a job has no usable name (lfn)", job);
        }

        return job.StandardOutput is { } stdout && !job.Outputs.Any(o => o.Name == stdout)
            ? throw Damaged("stdout of a job is not one of its outputs", job)
            : job;
    }

    private DamagedYamlException Damaged(string why, WorkflowJob job) => new(path, why, job.Line);

    /// <summary>A file of a job: below its directory, and not above it.</summary>
    private static bool IsBelow(string name) =>
        name.Length is > 0 and < LongestName && !name.Split('/').Any(p => p is "" or "." or "..") && !name.Any(char.IsControl);

    [GeneratedRegex(@"^[A-Za-z0-9_+-][A-Za-z0-9_.+-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex WordForm();
}
