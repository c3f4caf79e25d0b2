using System.Collections.Immutable;
using Cake.Core;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>The programs of this machine, found on <c>$PATH</c> and run through Cake.</summary>
/// <param name="cake">Runs them.</param>
/// <param name="host">This machine: disk, variables.</param>
public sealed class SlurmPrograms(ICakeContext cake, HostEnvironment host) : ISlurmPrograms
{
    /// <summary>A controller that is busy answers late; the client programs themselves give up after 10 to 100 s.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public CommandOutput Run(string program, ImmutableArray<string> words) =>
        new SlurmTool(program, cake).Run(
            new SlurmToolSettings
            {
                ToolPath = Find(program) ?? throw Missing(program),
                ToolTimeout = Longest,
                Words = words,
                EnvironmentVariables = Configuration(),
            }
        );

    public string? Find(string program) =>
        (host.Variable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(host.Absolute(folder), program))
            .FirstOrDefault(IsProgram);

    /// <summary>Which cluster: where the operator says so.</summary>
    private Dictionary<string, string?> Configuration() =>
        host.Variable("SLURM_CONF") is { } file ? new(StringComparer.Ordinal) { ["SLURM_CONF"] = file } : [];

    private bool IsProgram(string path) =>
        host.Disk.File.Exists(path) && (OperatingSystem.IsWindows() || (host.Disk.File.GetUnixFileMode(path) & Executable) != 0);

    /// <summary>The error for a program that is not installed.</summary>
    internal static UsageException Missing(string program) =>
        new(
            $"{program} was not found on PATH. engine = slurm works where Slurm is installed: run this on a login node of the computing "
                + "centre, or set PATH."
        );
}
