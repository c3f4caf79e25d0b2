using System.Globalization;
using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Model.Notices;
using Outsource.PegasusPlan;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.PegasusRun;

[TaskName(nameof(Target.PegasusRun))]
[TaskDescription("Start the planned workflow, once")]
[IsDependentOn(typeof(PegasusPlanTask))]
public sealed class PegasusRunTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        var (request, settings) = (context.Request, context.Loaded.Settings);
        SubmissionRecord.CheckDemo(request, settings);
        StraxRule.Check(context.Loaded, Target.PegasusRun);
        SubmissionRecord.Claim(context);
        var planned = context.Outputs.Planned;
        var engine = context.EngineOf(settings);
        if (settings.Debug && engine is not IRunsHere)
        {
            context.Messages.Result(
                $"PegasusRun: not started, because of --debug. To start it: {ShellText.Join(engine.StartCommand(planned.SubmitDirectory))}"
            );
            SubmissionRecord.Reached(context, Target.PegasusRun);
            return;
        }

        if (request.Invocation.Exclusive && context.DagStatusReader.Of(context.Folder, context.SubmitDirectory).State == DagState.Planned)
        {
            // The plan may be days old, and its proxy and token with it.
            await PegasusPlanTask.RenewSecretsAsync(context).ConfigureAwait(false);
        }

        var submission = context.Messages.While(
            Path.GetFileName(engine.StartCommand(planned.SubmitDirectory)[0]),
            () =>
                new WorkflowStarter(
                    context.Disk,
                    engine,
                    context.DagStatusReader,
                    request.Machine,
                    request.Host,
                    () => InFlightCheck.Check(context)
                ).Start(planned, context.Folder, context.Loaded.Resumes ? StartAttempt.Continued : StartAttempt.First)
        );
        TellStart(context, planned);
        if (engine is IRunsHere here && !submission.FoundOut)
        {
            Run(context, here, planned);
            return;
        }

        SubmissionRecord.Reached(context, Target.PegasusRun);
        var cluster = string.Create(
            CultureInfo.InvariantCulture,
            $"{(submission.Cluster is { } number && planned.Engine == EngineKind.Pegasus ? $"cluster {number}, " : "")}"
                + $"{planned.SubmitDirectory}"
        );
        context.Messages.Result(
            submission.FoundOut
                ? $"PegasusRun: workflow '{settings.Name}' was already started by a command that was stopped before it could "
                    + $"record it ({cluster})."
                : $"PegasusRun: workflow '{settings.Name}' is submitted ({cluster})."
        );
        context.Messages.Note($"Check it with --target=Status --name={settings.Name}.");
    }

    private static void TellStart(OutsourceContext context, PlannedWorkflow planned) =>
        new NoticeDesk(context).TellIfPossible(
            planned.Name,
            planned.Engine,
            before => new WorkflowSight(planned.Name, Math.Max(1, before?.Starts ?? 0))
            {
                State = "running",
                Total = context.Outputs.Plan.Jobs,
            }
        );

    /// <summary>Runs the jobs here. A command that was stopped has not come to its end: the same command goes on with the jobs.</summary>
    private static void Run(OutsourceContext context, IRunsHere engine, PlannedWorkflow planned)
    {
        try
        {
            new RunHere(context, engine, planned.Name).ToItsEnd(new SubmitDirectory(context.Disk, planned.SubmitDirectory));
        }
        catch (OutsourceException)
        {
            SubmissionRecord.Reached(context, Target.PegasusRun);
            throw;
        }

        SubmissionRecord.Reached(context, Target.PegasusRun);
    }
}
