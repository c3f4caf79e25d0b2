using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource;

/// <summary>
/// Shows totals and asks before more than one run is submitted from a terminal: a Submit without options may start two thousand.
/// </summary>
public static class SubmitConfirmation
{
    /// <summary>
    /// Asks. Does not ask without a terminal, with <c>--yes</c>, for one run, and if a command continues that was confirmed before.
    /// </summary>
    /// <param name="context">The run.</param>
    /// <exception cref="NothingToDoException">The answer was no.</exception>
    public static void Ask(OutsourceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (invocation, loaded) = (context.Request.Invocation, context.Loaded);
        if (
            context.Request.Ask is not { } ask
            || invocation.Target is not (Target.Submit or Target.PegasusRun)
            || invocation.Exclusive
            || invocation.Options.Yes
            || loaded.Settings.Debug
            || loaded.Resumes
        )
        {
            return;
        }

        var plan = context.Outputs.Plan;
        if (
            plan.Runs > 1
            && ask(
                $"Submit workflow '{loaded.Settings.Name}' with {Counted.Of(plan.Runs, "run")}, {Counted.Of(plan.Jobs, "job")} and "
                    + $"{Counted.Of(plan.Chunks, "chunk")}? [yes/no] "
            )
                ?.Trim()
                .ToLowerInvariant()
                is not ("yes" or "y")
        )
        {
            throw new NothingToDoException("not confirmed; nothing was submitted. --yes submits without a question.");
        }
    }
}
