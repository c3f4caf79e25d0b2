using System.Collections.Immutable;

namespace Outsource.Foundation.Machine;

/// <summary>The result of a program.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error);

/// <summary>Runs a program and waits for it. The host decides how.</summary>
public interface IProgramRunner
{
    /// <param name="program">The program. Absolute.</param>
    /// <param name="arguments">Its arguments, unquoted.</param>
    /// <param name="cancel">Kills it.</param>
    Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel);
}
