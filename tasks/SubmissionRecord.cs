using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource;

/// <summary>A command that makes or starts a workflow: the checks before it changes anything, and its record.</summary>
public static class SubmissionRecord
{
    /// <summary>Targets that pass something to Pegasus.</summary>
    private static readonly Target[] Submitting = [Target.PegasusPlan, Target.PegasusRun, Target.Submit];

    /// <summary>Whether a command passes something to Pegasus.</summary>
    public static bool Submits(RunRequest request) => request.Invocation.Target is { } target && Submitting.Contains(target);

    /// <summary>The demo's runs do not exist: submitting them requires an explicit option.</summary>
    /// <exception cref="UsageException">It is missing.</exception>
    public static void CheckDemo(RunRequest request, OutsourceSettings settings)
    {
        if (settings is { Demo: true, Engine: not EngineKind.Local } && Submits(request) && !request.Invocation.Options.Demo)
        {
            throw new UsageException(
                $"--target={request.Invocation.Task} would submit the embedded demo, whose runs do not exist. Pass your "
                    + "configuration with --config=FILE, run the demo on this machine with --engine=local, or pass --demo to submit it "
                    + "anyway (with --payload=canary its jobs succeed)."
            );
        }
    }

    /// <summary>Records that a command begins. Does nothing for targets that only read, and for stages that run alone.</summary>
    public static void Begin(OutsourceContext context, LoadedConfiguration loaded)
    {
        var invocation = context.Request.Invocation;
        if (!invocation.Exclusive && WorkflowName.Writes(invocation))
        {
            var (host, machine) = (context.Request.Host, context.Request.Machine);
            context.Journal.Append(
                new JournalEntry(machine.UtcNow, Step.Submission, StepState.Begun)
                {
                    Command = loaded.Command,
                    Target = invocation.Task,
                    User = host.User,
                    Host = host.HostName,
                    Process = machine.Process,
                }
            );
        }
    }

    /// <summary>Claims the workflow until the run ends.</summary>
    /// <exception cref="UsageException">Another command works on it.</exception>
    public static void Claim(OutsourceContext context)
    {
        var settings = context.Loaded.Settings;
        if (context.Claims.Claim(settings.WorkDir, settings.Name, context.Loaded.Command) is { } owner)
        {
            throw WorkflowClaims.Refusal(settings.Name, owner);
        }
    }

    /// <summary>Checks before a stage changes a workflow: this command has claimed it, and its DAG is not running.</summary>
    /// <param name="context">The context.</param>
    /// <param name="stage">The stage, for the message.</param>
    /// <exception cref="UsageException">Another command works on it, or it is running.</exception>
    public static void Guard(OutsourceContext context, Target stage)
    {
        Claim(context);
        var settings = context.Loaded.Settings;
        var status = context.DagStatusReader.Of(settings.GeneratedFolder, context.SubmitDirectory);
        if (status.MayRun)
        {
            throw new UsageException(
                $"{stage}: workflow '{settings.Name}' refused: {status.Description}. Check it with --target=Status "
                    + $"--name={settings.Name}.{status.WayOn(settings.Name)}"
            );
        }
    }

    /// <summary>Records that a stage is done; if it was the last one, the command is done.</summary>
    public static void Reached(OutsourceContext context, Target stage)
    {
        var invocation = context.Request.Invocation;
        var last = invocation.Target == stage || (stage is Target.PegasusRun && invocation.Target is Target.Submit);
        if (last && context.Journal.Unfinished() is { } begun && (begun.Target == invocation.Task || stage is Target.PegasusRun))
        {
            context.Journal.Append(
                new JournalEntry(context.Request.Machine.UtcNow, Step.Submission, StepState.Done)
                {
                    Command = begun.Command,
                    Target = invocation.Task,
                }
            );
        }
    }
}
