using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>Asks <c>pegasus-analyzer</c> for the failed and held jobs in its monitor's database. It exits with 2 if some failed.</summary>
public sealed class PegasusAnalyzer(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : DirectoryTool("pegasus-analyzer", [], fileSystem, environment, processRunner, tools)
{
    protected override TimeSpan? DefaultTimeout => TimeSpan.FromSeconds(20);
}
