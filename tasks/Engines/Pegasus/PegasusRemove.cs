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
    /// Cluster of its job. With a directory instead, the tool would remove the one that started last, and none that started before it.
    /// </summary>
    public required int Cluster { get; init; }
}

/// <summary>Removes a workflow from the queue (<c>pegasus-remove</c>); DAGMan removes its jobs.</summary>
public sealed class PegasusRemove(IFileSystem fileSystem, ICakeEnvironment environment, IProcessRunner processRunner, IToolLocator tools)
    : CapturingTool<PegasusRemoveSettings>(fileSystem, environment, processRunner, tools)
{
    /// <summary>Removes it.</summary>
    /// <returns>The output of the tool.</returns>
    /// <exception cref="OutsourceException">The tool failed; the program ends with its exit code.</exception>
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
