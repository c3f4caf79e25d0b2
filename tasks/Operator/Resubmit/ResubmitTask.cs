using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Operator.Analyze;
using Outsource.Operator.Desk;
using Outsource.Operator.Diagnosis;
using Outsource.PegasusRun;
using Outsource.Services.Proxies;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.Operator.Resubmit;

[TaskName(nameof(Target.Resubmit))]
[TaskDescription("Continue a workflow where it stopped (--only, --cause, --memory-factor)")]
public sealed class ResubmitTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var desk = new WorkflowCommands(context);
        var workflow = desk.Chosen();
        var submit = desk.Planned(workflow);
        var action = new RecordedAction(context, workflow, Step.Resubmit).Alone();
        var queued = new QueuedWorkflow(workflow.Name, desk.Queue(submit)) { Manager = submit.Names.Manager };
        var status = desk.Reader.Read(workflow, new(queued.All), desk.Now);
        Precondition.Check(
            context.Disk,
            submit,
            status,
            queued,
            new JournalFile(context.Disk, workflow.Folder).StartedElsewhere(context.Request.Host.HostName)
        );
        var before = Resubmission.Before(context.Disk, workflow);
        var options = ResubmitOptions
            .Read(context.Request.Invocation, status.Runs.Select(r => r.Run))
            .With(new CauseChoice(context, submit, status));
        var rescue = new Rescue(context.Disk, submit, status, options);
        RefuseNothing(rescue, options);

        var changes = context.Messages.While("the submit files", rescue.Changes);
        foreach (var line in ResubmitReport.Lines(workflow.Name, rescue, changes))
        {
            context.Messages.Result(line);
        }

        _ = context.Messages.Counting(
            "failed jobs looked at",
            rescue.Failed.Length,
            progress => new FailureReader(context.Disk, submit).Read(rescue.Failed, context.Cancellation, progress)
        );
        foreach (var warning in TooLittleMemory.Warnings(context.Disk, submit, rescue.Tried, changes))
        {
            context.Messages.Warn(warning);
        }

        new Confirmation(context.Request).Need($"Resubmit workflow '{workflow.Name}'");
        await RenewSecretsAsync(context, workflow).ConfigureAwait(false);
        InFlightCheck.CheckAgain(context, desk.Queues, workflow, rescue.Tried.Select(n => (n.Name.Run!.Value, n.Name.Type!)).ToHashSet());
        action.Do(
            Resubmission.Describe(options),
            () =>
            {
                using var waiting = context.Messages.Waiting("the submit files and the start");
                rescue.Apply(changes);
                Leftovers.Clear(context.Disk, submit);
                var cluster = desk.Start(submit);
                new Resubmission(desk.Now, context.Request.Host.User, cluster, options).Write(context.Disk, workflow, before);
                return cluster;
            }
        );
        Continued(context, desk.Engine(submit.Engine), submit, workflow);
    }

    private static void RefuseNothing(Rescue rescue, ResubmitOptions options)
    {
        if (rescue.Open.Any(n => n.Name.Ours) && rescue.Tried.IsEmpty)
        {
            throw new NothingToDoException(
                options is { Treated: null, Spared: null }
                    ? "the runs of --only are finished: there is nothing to resubmit for them."
                    : "the options leave no job to try: there is nothing to resubmit."
            );
        }
    }

    /// <summary>Says where to look, or runs the jobs here.</summary>
    private static void Continued(OutsourceContext context, IEngine engine, SubmitDirectory submit, WorkflowOnDisk workflow)
    {
        if (engine is IRunsHere here)
        {
            new RunHere(context, here, workflow.Name).ToItsEnd(submit);
            return;
        }

        var number = engine.Kind == EngineKind.Pegasus ? submit.Dagman.Last : null;
        var cluster = number is null ? "" : FormattableString.Invariant($" as cluster {number}");
        context.Messages.Result(
            $"Resubmit: started again{cluster}. --target=Status --watch --name={workflow.Name} shows its progress."
        );
    }

    /// <summary>
    /// Proxy and token may be days old. Without a new token the jobs log in themselves, so the workflow continues anyway.
    /// </summary>
    private static async Task RenewSecretsAsync(OutsourceContext context, WorkflowOnDisk workflow)
    {
        try
        {
            var host = context.Request.Host;
            var settings = SettingsArtifact.Read(host, Path.Combine(workflow.Folder, SettingsArtifact.FileName)).Settings;
            RenewProxy(context, settings);
            if (TokenCopy.IsNeeded(settings) && !settings.Demo)
            {
                await RunDbTokens.EnsureAsync(settings, host, context.Messages, null, context.Cancellation).ConfigureAwait(false);
                TokenCopy.Put(context.Disk, settings);
            }
        }
        catch (OutsourceException error)
        {
            context.Messages.Warn($"no new RunDB token for the jobs: {error.Message}");
        }
    }
    private static void RenewProxy(OutsourceContext context, OutsourceSettings settings)
    {
        try
        {
            if (new ProxyCopy(context.Disk, settings, context.Request.Machine.UtcNow).Renew())
            {
                context.Messages.Note($"The jobs get a new copy of the proxy '{settings.Proxy}'.");
            }
        }
        catch (UsageException error)
        {
            context.Messages.Warn($"no new proxy for the jobs: {error.Message}");
        }
    }
}
