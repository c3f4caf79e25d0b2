using System.Collections.Immutable;
using Cake.Core;
using Cake.Core.IO;
using Cake.Core.Tooling;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Tools;

/// <summary>How to run python3.</summary>
public sealed class PythonSettings : ToolSettings
{
    /// <summary>The script and its arguments, unquoted.</summary>
    public ImmutableArray<string> Script { get; init; } = [];
}

/// <summary>Runs python3 through Cake and returns its output.</summary>
public sealed class PythonRunner(ICakeContext context)
    : Tool<PythonSettings>(context.FileSystem, context.Environment, context.ProcessRunner, context.Tools),
        IProgramRunner
{
    public async Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel)
    {
        var settings = new PythonSettings { ToolPath = program, Script = arguments };
        using var process = RunProcess(
            settings,
            Arguments(settings),
            new ProcessSettings
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Silent = true,
            }
        );
        await using var killing = cancel.Register(process.Kill);
        await Task.Run(process.WaitForExit, CancellationToken.None).ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
        return new ProgramResult(
            process.GetExitCode(),
            string.Join('\n', process.GetStandardOutput()),
            string.Join('\n', process.GetStandardError())
        );
    }

    /// <summary>The argument vector, quoted.</summary>
    public static ProcessArgumentBuilder Arguments(PythonSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var arguments = new ProcessArgumentBuilder();
        foreach (var argument in settings.Script)
        {
            arguments.AppendQuoted(argument);
        }

        return arguments;
    }

    protected override string GetToolName() => "python3";

    protected override IEnumerable<string> GetToolExecutableNames() => ["python3"];
}
