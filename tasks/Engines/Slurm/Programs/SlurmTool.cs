using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.Tooling;
using Outsource.Engines.Tools;

namespace Outsource.Engines.Slurm.Programs;

/// <summary>A call of a program of Slurm.</summary>
public sealed class SlurmToolSettings : ToolSettings
{
    /// <summary>The argument vector, unquoted.</summary>
    public ImmutableArray<string> Words { get; init; } = [];
}

/// <summary>Calls a program of Slurm: sbatch, squeue, sacct, scontrol, scancel, sinfo, sacctmgr.</summary>
/// <param name="name">Which.</param>
/// <param name="cake">Runs it.</param>
public sealed class SlurmTool(string name, ICakeContext cake)
    : CapturingTool<SlurmToolSettings>(cake.FileSystem, cake.Environment, cake.ProcessRunner, cake.Tools)
{
    /// <summary>Runs it; its exit code is in the answer.</summary>
    /// <exception cref="Foundation.Errors.OutsourceException">It did not end in time, and was stopped.</exception>
    public CommandOutput Run(SlurmToolSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Capture(settings, CommandWords.Vector(settings.Words));
    }

    protected override string GetToolName() => name;

    protected override IEnumerable<string> GetToolExecutableNames() => [name];
}
