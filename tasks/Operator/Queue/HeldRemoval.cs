using Outsource.Engines.Pegasus;
using Outsource.Operator.Desk;

namespace Outsource.Operator.Queue;

/// <summary>
/// Removes some held jobs, and leaves the workflow running: its manager counts them as failed, and tries those that have a retry left
/// again, with what that retry requests.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="desk">Calls the engine.</param>
/// <param name="submit">The submit directory.</param>
internal sealed class HeldRemoval(OutsourceContext context, WorkflowCommands desk, SubmitDirectory submit)
{
    /// <summary>Does it, after asking.</summary>
    /// <param name="action">Records it.</param>
    /// <param name="held">The jobs.</param>
    public void Do(RecordedAction action, HeldWork held)
    {
        if (held.IsNone)
        {
            throw held.Nothing();
        }

        foreach (var reason in held.Reasons())
        {
            context.Messages.Result(reason);
        }

        new Confirmation(context.Request).Need($"Remove {held.What} from the queue, so that retries replace them");
        action.Do(
            held.Description,
            () =>
            {
                using var waiting = context.Messages.Waiting("the removal");
                _ = desk.Engine(submit.Engine).Remove(submit, [], held.Jobs);
                return null;
            }
        );
        context.Messages.Result(
            $"Remove: {held.What} removed. A job with a retry left is tried again, with what that retry requests; the others fail, and "
                + "Resubmit continues them."
        );
    }
}
