using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Settings.Options;

namespace Outsource;

/// <summary>
/// Totals and a question before more than one run is submitted, where somebody sits at a terminal; a bare Submit may start two thousand.
/// </summary>
public static class SubmitConfirmation
{
    /// <summary>
    /// Asks. Nothing where nobody can be asked, with <c>--yes</c>, for one run, and where a command goes on that was agreed to before.
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
