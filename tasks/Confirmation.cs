using Outsource.Foundation.Errors;

namespace Outsource;

/// <summary>A yes before something is done that cannot be taken back: <c>--yes</c>, or typed at a terminal.</summary>
/// <param name="request">The run.</param>
public sealed class Confirmation(RunRequest request)
{
    /// <summary>Goes on only with a yes.</summary>
    /// <param name="what">What would be done, as a question without its mark: "Remove workflow 'x' with 12 jobs from the queue".</param>
    /// <exception cref="UsageException">Nobody can be asked.</exception>
    /// <exception cref="NothingToDoException">The answer was no.</exception>
    public void Need(string what)
    {
        if (request.Invocation.Options.Yes)
        {
            return;
        }

        if (request.Ask is not { } ask)
        {
            throw new UsageException($"{what}? Nobody can be asked here: repeat the command with --yes. Nothing was done.");
        }

        if (ask($"{what}? [yes/no] ")?.Trim().ToLowerInvariant() is not ("yes" or "y"))
        {
            throw new NothingToDoException("not confirmed; nothing was done.");
        }
    }
}
