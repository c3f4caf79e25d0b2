using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Cake.Core;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Model.ClassAds;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Pegasus;

/// <summary>The programs of this machine, run through Cake.</summary>
public sealed partial class GridPrograms(ICakeContext cake, ProgramPlaces places) : IGridPrograms
{
    /// <summary>The oldest Pegasus whose file formats we write.</summary>
    public const int OldestPegasus = 5;

    /// <summary>
    /// A command-line argument is limited in length (128 KiB on Linux); with more workflows all jobs of Pegasus are requested.
    /// </summary>
    private const int MostIds = 1000;

    private InstalledProgram? _pegasus;

    public EngineKind Kind => EngineKind.Pegasus;

    public ImmutableArray<InstalledProgram> Programs() => [Pegasus(), Condor()];

    public InstalledProgram Pegasus()
    {
        if (_pegasus is null)
        {
            var found = Version("pegasus-version", places.Pegasus("pegasus-version"), null);
            if (int.Parse(found.Version.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture) < OldestPegasus)
            {
                throw new UsageException(
                    $"Pegasus at '{found.Path}' has version {found.Version}; {OldestPegasus}.0 or later is needed. Set another "
                        + "installation with pegasus_path in [Outsource]."
                );
            }

            _pegasus = found;
        }

        return _pegasus;
    }

    public InstalledProgram Condor() => Version("condor_version", places.Condor("condor_version"), null);

    public InstalledProgram Java() => Version("java", places.Java(), "-version");

    public ImmutableArray<string> PlanCommand(PlanOrder order) =>
        [places.Pegasus("pegasus-plan"), .. PegasusPlanRunner.Arguments(SettingsOf(order), cake.Environment)];

    public ImmutableArray<string> StartCommand(string submitDirectory) => [places.Pegasus("pegasus-run"), submitDirectory];

    public CommandOutput Plan(PlanOrder order, string folder, Action<string> said)
    {
        var settings = SettingsOf(order);
        settings.ToolPath = places.Pegasus("pegasus-plan");
        settings.WorkingDirectory = folder;
        settings.EnvironmentVariables = new Dictionary<string, string?> { ["PATH"] = places.PlannerPath(folder) };
        return new PegasusPlanRunner(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools).Run(settings, said);
    }

    public CommandOutput Start(string submitDirectory) =>
        new PegasusRunRunner(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools).Run(
            new DirectoryToolSettings { ToolPath = places.Pegasus("pegasus-run"), SubmitDirectory = submitDirectory }
        );

    public QueueAnswer ManagersOf(SubmitDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory.Braindump is { } notes
            ? Ask($"JobUniverse == 7 && pegasus_wf_uuid == {ClassAd.Quote(notes.Uuid)}")
            : QueueAnswer.WithoutId;
    }

    /// <inheritdoc/>
    /// <remarks>With very many workflows also jobs of others.</remarks>
    public QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories)
    {
        var ids = directories.Select(d => d.RootId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return ids.Count == 0
            ? new QueueAnswer([])
            : Ask(
                ids.Count > MostIds
                    ? "pegasus_root_wf_uuid =!= undefined"
                    : string.Join(" || ", ids.Select(id => $"pegasus_root_wf_uuid == {ClassAd.Quote(id)}"))
            );
    }

    public void Hold(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) =>
        Act(new HoldJobs(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools), "condor_hold", jobs, reason);

    public void Release(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) =>
        Act(new ReleaseJobs(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools), "condor_release", jobs, reason);

    public IReadOnlyList<string> Remove(SubmitDirectory directory, IReadOnlyList<QueueJob> managers, IReadOnlyList<QueueJob> jobs)
    {
        var said = new List<string>();
        foreach (var dagman in managers)
        {
            var tool = new PegasusRemove(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools);
            said.AddRange(
                tool.Run(new PegasusRemoveSettings { Cluster = dagman.Cluster, ToolPath = places.Pegasus("pegasus-remove") }).Out
            );
        }

        if (managers.Count == 0)
        {
            Act(new RemoveJobs(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools), "condor_rm", jobs, null);
        }

        return said;
    }

    public QueueAnswer AskSchedd() => Ask("ClusterId < 0");

    private QueueAnswer Ask(string constraint) =>
        new CondorQRunner(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools).Run(
            new CondorQSettings { ToolPath = places.Condor("condor_q"), Constraint = constraint }
        );

    private void Act(JobAction action, string tool, IReadOnlyList<QueueJob> jobs, string? reason) =>
        action.Run(
            new JobActionSettings
            {
                Jobs = [.. jobs.Select(j => j.Id)],
                Reason = reason,
                ToolPath = places.Condor(tool),
            }
        );

    private static PegasusPlanSettings SettingsOf(PlanOrder order) =>
        new()
        {
            Workflow = order.Workflow,
            Properties = order.Properties,
            ExecutionSite = order.ExecutionSite,
            StagingSite = order.StagingSite,
            OutputSite = order.OutputSite,
            BaseDirectory = order.BaseDirectory,
            RelativeDirectory = order.RelativeDirectory,
        };

    private InstalledProgram Version(string name, string path, string? option)
    {
        var answer = new VersionRunner(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools).Run(
            new VersionSettings
            {
                Name = name,
                ToolPath = path,
                Option = option,
            }
        );
        var words = string.Join('\n', answer.Lines);
        return answer.ExitCode == 0 && VersionNumber().Match(words) is { Success: true } version
            ? new InstalledProgram(path, version.Value)
            : throw new OutsourceException(
                $"'{path}' did not print its version (exit code {answer.ExitCode}): {answer.LastWords}",
                ExitCodes.OfTool(answer.ExitCode)
            );
    }

    /// <summary>5.1.2, 5.0.7dev, 23.9.6, 21.0.13.1, 1.8.0_402.</summary>
    [GeneratedRegex(@"[0-9]+\.[0-9]+[0-9A-Za-z._]*")]
    private static partial Regex VersionNumber();
}
