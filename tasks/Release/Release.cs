using Cake.Frosting;
using Outsource.Condor;
using Outsource.Errors;
using Outsource.Journal;
using Outsource.Reports;
using Outsource.Workflows;

namespace Outsource.Tasks;

[TaskName(nameof(Release))]
[TaskDescription("Let a held workflow and its held jobs go on (--only)")]
public sealed class Release : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new OperatorDesk(context);
        var workflow = desk.Chosen();
        var action = new RecordedAction(context, workflow, Steps.Release).Alone();
        var queued = new QueuedWorkflow(workflow.Name, desk.Queue(desk.Planned(workflow)));
        var only = OnlyRuns.Read(context.Request.Invocation, queued.Runs);
        List<QueueJob> held = [.. only is null ? queued.Dagmans.Where(d => d.Status == QueueJob.Held) : [], .. queued.Of(only, QueueJob.Held)];
        if (held.Count == 0)
        {
            throw new NothingToDoException($"nothing of workflow '{workflow.Name}' is held{(only is null ? "" : $" of the runs {OnlyRuns.Text(only)}")}: there is nothing to release.");
        }

        foreach (var reason in HeldJobs.Lines(held))
        {
            context.Messages.Result(reason);
        }

        new Confirmation(context.Request).Need($"Release {Counted.Of(held.Count, "held job")} of workflow '{workflow.Name}'");
        action.Do($"{held.Count} held", () =>
        {
            desk.Run((f, e, p, t) => new ReleaseJobs(f, e, p, t), "condor_release", held, $"released by {context.Request.Surroundings.User} with Outsource");
            return null;
        });
        context.Messages.Result($"Release: {Counted.Of(held.Count, "job")} of workflow {workflow.Name} released.");
    }
}
