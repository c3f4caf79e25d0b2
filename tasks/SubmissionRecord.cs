using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource;

/// <summary>
/// A command that makes or starts a workflow: what must hold before it touches anything, and what is recorded of it as a whole.
/// </summary>
public static class SubmissionRecord
{
    /// <summary>Targets that hand something to Pegasus.</summary>
    private static readonly Target[] Submitting = [Target.PegasusPlan, Target.PegasusRun, Target.Submit];

    /// <summary>Whether a command hands something to Pegasus.</summary>
    public static bool Submits(RunRequest request) => request.Invocation.Target is { } target && Submitting.Contains(target);

    /// <summary>The demo's runs do not exist: submitting them must be asked for in so many words.</summary>
    /// <exception cref="UsageException">It is not.</exception>
    public static void CheckDemo(RunRequest request, OutsourceSettings settings)
    {
        if (settings.Demo && Submits(request) && !request.Invocation.Options.Demo)
        {
            throw new UsageException(
                $"--target={request.Invocation.Task} would submit the embedded demo, whose runs are invented. Name your "
                    + "configuration with --config=FILE, or pass --demo to submit the demo all the same (with --payload=canary its "
                    + "jobs do well)."
            );
        }
    }

    /// <summary>Records that a command begins. Nothing for targets that only look, and for stages that run alone.</summary>
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

    /// <summary>Makes the workflow ours alone until the run ends.</summary>
    /// <exception cref="UsageException">Somebody else works on it.</exception>
    public static void Claim(OutsourceContext context)
    {
        var settings = context.Loaded.Settings;
        if (context.Claims.Claim(settings.WorkDir, settings.Name, context.Loaded.Command) is { } owner)
        {
            throw WorkflowClaims.Refusal(settings.Name, owner);
        }
    }

    /// <summary>Before a stage touches a workflow: it is ours alone, and its DAG does not run.</summary>
    /// <param name="context">The context.</param>
    /// <param name="stage">The stage, for the operator.</param>
    /// <exception cref="UsageException">Somebody else works on it, or it runs.</exception>
    public static void Guard(OutsourceContext context, Target stage)
    {
        Claim(context);
        var settings = context.Loaded.Settings;
        var status = context.DagStatusReader.Of(settings.GeneratedFolder, context.SubmitDirectory);
        if (status.MayRun)
        {
            throw new UsageException(
                $"{stage}: workflow '{settings.Name}' is left alone: {status.Words}. Look at it with --target=Status "
                    + $"--name={settings.Name}.{status.WayOn(settings.Name)}"
            );
        }
    }

    /// <summary>Records that a stage has done: the command with it, when it was the last one.</summary>
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
