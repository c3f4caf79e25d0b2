namespace Outsource.Foundation.Machine;

/// <summary>Shows the progress of work.</summary>
public static class ProgressExtensions
{
    /// <summary>The items; each is counted when the next one is taken.</summary>
    /// <param name="progress">Where it is shown; null: nowhere.</param>
    /// <param name="items">The items.</param>
    public static IEnumerable<T> Over<T>(this IProgressDisplay? progress, IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return progress is null ? items : Counted(progress, items);
    }

    /// <summary>Does work whose end is not known, and shows how long it takes already.</summary>
    /// <param name="messages">Where it is shown.</param>
    /// <param name="what">What the program waits for, e.g. "pegasus-run".</param>
    /// <param name="work">The work.</param>
    public static T While<T>(this IOperatorLog messages, string what, Func<T> work)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(work);
        using var waiting = messages.Waiting(what);
        return work();
    }

    /// <summary>Does work whose parts are counted.</summary>
    /// <param name="messages">Where it is shown.</param>
    /// <param name="what">What is counted, e.g. "jobs written".</param>
    /// <param name="total">How many there will be, or null.</param>
    /// <param name="work">The work; it counts its parts.</param>
    public static T Counting<T>(this IOperatorLog messages, string what, long? total, Func<IProgressDisplay, T> work)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(work);
        using var progress = messages.Progress(what, total);
        return work(progress);
    }

    private static IEnumerable<T> Counted<T>(IProgressDisplay progress, IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            yield return item;
            progress.Advance();
        }
    }
}
