using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;

namespace Outsource.Engines.Pegasus;

/// <summary>Runs <c>pegasus-plan</c>. It never submits: submitting is a separate step with its own record.</summary>
public sealed class PegasusPlanRunner(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : CapturingTool<PegasusPlanSettings>(fileSystem, environment, processRunner, tools)
{
    private readonly ICakeEnvironment _environment = environment;

    /// <summary>It needs many minutes for 100,000 jobs.</summary>
    protected override TimeSpan? DefaultTimeout => null;

    /// <summary>Plans.</summary>
    public CommandOutput Run(PegasusPlanSettings settings, Action<string> said) =>
        Capture(settings, CommandWords.Vector(Arguments(settings, _environment)), said);

    /// <summary>The argument vector. With <c>--json</c> the planner prints its braindump last, and only that on standard output.</summary>
    public static ImmutableArray<string> Arguments(PegasusPlanSettings settings, ICakeEnvironment environment) =>
        [
            "--json",
            "--conf",
            settings.Properties.MakeAbsolute(environment).FullPath,
            "--sites",
            settings.ExecutionSite,
            "--staging-site",
            $"{settings.ExecutionSite}={settings.StagingSite}",
            "--output-sites",
            settings.OutputSite,
            "--dir",
            settings.BaseDirectory.MakeAbsolute(environment).FullPath,
            "--relative-dir",
            settings.RelativeDirectory,
            settings.Workflow.MakeAbsolute(environment).FullPath,
        ];

    protected override string GetToolName() => "pegasus-plan";

    protected override IEnumerable<string> GetToolExecutableNames() => ["pegasus-plan"];
}
