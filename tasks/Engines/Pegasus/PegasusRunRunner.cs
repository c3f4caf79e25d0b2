using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>
/// Runs <c>pegasus-run</c>, which hands a planned workflow to HTCondor; DAGMan goes on from its newest rescue file by itself. It refuses
/// only once the monitor runs: who calls it makes sure first that no DAG does. It does not say the cluster: the schedd's log of DAGMan's
/// job does.
/// </summary>
public sealed class PegasusRunRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : DirectoryTool("pegasus-run", Switches, fileSystem, environment, processRunner, tools)
{
    internal static readonly string[] Switches = ["--json"];

    /// <summary>Whether it has handed the DAG over, nobody could tell if it were stopped.</summary>
    protected override TimeSpan? DefaultTimeout => null;
}
