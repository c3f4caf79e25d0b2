using Outsource.Settings.Options;

namespace Outsource.Build.Hosting;

/// <summary>The cause of a failed run, and how far it had come. Cake's own result is only -1.</summary>
public sealed class CommandOutcome
{
    private volatile string? _stage;
    private volatile bool _plans;

    /// <summary>The name of the workflow, if it was known at the end; else null.</summary>
    public string? Workflow { get; set; }

    /// <summary>When the run began, UTC.</summary>
    public DateTimeOffset Began { get; } = DateTimeOffset.UtcNow;

    /// <summary>Whether nothing to do is a success.</summary>
    public bool NothingIsFine { get; set; }

    /// <summary>The exception, or null.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Cake's message about a failure outside of any task, or null.</summary>
    public string? Said { get; private set; }

    /// <summary>The sentence for a run that the operator stops now: it says what has certainly not been done.</summary>
    public string Stopped =>
        !_plans ? "stopped."
        : _stage is null or nameof(Target.LoadConfig) or nameof(Target.QueryRuns) or nameof(Target.FilterModes)
            ? "stopped; nothing was planned or submitted."
        : _stage is nameof(Target.PegasusRun) or nameof(Target.Submit)
            ? "stopped while the workflow was started: --target=Status shows whether it runs. The same command, given again, continues."
        : "stopped; nothing was submitted.";

    /// <summary>Records a failure; the first one is the cause.</summary>
    public void Failed(Exception failure) => Failure ??= failure;

    /// <summary>Records a message of Cake; the first one is the cause.</summary>
    public void FailedSaying(string text) => Said ??= text;

    /// <summary>Records what is to be done.</summary>
    public void Expect(Target? target) => _plans = target is { } known && TargetSets.Of(TargetSet.Planning).Contains(known);

    /// <summary>Records that a stage begins.</summary>
    public void Begins(string stage) => _stage = stage;
}
