using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>Times and counts from Pegasus' database. Writes <c>statistics/</c> into the submit directory.</summary>
public sealed class PegasusStatistics(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IProcessRunner processRunner,
    IToolLocator tools
) : DirectoryTool("pegasus-statistics", Switches, fileSystem, environment, processRunner, tools)
{
    internal static readonly string[] Switches = ["-s", "all"];
}
