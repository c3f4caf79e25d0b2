using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task as the engine sees it.</summary>
public interface IFrostingTask
{
    /// <summary>Does the work.</summary>
    Task RunAsync(ICakeContext context);

    /// <summary>Whether there is anything to do.</summary>
    bool ShouldRun(ICakeContext context);

    /// <summary>Shown in the report when <see cref="ShouldRun"/> said no.</summary>
    string SkippedMessage => "";

    /// <summary>Called with what <see cref="RunAsync"/> threw; the failure counts as handled.</summary>
    void OnError(Exception exception, ICakeContext context);

    /// <summary>Called when the task has ended, well or not.</summary>
    void Finally(ICakeContext context);
}
