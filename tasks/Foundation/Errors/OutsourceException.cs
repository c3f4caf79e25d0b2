namespace Outsource.Foundation.Errors;

/// <summary>The exit codes of the program; a tool's own code is used when a tool failed (docs/exit-codes.md).</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Something outside the program failed: a service, a disk, a tool.</summary>
    public const int Failed = 1;

    /// <summary>Called or configured wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Nothing to do.</summary>
    public const int NothingToDo = 3;

    /// <summary>Stopped by Ctrl-C, or a tool was killed by a signal. For shells 126 and more mean something else.</summary>
    public const int Cancelled = 125;

    /// <summary>The exit code when a tool failed: its own code, within our limits.</summary>
    /// <param name="code">The tool's; when it was killed, 128 plus the number of the signal.</param>
    public static int OfTool(int code) => Math.Clamp(code, Failed, Cancelled);
}

/// <summary>An error for the operator. The message has subject, wrong value, what is allowed, what to do.</summary>
public class OutsourceException : Exception
{
    public OutsourceException(string message, int exitCode = ExitCodes.Failed, Exception? inner = null)
        : base(message, inner)
    {
        ExitCode = exitCode;
    }

    /// <summary>The code the process ends with, 1 to 125.</summary>
    public int ExitCode { get; }
}

/// <summary>One fault in the operator's input.</summary>
/// <param name="Text">Subject, wrong value, what is allowed, what to do; one or two sentences.</param>
/// <param name="File">The file it is in, or null.</param>
/// <param name="Line">The line, counted from 1, or null.</param>
public sealed record Fault(string Text, string? File = null, int? Line = null)
{
    public override string ToString() =>
        File is null ? Text
        : Line is null ? $"{File}: {Text}"
        : $"{File}:{Line}: {Text}";
}

/// <summary>Called or configured wrongly: exit code 2. All faults are reported together.</summary>
public sealed class UsageException : OutsourceException
{
    public UsageException(string message)
        : this([new Fault(message)]) { }

    public UsageException(IReadOnlyList<Fault> faults)
        : base(string.Join(Environment.NewLine, faults), ExitCodes.Usage)
    {
        Faults = faults;
    }

    public IReadOnlyList<Fault> Faults { get; }
}

/// <summary>There is nothing to do: exit code 3, and nothing was written that could be mistaken for a workflow.</summary>
public sealed class NothingToDoException(string message) : OutsourceException(message, ExitCodes.NothingToDo);
