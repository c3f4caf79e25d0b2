namespace Outsource.Build.Hosting;

/// <summary>What ended a run, noted where it is still whole: the engine's own result is a bare -1 whatever happened.</summary>
public sealed class CommandOutcome
{
    /// <summary>What was thrown, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What the engine said of a failure outside of any task, or null.</summary>
    public string? Said { get; private set; }

    /// <summary>Notes a failure; the first one is the cause.</summary>
    public void Failed(Exception failure) => Failure ??= failure;

    /// <summary>Notes what the engine said; the first sentence is the cause.</summary>
    public void FailedSaying(string text) => Said ??= text;
}
