using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Operator.Queue;
using Outsource.Operator.Resubmit;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Options;

namespace Outsource.Operator.Doctor;

/// <summary>Does what Doctor proposes for one cause: it reads the printed command as if it had been typed, and runs its target.</summary>
/// <param name="context">The run.</param>
public sealed class Treating(OutsourceContext context)
{
    /// <summary>The targets that it runs itself.</summary>
    private static readonly TaskInfo[] Known =
    [
        .. new[] { Target.Release, Target.Remove, Target.Resubmit }.Select(t => new TaskInfo(t.ToString(), "")),
    ];

    /// <summary>Treats a cause; its held jobs, if it has some, come first.</summary>
    /// <exception cref="UsageException">There is no such cause, or its command changes nothing that is here.</exception>
    public async Task DoAsync(Examination found, string cause)
    {
        ArgumentNullException.ThrowIfNull(found);
        var group =
            found.Groups.Where(g => g.Jobs.Name == cause).OrderByDescending(g => g.Jobs.IsHeld).FirstOrDefault()
            ?? throw new UsageException(
                $"--treat={UntrustedText.Brief(cause)}: no failed or held job of workflow '{found.Status.Name}' has this cause"
                    + (
                        found.Groups.IsEmpty
                            ? "; none is failed or held."
                            : $". Its causes are {string.Join(", ", found.Groups.Select(g => g.Jobs.Name).Distinct())}."
                    )
            );
        var command = group.Command;
        if (command.Target is not (Target.Release or Target.Remove or Target.Resubmit))
        {
            throw new UsageException($"--treat={cause} does nothing by itself: a person must look first. {command.Text}");
        }

        if (command.AfterItsEnd)
        {
            throw new UsageException(
                $"workflow '{found.Status.Name}' is {found.Status.StateWords}: its failed jobs can be treated when it has ended. "
                    + $"{command.Text}"
            );
        }

        context.Messages.Note($"Doctor: {command.Text}");
        await RunAsync(command).ConfigureAwait(false);
    }

    private async Task RunAsync(TreatmentCommand command)
    {
        var options = context.Request.Invocation.Options;
        var typed = CommandLineParser.Parse(options.Yes ? [.. command.Arguments, "--yes"] : [.. command.Arguments], Known);
        var request = context.Request with
        {
            // Where Doctor stands in for the operator, what it was told of the host holds too.
            Invocation = typed with { Working = context.Request.Invocation.Working, Verbosity = context.Request.Invocation.Verbosity },
        };
        var own = new OutsourceContext(context, request);
        try
        {
            switch (command.Target)
            {
                case Target.Release:
                    new ReleaseTask().Run(own);
                    break;
                case Target.Remove:
                    new RemoveTask().Run(own);
                    break;
                default:
                    await new ResubmitTask().RunAsync(own).ConfigureAwait(false);
                    break;
            }
        }
        finally
        {
            own.Claims.LetGo();
        }
    }
}
