using System.Collections.Immutable;
using System.Globalization;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Text;
using Outsource.Model.Failures;
using Outsource.Operator.Desk;
using Outsource.Operator.Diagnosis;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows.State;

namespace Outsource.Operator.Doctor;

/// <summary>The one command that mends the jobs of a group.</summary>
/// <param name="Target">Its target.</param>
/// <param name="Arguments">Its arguments, the target's first. They hold nothing that a shell would change without quotes.</param>
public sealed record TreatmentCommand(Target Target, ImmutableArray<string> Arguments)
{
    /// <summary>Whether it must wait until the workflow has ended.</summary>
    public bool AfterItsEnd { get; init; }

    /// <summary>As an operator types it.</summary>
    public string Text => string.Join(' ', [ProgramCommand.Program, .. Arguments.Select(Quoted)]);

    /// <summary>The value of an option is quoted, as operators write it.</summary>
    private static string Quoted(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return argument[..(equals + 1)] + ShellText.Quote(argument[(equals + 1)..]);
    }
}

/// <summary>Finds the command of each group of jobs.</summary>
/// <param name="status">The workflow.</param>
/// <param name="invocation">The command line, whose configuration the command needs too.</param>
public sealed class Treatment(WorkflowStatus status, Invocation invocation)
{
    /// <summary>Most sites in a command.</summary>
    private const int MostSites = 10;

    private bool HasEnded => status.State is WorkflowState.Failed or WorkflowState.Removed;

    /// <summary>The command.</summary>
    public TreatmentCommand Of(CauseGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group.Known is not { } cause ? Command(Target.Logs, $"--job={group.Jobs[0].Node.Node.Name}")
            : group.IsHeld ? OfHeld(group, cause)
            : OfEnded(group, cause);
    }

    /// <summary>The command that keeps the workflow away from sites.</summary>
    public TreatmentCommand Without(IEnumerable<string> sites) => Command(Target.Resubmit, $"--exclude-site={string.Join(',', sites)}");

    /// <summary>
    /// A held job keeps what it requested: one that needs more is removed, so that a retry with more replaces it. What a retry cannot help
    /// is removed too, so that the workflow comes to its end.
    /// </summary>
    private TreatmentCommand OfHeld(CauseGroup group, KnownCause cause) =>
        Command(
            cause.Mending is Mending.Memory or Mending.Disk or Mending.LeaveOut or Mending.Plan ? Target.Remove : Target.Release,
            $"--cause={group.Name}"
        );

    private TreatmentCommand OfEnded(CauseGroup group, KnownCause cause) =>
        cause.Mending switch
        {
            Mending.Memory => Resubmit(group, FactorOf(group, "memory", n => n.Memory)),
            Mending.Disk => Resubmit(group, FactorOf(group, "disk", n => n.Disk)),
            Mending.Sites => Resubmit(group, SitesOf(group)),
            Mending.Plan when RunRanges.Option(group.Runs) is { } runs => Command(Target.DryRun, $"--run={runs}"),
            Mending.LeaveOut or Mending.Plan => Command(Target.Resubmit, $"--leave-out={group.Name}"),
            _ => Resubmit(group, null),
        };

    private TreatmentCommand Resubmit(CauseGroup group, string? option) =>
        Command(Target.Resubmit, [$"--cause={group.Name}", .. option is null ? Array.Empty<string>() : [option]]);

    /// <summary>Slurm gives a job more at each attempt without being told; there the option would change nothing.</summary>
    private string? FactorOf(CauseGroup group, string resource, Func<NodeStatus, Usage?> of)
    {
        if (status.Engine == EngineKind.Slurm)
        {
            return null;
        }

        var factor = group
            .Jobs.Select(j => of(j.Node))
            .Select(u => u is { Used: { } used, Requested: { } asked } ? new MemoryUse(used, asked).Factor ?? MemoryUse.GreatestFactor : 2m)
            .Max();
        return string.Create(CultureInfo.InvariantCulture, $"--{resource}-factor={factor:0.#}");
    }

    private static string? SitesOf(CauseGroup group) =>
        group.Sites.Where(s => !s.Contains(' ', StringComparison.Ordinal)).Take(MostSites).ToList() is { Count: > 0 } sites
            ? $"--exclude-site={string.Join(',', sites)}"
            : null;

    /// <summary>A plan begins a workflow of its own; all else is about this one.</summary>
    private TreatmentCommand Command(Target target, params IEnumerable<string> options) =>
        new(
            target,
            [
                $"--target={target}",
                .. target == Target.DryRun ? Array.Empty<string>() : [$"--name={status.Name}"],
                .. options,
                .. invocation.Options.Config is { } config ? new[] { $"--config={config}" } : [],
                .. Assignments.For(target, invocation),
            ]
        )
        {
            AfterItsEnd = target == Target.Resubmit && !HasEnded,
        };
}
