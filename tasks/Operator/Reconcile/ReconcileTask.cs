using Cake.Frosting;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Settings.Options;

namespace Outsource.Operator.Reconcile;

[TaskName(nameof(Target.Reconcile))]
[TaskDescription("Compare plan, Rucio, RunDB and metadata of a workflow or of runs, and mend the RunDB (--types, --yes)")]
public sealed class ReconcileTask : AsyncFrostingTask<OutsourceContext>
{
    /// <summary>Options that name runs whatever workflow made them.</summary>
    private static readonly string[] OfAudits = ["run", "runlist", "from", "to", "since", "until"];

    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var invocation = context.Request.Invocation;
        var isAudit = OfAudits.Any(invocation.Given.ContainsKey);
        if (isAudit && (invocation.Options.Name is not null || !invocation.Options.Only.IsEmpty))
        {
            throw new UsageException(
                $"--name compares a workflow, of which --only names runs; --{string.Join(", --", OfAudits)} compare runs without one. Pass "
                    + "one kind. Nothing was compared."
            );
        }

        var world = isAudit
            ? await new AuditWorld(context).ReadAsync().ConfigureAwait(false)
            : new WorkflowWorld(context, new WorkflowCommands(context)).Read();
        await new Reconciliation(context, world).RunAsync().ConfigureAwait(false);
    }
}
