using System.Runtime.InteropServices;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>Standard output and standard error while the host runs; writing to them never throws.</summary>
internal sealed partial class StandardStreams : IDisposable
{
    private readonly TextWriter _output = Console.Out;
    private readonly TextWriter _error = Console.Error;
    private readonly LastingWriter _lastingOutput;
    private readonly AsciiWriter? _asciiOutput;

    public StandardStreams()
    {
        _lastingOutput = new LastingWriter(IsOpen(1) ? _output : null);
        var lastingError = new LastingWriter(IsOpen(2) ? _error : null);
        if (!CharacterSet.IsAscii(Environment.GetEnvironmentVariable))
        {
            Console.SetOut(_lastingOutput);
            Console.SetError(lastingError);
            return;
        }

        _asciiOutput = new AsciiWriter(_lastingOutput);
        Console.SetOut(_asciiOutput);
        Console.SetError(new AsciiWriter(lastingError));
    }

    /// <summary>
    /// Standard output may be a document for a program: JSON keeps its meaning in ASCII, and a table of values stays as it is.
    /// </summary>
    public void Expect(CommandOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (_asciiOutput is not null && (options.Json || options.Tsv))
        {
            _asciiOutput.Form = options.Json ? AsciiText.OfJson : text => text;
        }
    }

    /// <summary>The final exit code: if output was lost, it must not be 0.</summary>
    /// <param name="code">The exit code of the work.</param>
    public int CodeOf(int code)
    {
        if (_lastingOutput.Refusal is not { } why)
        {
            return code;
        }

        Console.Error.WriteLine(
            $"Error: standard output cannot be written: {why}. Output was lost"
                + $"{(code == ExitCodes.Done ? "; everything else is done" : "")}. Write the output somewhere else, and run the command "
                + $"again "
                + "if you need it."
        );
        return code == ExitCodes.Done ? ExitCodes.Failed : code;
    }

    /// <summary>Whether standard output is still read. The runtime does not report a closed pipe, so the system is asked.</summary>
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
    /// Whether the stream is open. The runtime uses free descriptor numbers for its own pipes and files, which we must not write to; those
    /// have the close-on-exec flag, inherited streams do not.
    /// </summary>
    private static bool IsOpen(int descriptor)
    {
        const int GetFlags = 1,
            CloseOnExec = 1;
        return !OperatingSystem.IsLinux() || (Fcntl(descriptor, GetFlags, 0) is >= 0 and var flags && (flags & CloseOnExec) == 0);
    }

    /// <c>struct pollfd</c> (poll(2)); POLLERR (8) of a pipe means that it is no longer read, POLLHUP (16) of others.
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
