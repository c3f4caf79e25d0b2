using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Diff;

/// <summary>
/// Finds the two plans to compare: names of workflows below work_dir, or folders with saved artifacts (recognised by a slash), as CI keeps
/// them.
/// </summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="workflows">The workflows below work_dir; used only for a name.</param>
public sealed class PlanFolders(HostEnvironment host, Func<WorkflowChooser> workflows)
{
    private static readonly (string File, Target Stage)[] Artifacts =
    [
        (SettingsArtifact.FileName, Target.LoadConfig),
        (LedgerFile.FileName, Target.FilterModes),
        (JobPlan.FileName, Target.PlanChunks),
    ];

    /// <summary>The plan of <c>--name</c> (or else the latest) and the one of <c>--with</c>.</summary>
    /// <exception cref="UsageException">One is missing or incomplete.</exception>
    public (PlanFolder Before, PlanFolder After) Read(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        var with =
            invocation.Options.With
            ?? throw new UsageException(
                "Diff compares two plans: --name=A --with=B, each the name of a workflow or a folder with its artifacts, such as "
                    + "./kept/2025-05-13."
            );
        var (before, after) = (Find(invocation, "name", invocation.Options.Name), Find(invocation, "with", with));
        var given = invocation.Options.Name is null
            ? "without --name the latest plan is compared, and --with is"
            : "--name and --with are";
        return before.Path != after.Path
            ? (before, after)
            : throw new UsageException(
                $"{given} the same plan, '{after.Path}'. Pass another one."
            );
    }

    private PlanFolder Find(Invocation invocation, string option, string? value)
    {
        PlanFolder folder;
        if (value?.Contains('/', StringComparison.Ordinal) == true)
        {
            folder = new PlanFolder(value, Path.TrimEndingDirectorySeparator(host.Absolute(value)));
        }
        else
        {
            var workflow = workflows().Choose(invocation.Named(value));
            folder = new PlanFolder(workflow.Name, workflow.Folder);
        }

        if (!host.Disk.Directory.Exists(folder.Path))
        {
            throw new UsageException(
                $"--{option}: there is no folder '{folder.Path}'. A plan is the name of a workflow (--target=List shows all) or a "
                    + "folder with its artifacts."
            );
        }

        foreach (var (file, stage) in Artifacts)
        {
            var path = Path.Combine(folder.Path, file);
            if (!host.Disk.File.Exists(path))
            {
                throw new UsageException(
                    $"--{option}: '{path}' is missing, so '{folder.Name}' cannot be compared. Stage {stage} makes it; "
                        + "--target=DryRun makes everything that is compared."
                );
            }
        }

        return folder;
    }
}
