using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Notices;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;

namespace Outsource.PegasusRun;

/// <summary>
/// Runs the jobs of a started workflow in this process, and shows how far they are. Other commands can act on it meanwhile.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="engine">Runs the jobs.</param>
/// <param name="name">The workflow.</param>
public sealed class RunHere(OutsourceContext context, IRunsHere engine, string name)
{
    private readonly string _stage =
        context.Request.Invocation.Target == Target.Resubmit ? nameof(Target.Resubmit) : nameof(Target.PegasusRun);

    /// <summary>Runs them to the end.</summary>
    /// <param name="directory">The submit directory.</param>
    /// <exception cref="OutsourceException">Jobs failed, or somebody removed the workflow.</exception>
    /// <exception cref="OperationCanceledException">This command was stopped.</exception>
    public void ToItsEnd(SubmitDirectory directory)
    {
        // Hold, Release and Remove from another terminal claim the workflow; the runner's own lock refuses a second runner.
        context.Claims.LetGo();
        var view = new RunningView(context.Request, name);
        var began = context.Request.Machine.UtcNow;
        var end = engine.Run(directory, view.Show, context.Cancellation);
        var took = Elapsed.Text(context.Request.Machine.UtcNow - began);
        TellEnd(end);
        switch (end.Ending)
        {
            case RunEnding.Succeeded:
                context.Messages.Result($"{_stage}: all {Counted.Of(end.Total, "job")} of workflow '{name}' are done, after {took}.");
                context.Messages.Result($"  --target=Outputs --name={name} shows where the results are,");
                context.Messages.Result($"  --target=Status --name={name} the jobs, --target=Report --name={name} makes a page of it.");
                return;
            case RunEnding.Removed:
                context.Cancellation.ThrowIfCancellationRequested();
                throw new OutsourceException(
                    $"workflow '{name}' was removed after {took}, with {end.Done} of {Counted.Of(end.Total, "job")} done. "
                        + $"--target=Resubmit --name={name} continues it."
                );
            default:
                throw new OutsourceException(
                    $"{Counted.Of(end.Failed, "job")} of workflow '{name}' failed and {end.Done} of {end.Total} are done, after {took}. "
                        + $"--target=Analyze --name={name} shows why, --target=Resubmit --name={name} continues it."
                );
        }
    }

    private void TellEnd(RunProgress end) =>
        new NoticeDesk(context).TellIfPossible(
            name,
            EngineKind.Local,
            before => new WorkflowSight(name, Math.Max(1, before?.Starts ?? 1) + (before?.EndedAs is null ? 0 : 1))
            {
                State = end.Ending.ToString().ToLowerInvariant(),
                Ended = true,
                Succeeded = end.Ending == RunEnding.Succeeded,
                Done = end.Done,
                Total = end.Total,
                Failed = end.Failed,
            }
        );
}
