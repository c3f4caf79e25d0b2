namespace Outsource.Foundation.Errors;

/// <summary>The exit codes of the program; a tool's own code stands in when a tool failed (docs/exit-codes.md).</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Something outside our hands failed: a service, a disk, a tool.</summary>
    public const int Failed = 1;

    /// <summary>Called or configured wrongly.</summary>
    public const int Usage = 2;

    /// <summary>Nothing to do.</summary>
    public const int NothingToDo = 3;

    /// <summary>Stopped by Ctrl-C, or a tool was killed by a signal. To shells 126 and more mean something else.</summary>
    public const int Cancelled = 125;

    /// <summary>What we end with when a tool failed: its own code, as far as that can be ours.</summary>
    /// <param name="code">The tool's; one that was killed has 128 and its signal's number.</param>
    public static int OfTool(int code) => Math.Clamp(code, Failed, Cancelled);
}

/// <summary>An error that an operator can act on. The message says subject, wrong value, what is allowed, what to do.</summary>
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

/// <summary>One thing wrong with what the operator gave us.</summary>
/// <param name="Text">Subject, wrong value, what is allowed, what to do; one or two sentences.</param>
/// <param name="File">The file it stands in, or null.</param>
/// <param name="Line">The line, counted from 1, or null.</param>
public sealed record Fault(string Text, string? File = null, int? Line = null)
{
    public override string ToString() =>
        File is null ? Text
        : Line is null ? $"{File}: {Text}"
        : $"{File}:{Line}: {Text}";
}

/// <summary>Called or configured wrongly: exit code 2. All faults found are told together.</summary>
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
