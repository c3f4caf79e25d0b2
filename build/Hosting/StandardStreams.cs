using System.Runtime.InteropServices;
using Outsource.Foundation.Errors;

namespace Outsource.Build.Hosting;

/// <summary>Standard output and standard error, for as long as the host runs; whoever writes to them does not fail.</summary>
internal sealed partial class StandardStreams : IDisposable
{
    private readonly TextWriter _output = Console.Out;
    private readonly TextWriter _error = Console.Error;
    private readonly LastingWriter _lastingOutput;

    public StandardStreams()
    {
        _lastingOutput = new LastingWriter(IsOpen(1) ? _output : null);
        Console.SetOut(_lastingOutput);
        Console.SetError(new LastingWriter(IsOpen(2) ? _error : null));
    }

    /// <summary>What the host ends with: nothing that was to be shown may be lost with a code that says that all is well.</summary>
    /// <param name="code">What the work itself ends with.</param>
    public int CodeOf(int code)
    {
        if (_lastingOutput.Refusal is not { } why)
        {
            return code;
        }

        Console.Error.WriteLine(
            $"Error: standard output cannot be written: {why}. What was to be shown is lost"
                + $"{(code == ExitCodes.Done ? "; all else is done" : "")}. Let it go to a place that takes it, and give the command again "
                + "where you need what it says."
        );
        return code == ExitCodes.Done ? ExitCodes.Failed : code;
    }

    public void Dispose()
    {
        Console.SetOut(_output);
        Console.SetError(_error);
    }

    /// <summary>
    /// Whether we were given the stream. The runtime takes a number that is free for pipes and files of its own, which must not be written
    /// to; it closes them to programs that it starts, and what we were given was not closed to us.
    /// </summary>
    private static bool IsOpen(int descriptor)
    {
        const int GetFlags = 1,
            CloseOnExec = 1;
        return !OperatingSystem.IsLinux() || (Fcntl(descriptor, GetFlags, 0) is >= 0 and var flags && (flags & CloseOnExec) == 0);
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fcntl(int descriptor, int command, int argument);
}
