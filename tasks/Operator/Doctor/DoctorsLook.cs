using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Machine;
using Outsource.Model.Failures;
using Outsource.Operator.Analyze;
using Outsource.Operator.Desk;
using Outsource.Operator.Diagnosis;
using Outsource.Settings.Keys;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Operator.Doctor;

/// <summary>Looks at a workflow: the causes of its failed and held jobs, and the sites where they ended.</summary>
/// <param name="context">The run.</param>
/// <param name="desk">Asks the queue, and reads the state.</param>
public sealed class DoctorsLook(OutsourceContext context, WorkflowCommands desk)
{
    /// <summary>Looks.</summary>
    /// <exception cref="Foundation.Errors.UsageException">It was never planned, or the table of causes is not valid.</exception>
    public Examination At(WorkflowOnDisk workflow)
    {
        var invocation = context.Request.Invocation;
        var share = new ConfiguredPlaces(context.Request.Host).DoctorSiteShare(invocation);
        var submit = desk.Planned(workflow);
        var status = desk.StatusOf(workflow).Known;
        foreach (var warning in status.Warnings)
        {
            context.Messages.Warn($"{warning}.");
        }

        var treatment = new Treatment(status, invocation);
        var groups = new CauseChoice(context, submit, status).Groups;
        var sites = SitesOf(submit, status);
        var bad = sites.Bad(share);
        var named = bad.Select(s => s.Site).Where(s => !s.Contains(' ', StringComparison.Ordinal)).ToImmutableArray();
        return new Examination(status, [.. groups.Select(g => new TreatedGroup(g, treatment.Of(g)))])
        {
            Retried = new TroubledJobs(status.Nodes).Again.Length,
            Sites = sites.Sites,
            BadSites = bad,
            AwayFromSites = named.IsEmpty ? null : treatment.Without(named),
        };
    }

    private SiteTally SitesOf(SubmitDirectory submit, WorkflowStatus status) =>
        submit.Engine == EngineKind.Pegasus
            ? context.Messages.While(
                "the sites of the attempts",
                () => new SiteAttempts(context.Disk, submit).Count(status.Nodes, context.Cancellation)
            )
            : new SiteTally();
}
