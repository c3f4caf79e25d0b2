using Outsource.Foundation.Errors;

namespace Outsource.Engines.Pegasus;

/// <summary>An installed program.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Version">The version that it prints.</param>
public sealed record InstalledProgram(string Path, string Version);

/// <summary>What the planner is asked to do (docs/domain.md §9).</summary>
/// <param name="Workflow">The abstract workflow. Absolute.</param>
/// <param name="Properties">The property file. Absolute.</param>
/// <param name="ExecutionSite">Where jobs run.</param>
/// <param name="StagingSite">Where files wait for jobs.</param>
/// <param name="OutputSite">Where results are written.</param>
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
    /// <summary>How many jobs it has, without the planner's own; null: unknown.</summary>
    public long? Jobs { get; init; }

    /// <summary>The submit directory. Absolute.</summary>
    public string SubmitDirectory => Path.Combine(BaseDirectory, RelativeDirectory);
}

/// <summary>
/// The programs of Pegasus and HTCondor, as the rest of the program uses them. If one is not installed, a <see cref="UsageException"/>
/// names every place that was tried; if one fails, its exit code is returned.
/// </summary>
public interface IGridPrograms : IEngine
{
    /// <summary>Pegasus, 5.0 or later.</summary>
    InstalledProgram Pegasus();

    InstalledProgram Condor();

    InstalledProgram Java();

    /// <summary>Whether the schedd answers at all.</summary>
    QueueAnswer AskSchedd();
}
