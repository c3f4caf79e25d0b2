using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>The cause of a failed run. Cake's own result is only -1.</summary>
public sealed class CommandOutcome
{
    /// <summary>The exception, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Cake's message about a failure outside of any task, or null.</summary>
    public string? Said { get; private set; }

    /// <summary>What is said if the operator stops the run.</summary>
    public string Stopped { get; private set; } = "stopped.";

    /// <summary>What is to be done; a command that is stopped says what it has left.</summary>
    public void Expect(Target? target) =>
        Stopped = target switch
        {
            Target.Submit or Target.PegasusPlan or Target.PegasusRun => "stopped. The same command, given again, continues.",
            Target.Default or Target.DryRun or Target.LoadConfig or Target.QueryRuns or Target.FilterModes or Target.PlanChunks
                or Target.WriteWorkflow => "stopped. Nothing was submitted.",
            _ => "stopped.",
        };

    /// <summary>Records a failure; the first one is the cause.</summary>
    public void Failed(Exception failure) => Failure ??= failure;

    /// <summary>Records a message of Cake; the first one is the cause.</summary>
    public void FailedSaying(string text) => Said ??= text;
}
