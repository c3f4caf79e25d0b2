using Outsource.Foundation.Errors;

namespace Outsource;

/// <summary>Asks before an action that cannot be undone: <c>--yes</c>, or an answer at the terminal.</summary>
/// <param name="request">The run.</param>
public sealed class Confirmation(RunRequest request)
{
    /// <summary>Returns only after a yes.</summary>
    /// <param name="what">The action as a question without its mark: "Remove workflow 'x' with 12 jobs from the queue".</param>
    /// <exception cref="UsageException">There is no terminal to ask on.</exception>
    /// <exception cref="NothingToDoException">The answer was no.</exception>
    public void Need(string what)
    {
        if (request.Invocation.Options.Yes)
        {
            return;
        }

        if (request.Ask is not { } ask)
        {
            throw new UsageException($"{what}? There is no terminal to ask on: repeat the command with --yes. Nothing was done.");
        }

        if (ask($"{what}? [yes/no] ")?.Trim().ToLowerInvariant() is not ("yes" or "y"))
        {
            throw new NothingToDoException("not confirmed; nothing was done.");
        }
    }
}
