using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.FilterModes;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Settings.Options;

namespace Outsource.PlanChunks;

[TaskName(nameof(Target.PlanChunks))]
[TaskDescription("Count the chunks of each selected run and divide them into jobs")]
[IsDependentOn(typeof(FilterModesTask))]
public sealed class PlanChunksTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        var ledger = context.Outputs.Ledger.Selection;
        var planner = new ChunkPlanner(context.Disk, context.Messages, context.Loaded.Settings.MaxParallelRequests);
        var reused = context.Reuse.Of(
            Target.PlanChunks,
            Path.Combine(context.Folder, JobPlan.FileName),
            () => JobPlan.Read(context.Disk, context.Folder),
            plan => plan.Fingerprint,
            () => planner.FingerprintOf(context.Loaded, ledger.ReadHeader())
        );
        if (reused is not null)
        {
            context.Outputs.Plan = reused;
            SayForced(context);
            return;
        }

        context.RequireUnwritten(Target.PlanChunks);
        await using var asked = context.Sources.Datasets();
        var plan = await planner
            .PlanAsync(context.Loaded, ledger, asked.Source, context.Folder, context.Cancellation)
            .ConfigureAwait(false);
        context.Outputs.Plan = plan;
        asked.Done();
        context.ReportResult(
            Target.PlanChunks,
            $"PlanChunks: {Counted.Of(plan.Jobs, "job")} for {Counted.Of(plan.Runs, "run")} and {Counted.Of(plan.Chunks, "chunk")}."
        );
        SayForced(context);
    }

    /// <summary>Data that is made a second time is logged: an operator who only wanted to replace a workflow must notice it.</summary>
    private static void SayForced(OutsourceContext context)
    {
        if (!context.Loaded.Settings.Force)
        {
            return;
        }

        var forced = context
            .Outputs.Ledger.Read()
            .Where(l => l is { Run: not null, Verdict.Reason: Reason.Forced })
            .Select(l => (l.Run!.Value, l.Type))
            .ToHashSet();
        var (jobs, all) = (
            context.Outputs.Plan.Groups.Where(g => forced.Contains((g.Run, g.Type))).Sum(g => (long)g.Jobs),
            context.Outputs.Plan.Jobs
        );
        if (jobs > 0)
        {
            context.Messages.Warn(
                $"{Counted.Of(jobs, "job")} of {all:N0} {Counted.Word(jobs, "exists", "exist")} only because of --force: the data that "
                    + $"{Counted.Word(jobs, "it makes", "they make")} is already stored. To replace a workflow without that, pass "
                    + "--replace instead."
            );
        }
    }
}
