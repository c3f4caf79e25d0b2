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

    /// <summary>
    /// Whether somebody still reads standard output. The runtime says nothing of a pipe whose reader has ended, so the system is asked.
    /// </summary>
    public static bool HasReader()
    {
        const short Broken = 0x8 | 0x10;
        var output = new PollDescriptor { Descriptor = 1 };
        return !OperatingSystem.IsLinux() || Poll(ref output, 1, 0) <= 0 || (output.Found & Broken) == 0;
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

    /// <summary><c>struct pollfd</c> (poll(2)); POLLERR (8) of a pipe says that nobody reads it any more, POLLHUP (16) of others.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Fcntl(int descriptor, int command, int argument);
}
