namespace Outsource.Services.Http;

/// <summary>How much a service is asked at once, how long we wait for it, and how often we ask again.</summary>
public sealed record TransportLimits
{
    /// <summary>Requests under way at the same time when nothing else is configured.</summary>
    public const int DefaultParallel = 16;

    /// <summary>Requests under way at the same time.</summary>
    public int Parallel { get; init; } = DefaultParallel;

    /// <summary>Time for a connection to stand, TLS included.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time for one try as a whole, from the connection to the last byte of the answer.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a request is tried at most.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>The pause before the second try; it doubles from try to try.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>No pause of our own choice is longer.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>No pause that a service asks for (Retry-After) is honoured beyond this; a service that wants more has failed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Waits. Tests put in something that does not.</summary>
    public Func<TimeSpan, CancellationToken, Task> Pause { get; init; } = Task.Delay;

    /// <summary>
    /// The pause after a failed try: what the service asks for, else exponential with jitter, so that many clients do not come back at the
    /// same moment. Null: the service asks for longer than we wait.
    /// </summary>
    /// <param name="failed">Tries that have failed so far, from 1.</param>
    /// <param name="retryAfter">What the service asked for, or null.</param>
    /// <param name="random">From 0 up to, not including, 1.</param>
    public TimeSpan? PauseAfter(int failed, TimeSpan? retryAfter, double random)
    {
        if (retryAfter is { } asked)
        {
            return asked > LongestRetryAfter ? null
                : asked < TimeSpan.Zero ? TimeSpan.Zero
                : asked;
        }

        var doubled = FirstPause * Math.Pow(2, Math.Min(failed - 1, 30));
        return (doubled < LongestPause ? doubled : LongestPause) * (0.5 + (random / 2));
    }
}
