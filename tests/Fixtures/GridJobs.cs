using Outsource.Engines.Jobs;
using Outsource.Tests.Build;
using FileSystem = System.IO.Abstractions.FileSystem;

namespace Outsource.Tests.Fixtures;

/// <summary>Jobs of a written workflow, run here one after the other: their results lie at a staging site afterwards.</summary>
internal static class GridJobs
{
    /// <summary>Runs those that are chosen; what they need of others must have been run before.</summary>
    /// <param name="workflow">Folder of workflow.yml. Absolute.</param>
    /// <param name="work">A folder for the jobs. Absolute.</param>
    /// <param name="site">The folder of the workflow at the staging site. Absolute.</param>
    /// <param name="which">Which jobs.</param>
    public static void Run(string workflow, string work, string site, Func<WorkflowJob, bool> which)
    {
        var disk = new FileSystem();
        var catalogs = WorkflowCatalogs.Read(disk, workflow);
        var staged = Directory.CreateDirectory(Path.Combine(site, "00", "00")).FullName;
        foreach (var job in new WorkflowYaml(disk, Path.Combine(workflow, "workflow.yml")).Jobs().Where(which))
        {
            var folder = Directory.CreateDirectory(Path.Combine(work, job.NodeName)).FullName;
            foreach (var input in job.Inputs)
            {
                File.Copy(catalogs.Replicas.GetValueOrDefault(input, Path.Combine(staged, input)), Path.Combine(folder, input));
            }

            var program = Path.Combine(folder, "job.sh");
            File.Copy(catalogs.Programs[job.Name], program);
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var variables = job.Environment.ToDictionary(v => v.Key, v => (string?)v.Value);
            variables["HOME"] = folder;
            var run = ProgramRun.Start(program, [.. job.Arguments], folder, variables).End();
            Assert.That(run.ExitCode, Is.Zero, $"{job.NodeName}\n{run.Out}{run.Error}");
            foreach (var output in job.Outputs.Where(o => o.Name.EndsWith(".tar.gz", StringComparison.Ordinal)))
            {
                File.Move(Path.Combine(folder, output.Name), Path.Combine(staged, output.Name));
            }
        }
    }
}
