using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;

namespace Outsource.Engines;

/// <summary>
/// Plans workflows, runs their jobs, and changes them afterwards. The records that an engine leaves in the submit directory have one form,
/// that of DAGMan and of HTCondor's job log: all that reads them works with any engine.
/// </summary>
public interface IEngine : IQueue
{
    EngineKind Kind { get; }

    /// <summary>
    /// Whether it submits job by job: then a start that was stopped is called again, and submits only what is missing.
    /// </summary>
    bool StartsByParts => false;

    /// <summary>Its programs and their versions, with what makes a plan first.</summary>
    /// <exception cref="UsageException">One of them is not installed, or too old.</exception>
    ImmutableArray<InstalledProgram> Programs();

    /// <summary>The argument vector of <see cref="Plan"/>, program first, for messages and records.</summary>
    ImmutableArray<string> PlanCommand(PlanOrder order);

    /// <summary>The command to type that does the same as <see cref="Start"/>, program first.</summary>
    ImmutableArray<string> StartCommand(string submitDirectory);

    /// <summary>Plans; nothing is started.</summary>
    /// <param name="order">What to plan.</param>
    /// <param name="folder">Its working directory. Absolute.</param>
    /// <param name="said">Is given each line as it comes.</param>
    CommandOutput Plan(PlanOrder order, string folder, Action<string> said);

    /// <summary>Starts a planned workflow, or continues one that has ended. What is done stays done.</summary>
    CommandOutput Start(string submitDirectory);

    /// <summary>Holds the managers of a workflow: no new jobs start.</summary>
    /// <exception cref="OutsourceException">The engine refused; the exception has its exit code.</exception>
    void Hold(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason);

    /// <summary>Releases held jobs, or held managers.</summary>
    /// <exception cref="OutsourceException">The engine refused; the exception has its exit code.</exception>
    void Release(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason);

    /// <summary>Removes managers, which remove their jobs; without a manager, the jobs that it left.</summary>
    /// <param name="directory">The submit directory.</param>
    /// <param name="managers">The managers.</param>
    /// <param name="jobs">The other jobs.</param>
    /// <returns>What the engine said.</returns>
    /// <exception cref="OutsourceException">The engine refused; the exception has its exit code.</exception>
    IReadOnlyList<string> Remove(SubmitDirectory directory, IReadOnlyList<QueueJob> managers, IReadOnlyList<QueueJob> jobs);
}
