using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Pegasus.Condor;

/// <summary>Asks the schedd of this machine with <c>condor_q</c>.</summary>
public sealed class CondorQRunner(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : CapturingTool<CondorQSettings>(fileSystem, environment, processRunner, tools)
{
    protected override TimeSpan? DefaultTimeout => TimeSpan.FromSeconds(45);

    /// <summary>Asks the queue. A failure to answer is returned as an answer, not thrown.</summary>
    public QueueAnswer Run(CondorQSettings settings)
    {
        try
        {
            return QueueAnswer.Read(Capture(settings, CommandWords.Vector(Arguments(settings))));
        }
        catch (OutsourceException silent)
        {
            return new QueueAnswer(null, silent.Message.TrimEnd('.'), silent.ExitCode);
        }
    }

    /// <summary>The argument vector. A colleague may have submitted the workflow, so jobs of all users count.</summary>
    public static ImmutableArray<string> Arguments(CondorQSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return ["-allusers", "-json", "-attributes", string.Join(',', QueueJob.Attributes), "-constraint", settings.Constraint];
    }

    protected override string GetToolName() => "condor_q";

    protected override IEnumerable<string> GetToolExecutableNames() => ["condor_q"];
}
