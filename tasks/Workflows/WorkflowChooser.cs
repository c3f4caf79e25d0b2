using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.Workflows;

/// <summary>Finds the requested workflow: <c>--name</c>, or else the latest.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="workDir">Where workflows are.</param>
public sealed class WorkflowChooser(HostEnvironment host, string workDir)
{
    /// <summary>All workflows, the oldest first.</summary>
    public IReadOnlyList<WorkflowOnDisk> All() =>
        [
            .. WorkflowName
                .Existing(host, workDir)
                .Select(name => WorkflowOnDisk.Read(host.Disk, workDir, name))
                .OrderBy(AgeOf)
                .ThenBy(w => w.Name, StringComparer.Ordinal),
        ];

    /// <summary>The requested workflow.</summary>
    /// <exception cref="UsageException">There is none, or none of that name.</exception>
    public WorkflowOnDisk Choose(Invocation invocation)
    {
        if (invocation.Options.Name is not { } name)
        {
            var all = All();

            // A dry run leaves a folder as well; workflows that were submitted or planned come first.
            return all.LastOrDefault(w => w.SubmittedAt is not null)
                ?? all.LastOrDefault(w => w.Submit is not null)
                ?? all.LastOrDefault(HasPlan)
                ?? throw new UsageException(
                    $"there is no workflow below '{Path.Combine(workDir, "generated")}'. --target=DryRun plans one, "
                        + "--target=Submit submits one; --config selects another configuration."
                );
        }

        if (WorkflowName.ErrorIn(name) is { } fault)
        {
            throw new UsageException(fault);
        }

        return Existing(name);
    }

    /// <summary>Reads the same workflow again.</summary>
    /// <exception cref="UsageException">It was deleted.</exception>
    public WorkflowOnDisk Again(WorkflowOnDisk workflow) => Existing(workflow.Name);

    private WorkflowOnDisk Existing(string name)
    {
        var workflow = WorkflowOnDisk.Read(host.Disk, workDir, name);
        if (workflow.Submit is null && !host.Disk.Directory.Exists(workflow.Folder))
        {
            var names = WorkflowName.Existing(host, workDir);
            throw new UsageException(
                $"there is no workflow '{name}' below '{Path.Combine(workDir, "generated")}'{NearestName.Hint(name, names)}: "
                    + (
                        names.Count == 0
                            ? "there is none at all."
                            : $"name one that exists (--target=List shows all): {string.Join(", ", names.TakeLast(20))}."
                    )
            );
        }

        return workflow;
    }

    /// <summary>
    /// Whether anything was planned in it: a command that failed early, for example because the disk was full, leaves an empty folder.
    /// </summary>
    private bool HasPlan(WorkflowOnDisk workflow) =>
        host.Disk.File.Exists(Path.Combine(workflow.Folder, SettingsArtifact.FileName))
        || host.Disk.File.Exists(Path.Combine(workflow.Folder, WorkflowFolder.Workflow));

    private DateTimeOffset AgeOf(WorkflowOnDisk workflow) => workflow.SubmittedAt ?? Newest(workflow.Folder);

    private DateTimeOffset Newest(string folder)
    {
        var files = new[] { WorkflowOnDisk.PlannedFile, "workflow.yml", SettingsArtifact.FileName }
            .Select(f => Path.Combine(folder, f))
            .Where(host.Disk.File.Exists)
            .ToList();
        return new DateTimeOffset(
            files.Count > 0
                ? host.Disk.File.GetLastWriteTimeUtc(files[0])
                : host.Disk.Directory.GetLastWriteTimeUtc(folder),
            TimeSpan.Zero
        );
    }
}
