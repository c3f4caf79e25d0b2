using System.Text.Json;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Errors;
using Outsource.Tools;

namespace Outsource.Condor;

/// <summary>Which jobs to ask the queue for.</summary>
public sealed class QueueQuerySettings : ToolSettings
{
    /// <summary>A ClassAd expression that holds for them.</summary>
    public required string Constraint { get; init; }
}

/// <summary>Asks HTCondor's queue (<c>condor_q</c>).</summary>
public sealed class QueueQuery(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : ListeningTool<QueueQuerySettings>(fileSystem, environment, processRunner, tools)
{
    protected override TimeSpan? Patience => TimeSpan.FromSeconds(45);

    /// <summary>The jobs.</summary>
    /// <exception cref="OutsourceException">HTCondor does not answer, or not in the form that it should.</exception>
    public IReadOnlyList<QueueJob> Run(QueueQuerySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var output = Capture(settings, Arguments(settings));
        try
        {
            return output.ExitCode == 0 ? QueueJob.Parse(string.Join('\n', output.Out))
                : throw new OutsourceException($"condor_q failed with exit code {output.ExitCode}: {output.LastWords}", Math.Clamp(output.ExitCode, ExitCode.Failed, 125));
        }
        catch (JsonException error)
        {
            throw new OutsourceException($"condor_q answered something that is no JSON ({error.Message.TrimEnd('.')}).");
        }
    }

    /// <summary>The argument vector.</summary>
    internal static ProcessArgumentBuilder Arguments(QueueQuerySettings settings) => new ProcessArgumentBuilder()
        .Append("-allusers")
        .Append("-constraint")
        .AppendWord(settings.Constraint)
        .Append("-json")
        .Append("-attributes")
        .Append(string.Join(',', QueueJob.Attributes));

    protected override string GetToolName() => "condor_q";

    protected override IEnumerable<string> GetToolExecutableNames() => ["condor_q"];
}
