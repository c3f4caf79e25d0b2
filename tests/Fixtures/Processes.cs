using System.Diagnostics;

namespace Outsource.Tests.Fixtures;

/// <summary>Waits for programs that end in time, or are ended: no test waits without a limit.</summary>
internal static class Processes
{
    /// <summary>Longer than any program of a test takes on a busy machine.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Waits for the end of a program.</summary>
    /// <param name="process">The program.</param>
    /// <param name="longest">How long; three minutes where nothing is said.</param>
    /// <returns>Its exit code.</returns>
    /// <exception cref="TimeoutException">It did not end, and was killed.</exception>
    public static int Finish(this Process process, TimeSpan? longest = null)
    {
        if (!process.WaitForExit(longest ?? Longest))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{process.StartInfo.FileName}' did not end within {longest ?? Longest}, and was killed.");
        }

        return process.ExitCode;
    }

    /// <summary>Waits for the end of a program whose standard output is redirected.</summary>
    /// <returns>Its exit code, and its output.</returns>
    /// <exception cref="TimeoutException">It did not end, and was killed.</exception>
    public static (int ExitCode, string Out) FinishWithOutput(this Process process)
    {
        var text = process.StandardOutput.ReadToEndAsync();
        var exitCode = process.Finish();
        return text.Wait(Longest)
            ? (exitCode, text.Result)
            : throw new TimeoutException($"What '{process.StartInfo.FileName}' started keeps its output open.");
    }
}
