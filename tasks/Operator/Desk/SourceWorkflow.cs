using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Desk;

/// <summary>A workflow that ran on the grid: one of this <c>work_dir</c>, or the folder of one from another machine or program.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">The folder of its <c>workflow.yml</c>. Absolute.</param>
/// <param name="Outputs">Where its results come to here. Absolute.</param>
public sealed record SourceWorkflow(string Name, string Folder, string Outputs)
{
    /// <summary>Where its own program brought results, if that is another folder of this machine. Absolute.</summary>
    public string? OwnOutputs { get; init; }

    /// <summary>The workflow that <c>--name</c> or <c>--workflow</c> names.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static SourceWorkflow Of(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var options = context.Request.Invocation.Options;
        var desk = new WorkflowCommands(context);
        if (options.Workflow is not { } typed)
        {
            var workflow = desk.Chosen();
            return new SourceWorkflow(workflow.Name, workflow.Folder, workflow.OutputsFolder);
        }

        if (options.Name is not null && context.Request.Invocation.Target != Target.Relay)
        {
            throw new UsageException("--name and --workflow both name a workflow: pass one of them. Nothing was done.");
        }

        var (name, folder) = Named(context, typed);
        var trust = new ConfiguredPlaces(context.Request.Host).Trust(context.Request.Invocation, context.Request.Machine);
        var outputs = Path.Combine(desk.WorkDir, "outputs", name);
        trust.Check(outputs);
        var own = Path.Combine(Path.GetDirectoryName(folder)!, "outputs");
        return new SourceWorkflow(name, folder, outputs)
        {
            OwnOutputs = IsTodays(folder) && context.Disk.Directory.Exists(own) ? own : null,
        };
    }

    /// <summary>The folder with <c>workflow.yml</c>, and the name: that of the folder; today's program has it one higher.</summary>
    private static (string Name, string Folder) Named(OutsourceContext context, string typed)
    {
        var asked = Path.TrimEndingDirectorySeparator(context.Request.Host.Absolute(typed));
        var folder =
            new[] { asked, Path.Combine(asked, "generated") }.FirstOrDefault(f =>
                context.Disk.File.Exists(Path.Combine(f, WorkflowFolder.Workflow))
            )
            ?? throw new UsageException(
                $"--workflow={UntrustedText.Brief(typed)} names no workflow: neither '{asked}' nor a folder 'generated' in it has a "
                    + $"{WorkflowFolder.Workflow}. Name the folder of a workflow of this program, or of outsource of 2024 and 2025."
            );
        var name = Path.GetFileName(IsTodays(folder) ? Path.GetDirectoryName(folder)! : folder);
        return WorkflowName.ErrorIn(name) is { } fault
            ? throw new UsageException($"--workflow={UntrustedText.Brief(typed)}: {fault}")
            : (name, folder);
    }

    private static bool IsTodays(string folder) => Path.GetFileName(folder) == "generated";
}
