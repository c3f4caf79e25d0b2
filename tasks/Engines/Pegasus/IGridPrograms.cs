using System.Collections.Immutable;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Pegasus;

/// <summary>An installed program.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Version">As it says itself.</param>
public sealed record InstalledProgram(string Path, string Version);

/// <summary>What the planner is asked to do (docs/domain.md §9).</summary>
/// <param name="Workflow">The abstract workflow. Absolute.</param>
/// <param name="Properties">The property file. Absolute.</param>
/// <param name="ExecutionSite">Where jobs run.</param>
/// <param name="StagingSite">Where files wait for them.</param>
/// <param name="OutputSite">Where results come to.</param>
/// <param name="BaseDirectory">Folder of submit directories. Absolute.</param>
/// <param name="RelativeDirectory">The submit directory below it.</param>
public sealed record PlanOrder(
    string Workflow,
    string Properties,
    string ExecutionSite,
    string StagingSite,
    string OutputSite,
    string BaseDirectory,
    string RelativeDirectory
)
{
    /// <summary>How many jobs it has, the planner's own not counted; null: unknown.</summary>
    public long? Jobs { get; init; }

    /// <summary>The submit directory. Absolute.</summary>
    public string SubmitDirectory => Path.Combine(BaseDirectory, RelativeDirectory);
}

/// <summary>
/// The programs of Pegasus and HTCondor, as the domain sees them. One that is not installed is a <see cref="UsageException"/> that names
/// every place tried; one that fails answers with its exit code.
/// </summary>
public interface IGridPrograms
{
    /// <summary>Pegasus, 5.0 or later.</summary>
    InstalledProgram Pegasus();

    InstalledProgram Condor();

    InstalledProgram Java();

    /// <summary>The argument vector of <see cref="Plan"/>, program first, for people and records.</summary>
    ImmutableArray<string> PlanCommand(PlanOrder order);

    /// <summary>What a person types to do as <see cref="Start"/> does, program first.</summary>
    ImmutableArray<string> StartCommand(string submitDirectory);

    /// <summary>pegasus-plan; nothing is started.</summary>
    /// <param name="order">What to plan.</param>
    /// <param name="folder">Where the program stands. Absolute.</param>
    /// <param name="said">Is given each line as it comes.</param>
    CommandOutput Plan(PlanOrder order, string folder, Action<string> said);

    /// <summary>pegasus-run.</summary>
    CommandOutput Start(string submitDirectory);

    /// <summary>The DAGMan jobs in the queue that belong to a workflow, of whoever.</summary>
    QueueAnswer DagsOf(string workflowUuid);

    /// <summary>
    /// All jobs in the queue that belong to these workflows, DAGMan's included, of whoever; with very many of them those of others as well.
    /// </summary>
    QueueAnswer JobsOf(IReadOnlyList<string> rootUuids);

    /// <summary>Whether the schedd answers at all.</summary>
    QueueAnswer AskSchedd();
}
