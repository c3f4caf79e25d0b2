using System.Globalization;

namespace Outsource.Model.Planning;

/// <summary>
/// How long a job may wait for a slot, and how long it may run, before HTCondor holds it. A hold by such a limit is removed at once, so
/// that the node fails and DAGMan tries it again with more time.
/// </summary>
/// <param name="IdleHours">Hours idle; null: no limit.</param>
/// <param name="RunHours">Hours running; null: no limit.</param>
public sealed record TimeLimits(double? IdleHours, double? RunHours)
{
    /// <summary>HTCondor's HoldReasonCode of limits: the job's own periodic_hold, the site's policy, memory above the slot's.</summary>
    private static readonly int[] OfLimits = [3, 26, 34];

    /// <summary>No limit.</summary>
    public static TimeLimits None { get; } = new(null, null);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => IdleHours is null && RunHours is null;

    /// <summary>The expression of <c>periodic_hold</c>; null: there is no limit.</summary>
    /// <param name="ladder">How the limits grow.</param>
    public string? Hold(RetryLadder ladder)
    {
        ArgumentNullException.ThrowIfNull(ladder);
        string?[] parts = [Part(1, IdleHours, ladder), Part(2, RunHours, ladder)];
        return parts switch
        {
            [{ } idle, { } run] => $"({idle}) || ({run})",
            [var idle, var run] => idle ?? run,
            _ => null,
        };
    }

    /// <summary>
    /// The expression of <c>periodic_remove</c> that belongs to the hold: 30 s after a hold by a limit, and as Pegasus has it, after
    /// half an hour, after any other.
    /// </summary>
    public static string Remove { get; } =
        "JobStatus == 5 && (time() - EnteredCurrentStatus) > "
        + $"ifthenelse({string.Join(" || ", OfLimits.Select(c => $"HoldReasonCode =?= {c}"))}, 30, 1800)";

    /// <summary>A number of hours in whole seconds.</summary>
    public static long Seconds(double hours) => (long)Math.Round(hours * 3600, MidpointRounding.AwayFromZero);

    private static string? Part(int status, double? hours, RetryLadder ladder) =>
        hours is not { } limit
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"JobStatus == {status} && (time() - EnteredCurrentStatus) > {ladder.Expression(Seconds(limit))}"
            );
}
