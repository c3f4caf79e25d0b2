using System.Globalization;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Pegasus;

/// <summary>Which DAGMan to remove.</summary>
public sealed class PegasusRemoveSettings : ToolSettings
{
    /// <summary>
    /// Cluster of its job. Given a directory instead, the tool would take the one that started last, and none before it has.
    /// </summary>
    public required int Cluster { get; init; }
}

/// <summary>Takes a workflow out of the queue (<c>pegasus-remove</c>); DAGMan takes its jobs along.</summary>
public sealed class PegasusRemove(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : CapturingTool<PegasusRemoveSettings>(fileSystem, environment, processRunner, tools)
{
    /// <summary>Removes it.</summary>
    /// <returns>What the tool said.</returns>
    /// <exception cref="OutsourceException">The tool failed; its code is the program's.</exception>
    public CommandOutput Run(PegasusRemoveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var output = Capture(settings, Arguments(settings));
        return output.ExitCode == 0
            ? output
            : throw new OutsourceException(
                $"pegasus-remove failed with exit code {output.ExitCode}: {output.LastWords}",
                ExitCodes.OfTool(output.ExitCode)
            );
    }

    /// <summary>The argument vector.</summary>
    internal static ProcessArgumentBuilder Arguments(PegasusRemoveSettings settings) =>
        new ProcessArgumentBuilder().Append("--dag-id").Append(settings.Cluster.ToString(CultureInfo.InvariantCulture) + ".0");

    protected override string GetToolName() => "pegasus-remove";

    protected override IEnumerable<string> GetToolExecutableNames() => ["pegasus-remove"];
}
