using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Cake.Core;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Model.ClassAds;

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

    public QueueAnswer DagsOf(string workflowUuid) => Ask($"JobUniverse == 7 && pegasus_wf_uuid == {ClassAd.Quote(workflowUuid)}");

    public QueueAnswer JobsOf(IReadOnlyList<string> rootUuids) =>
        Ask(
            rootUuids.Count > MostIds
                ? "pegasus_root_wf_uuid =!= undefined"
                : string.Join(" || ", rootUuids.Select(id => $"pegasus_root_wf_uuid == {ClassAd.Quote(id)}"))
        );

    public QueueAnswer AskSchedd() => Ask("ClusterId < 0");

    private QueueAnswer Ask(string constraint) =>
        new CondorQRunner(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools).Run(
            new CondorQSettings { ToolPath = places.Condor("condor_q"), Constraint = constraint }
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
