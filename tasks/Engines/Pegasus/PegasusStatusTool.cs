using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>
/// Asks <c>pegasus-status</c> for its counts. We ask the queue ourselves: the tool hides that the queue did not answer (Pegasus 5.1).
/// </summary>
public sealed class PegasusStatusTool(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : DirectoryTool("pegasus-status", Switches, fileSystem, environment, processRunner, tools)
{
    internal static readonly string[] Switches = ["--jsonrv", "--noqueue"];

    protected override TimeSpan? DefaultTimeout => TimeSpan.FromSeconds(20);
}
