using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Pegasus;

namespace Outsource.Condor;

/// <summary>Asks the schedd of this machine with <c>condor_q</c>.</summary>
public sealed class CondorQRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : CapturingTool<CondorQSettings>(fileSystem, environment, processRunner, tools)
{
    /// <summary>Asks.</summary>
    public ToolAnswer Run(CondorQSettings settings) => Ask(settings, Arguments(settings));

    /// <summary>The argument vector. A workflow may have been submitted by a colleague: jobs of all users count.</summary>
    public static ImmutableArray<string> Arguments(CondorQSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return ["-allusers", "-json", "-attributes", string.Join(',', settings.Attributes), "-constraint", settings.Constraint];
    }

    protected override string GetToolName() => "condor_q";

    protected override IEnumerable<string> GetToolExecutableNames() => ["condor_q"];
}
