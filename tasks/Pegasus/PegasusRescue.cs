using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Outsource.Pegasus;

/// <summary>Starts a submit directory again; DAGMan goes on from its newest rescue file by itself.</summary>
public sealed class PegasusRescue(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : DirectoryTool("pegasus-run", [], fileSystem, environment, processRunner, tools);
