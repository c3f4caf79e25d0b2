using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Engines.Pegasus;

/// <summary>Asks <c>pegasus-analyzer</c> what its monitor's database knows of failed and held jobs. Ends with 2 when some failed.</summary>
public sealed class PegasusAnalyzer(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : DirectoryTool("pegasus-analyzer", [], fileSystem, environment, processRunner, tools)
{
    protected override TimeSpan? DefaultTimeout => TimeSpan.FromSeconds(20);
}
