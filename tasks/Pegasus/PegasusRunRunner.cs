using System.Collections.Immutable;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Cake.Core;
using Outsource.Tools;

namespace Outsource.Pegasus;

/// <summary>Runs <c>pegasus-run</c>, which hands a planned workflow to HTCondor. It refuses only once the monitor runs: who calls it makes sure first that no DAG does.</summary>
public sealed class PegasusRunRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : ListeningTool<PegasusRunSettings>(fileSystem, environment, processRunner, tools)
{
    private readonly ICakeEnvironment _environment = environment;

    /// <summary>Whether it has handed the DAG over, nobody could tell if it were stopped.</summary>
    protected override TimeSpan? Patience => null;

    /// <summary>Starts.</summary>
    public CommandOutput Run(PegasusRunSettings settings) => Capture(settings, CommandWords.Vector(Arguments(settings, _environment)));

    /// <summary>The argument vector.</summary>
    public static ImmutableArray<string> Arguments(PegasusRunSettings settings, ICakeEnvironment environment) =>
        ["--json", settings.SubmitDirectory.MakeAbsolute(environment).FullPath];

    protected override string GetToolName() => "pegasus-run";

    protected override IEnumerable<string> GetToolExecutableNames() => ["pegasus-run"];
}
