namespace Outsource.Build.Hosting;

/// <summary>The cause of a failed run. Cake's own result is only -1.</summary>
public sealed class CommandOutcome
{
    /// <summary>The exception, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Cake's message about a failure outside of any task, or null.</summary>
    public string? Said { get; private set; }

    /// <summary>Records a failure; the first one is the cause.</summary>
    public void Failed(Exception failure) => Failure ??= failure;

    /// <summary>Records a message of Cake; the first one is the cause.</summary>
    public void FailedSaying(string text) => Said ??= text;
}
