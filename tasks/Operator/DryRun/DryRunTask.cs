using System.Globalization;
using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Operator.GitHubActions;
using Outsource.PlanChunks;
using Outsource.Settings.Options;

namespace Outsource.Operator.DryRun;

[TaskName(nameof(Target.DryRun))]
[TaskDescription("Show what would be processed, what not, and why; submit nothing")]
[IsDependentOn(typeof(PlanChunksTask))]
public sealed class DryRunTask : FrostingTask<OutsourceContext>
{
    public override void Run(OutsourceContext context)
    {
        var outputs = context.Outputs;
        var (runs, console) = (outputs.Ledger.ReadHeader().Runs, context.Request.Terminal());
        if (context.Request.Invocation.Options.Json)
        {
            console.Profile.Out.Writer.Write(DryRunJson.Render(context.Loaded, runs, outputs.Totals, outputs.Plan));
        }
        else
        {
            // Separates earlier messages from the report.
            context.Messages.Note("");
            new DryRunReport(
                context.Loaded,
                runs,
                outputs.Totals,
                outputs.Plan,
                PlanDigest.Of(context.Disk, SettingsFingerprint.Of(context.Loaded), context.Folder)
            )
            {
                AllRuns = context.Request.Invocation.Verbosity is "verbose" or "diagnostic",
            }.Draw(console);
        }

        new ActionsReporter(context).Say();
        if (outputs.Plan.Groups.IsEmpty)
        {
            throw new NothingToDoException(
                runs == 0
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"nothing to do: no run is in range. Check --from, --to and min_run_number = "
                            + $"{context.Loaded.Settings.MinRunNumber}."
                    )
                    : "nothing to do: no run has a data type to process. "
                        + $"{(context.Request.Invocation.Options.Json ? "'reasons' in the document shows" : "The tables above show")} why."
            );
        }
    }
}

[TaskName(nameof(Target.Default))]
[TaskDescription("The same as DryRun")]
[IsDependentOn(typeof(DryRunTask))]
public sealed class DefaultTask : FrostingTask<OutsourceContext>;
