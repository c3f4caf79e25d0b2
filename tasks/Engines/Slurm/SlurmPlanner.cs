using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Jobs;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Slurm;

/// <summary>What is to be planned.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Source">Folder of <c>workflow.yml</c> and its catalogs. Absolute.</param>
/// <param name="SubmitDirectory">Where the plan goes; on a file system that the nodes share. Absolute.</param>
/// <param name="Outputs">The outputs folder. Absolute.</param>
/// <param name="Choice">What the configuration says about Slurm.</param>
public sealed record SlurmOrder(string Workflow, string Source, string SubmitDirectory, string Outputs, SlurmChoice Choice)
{
    /// <summary>The site of the catalog whose variables the jobs get.</summary>
    public string Site { get; init; } = "condorpool";

    /// <summary>Id of the plan.</summary>
    public Guid Uuid { get; init; } = Guid.NewGuid();

    /// <summary>Time of the plan, UTC.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>What was planned.</summary>
/// <param name="Jobs">Jobs.</param>
/// <param name="Local">Jobs for the submit host, which are left out: they unpack what jobs here unpack themselves (T15).</param>
/// <param name="Firsts">Of each level the job that asks for most memory: for <c>sbatch --test-only</c>.</param>
/// <param name="LongestHours">The longest time limit.</param>
/// <param name="Elsewhere">Inputs that lie at a grid site, by name: they must be fetched before.</param>
public sealed record SlurmPlanned(
    long Jobs,
    long Local,
    ImmutableArray<SlurmPlanJob> Firsts,
    double LongestHours,
    ImmutableArray<string> Elsewhere
);

/// <summary>
/// Plans an abstract workflow for Slurm: <c>slurm/plan.jsonl</c>, the batch scripts, and the files by which every command reads the state
/// of a workflow whichever engine runs it: the DAG, the planner's notes, and the file that says that planning is complete. One job at a
/// time is in memory, besides the names of jobs.
/// </summary>
/// <param name="disk">The disk.</param>
public sealed class SlurmPlanner(IFileSystem disk)
{
    /// <summary>In the planner's notes.</summary>
    public const string PlannerName = "outsource-slurm";

    internal const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Plans it. A plan that is there already is replaced; the notes, which make it one, are written last.</summary>
    /// <exception cref="OutsourceException">The workflow, or a name in it, cannot be used.</exception>
    public SlurmPlanned Write(SlurmOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        var folder = new SlurmFolder(order.SubmitDirectory);
        var directory = new SubmitDirectory(disk, order.SubmitDirectory);
        foreach (var written in folder.Written)
        {
            OwnedFile.MakeFolder(disk, written, OwnersOnly);
        }

        disk.File.Delete(directory.Notes);

        var catalogs = WorkflowCatalogs.Read(disk, order.Source);
        var site = catalogs.Sites.GetValueOrDefault(order.Site);
        var plan = new JobSurroundings(order.Workflow, folder, order.Outputs, order.Choice)
        {
            Environment = EnvironmentOf(site),
            OwnBinds = [.. new[] { order.SubmitDirectory, order.Source, order.Outputs }.Distinct(StringComparer.Ordinal)],
        };
        var writer = new PlanWriter(disk, plan, catalogs);
        using (var lines = AtomicFile.Create(disk, folder.Plan))
        using (var dag = AtomicFile.Create(disk, directory.Dag))
        {
            var source = Path.Combine(order.Source, WorkflowFolder.Workflow);
            writer.WriteAll(new WorkflowYaml(disk, source), lines.Stream, dag.Stream, FingerprintIn(source), cancel);
            lines.Commit();
            dag.Commit();
        }

        WriteNotes(order, directory);
        return writer.Planned;
    }

    /// <summary>The proxy is read where it is, so that it can be renewed.</summary>
    private static ImmutableArray<KeyValuePair<string, string>> EnvironmentOf(CatalogSite? site) =>
        site is null ? []
        : site.Condor.GetValueOrDefault("x509userproxy") is { Length: > 0 } proxy
            ? [.. site.Environment, KeyValuePair.Create("X509_USER_PROXY", proxy)]
        : site.Environment;

    private string? FingerprintIn(string workflow) =>
        BoundedText
            .Statements(disk, workflow)
            .TakeWhile(l => l.StartsWith('#'))
            .Select(l => l.Split(": "))
            .FirstOrDefault(w => w is ["# fingerprint", _])
            ?[1];

    private void WriteNotes(SlurmOrder order, SubmitDirectory directory)
    {
        AtomicFile.WriteText(
            disk,
            directory.In(SubmitDirectory.DagName + ".condor.sub"),
            "# Slurm runs this workflow: there is no DAGMan, and nothing to submit to HTCondor.\n"
        );
        string[] notes =
        [
            $"planner: {YamlText.Quote(PlannerName)}",
            $"wf_uuid: {YamlText.Quote(order.Uuid.ToString())}",
            $"root_wf_uuid: {YamlText.Quote(order.Uuid.ToString())}",
            $"dax_label: {YamlText.Quote(SubmitDirectory.WorkflowName)}",
            $"dag: {YamlText.Quote(SubmitDirectory.DagName)}",
            $"submit_dir: {YamlText.Quote(order.SubmitDirectory)}",
            $"timestamp: {YamlText.Quote(order.At.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture))}",
        ];
        AtomicFile.WriteText(disk, directory.Notes, string.Join('\n', notes) + "\n");
    }
}
