using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>
/// Runs <c>pegasus-run</c>, which submits a planned workflow to HTCondor; DAGMan continues from its newest rescue file automatically. It
/// refuses only while the monitor is running, so the caller must first make sure that no DAG is. It does not print the cluster: the
/// schedd's log of DAGMan's job has it.
/// </summary>
public sealed class PegasusRunRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : DirectoryTool("pegasus-run", Switches, fileSystem, environment, processRunner, tools)
{
    internal static readonly string[] Switches = ["--json"];

    /// <summary>No timeout: if it were stopped, it would be unknown whether the DAG was submitted.</summary>
    protected override TimeSpan? DefaultTimeout => null;
}
