using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Foundation.Machine;
using Outsource.LoadConfig;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.List;

/// <summary>A workflow, and how its plan was made.</summary>
/// <param name="Status">Its state.</param>
public sealed record ListedWorkflow(WorkflowStatus Status)
{
    /// <summary>When its plan was made, UTC; null: it has none.</summary>
    public DateTimeOffset? MadeAt { get; init; }

    /// <summary>The arguments of its plan, each as it can be typed again.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>The same in a few words.</summary>
    public string ArgumentsInBrief { get; init; } = "";

    /// <summary>Reads how the plan of a workflow was made.</summary>
    public static ListedWorkflow Read(HostEnvironment host, WorkflowOnDisk workflow, WorkflowStatus status)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(workflow);
        var settings = Path.Combine(workflow.Folder, SettingsArtifact.FileName);
        var (typed, brief) = RecordedArguments.Shown(host, workflow.WorkDir, workflow.Name);
        return new ListedWorkflow(status)
        {
            MadeAt = host.Disk.File.Exists(settings) ? new DateTimeOffset(host.Disk.File.GetLastWriteTimeUtc(settings)) : null,
            Arguments = typed,
            ArgumentsInBrief = brief,
        };
    }
}
