using Cake.Frosting;
using Outsource.Configuration;
using Outsource.DryRun;
using Outsource.Errors;
using Outsource.PlanChunks;

namespace Outsource.Tasks;

[TaskName(nameof(DryRun))]
[TaskDescription("Say what would be processed, what not and why; submit nothing")]
[IsDependentOn(typeof(PlanChunks))]
public sealed class DryRun : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        var outputs = context.Outputs;
        var (runs, console) = (outputs.Ledger.ReadHeader().Runs, context.Request.Terminal());
        if (context.Request.Invocation.Has("json"))
        {
            console.Profile.Out.Writer.Write(DryRunJson.Render(context.Loaded, runs, outputs.Totals, outputs.Plan));
        }
        else
        {
            // Between what was said on the way and the report.
            context.Messages.Note("");
            new DryRunReport(
                context.Loaded,
                runs,
                outputs.Totals,
                outputs.Plan,
                PlanDigest.Of(context.Disk, SettingsFingerprint.Of(context.Loaded), context.Folder),
                context.Request.Invocation.Verbosity is "verbose" or "diagnostic").Draw(console);
        }

        new PipelineWords(context).Say();
        if (outputs.Plan.Groups.IsEmpty)
        {
            throw new NothingToDoException(runs == 0
                ? FormattableString.Invariant($"nothing to do: no run is in range. Look at --from and --to, and at min_run_number = {context.Loaded.Settings.MinRunNumber}.")
                : $"nothing to do: no run has a data type to process. {(context.Request.Invocation.Has("json") ? "'reasons' in the document says" : "The tables above say")} why.");
        }
    }
}

[TaskName(nameof(Default))]
[TaskDescription("The same as DryRun")]
[IsDependentOn(typeof(DryRun))]
public sealed class Default : FrostingTask<OutsourceContext>;
