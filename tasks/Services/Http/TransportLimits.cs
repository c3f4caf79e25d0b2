namespace Outsource.Services.Http;

/// <summary>How many requests a service gets at once, how long we wait for answers, and how often we try.</summary>
public sealed record TransportLimits
{
    /// <summary>Requests at the same time when nothing else is configured.</summary>
    public const int DefaultParallel = 16;

    /// <summary>Requests at the same time.</summary>
    public int Parallel { get; init; } = DefaultParallel;

    /// <summary>Time to open a connection, TLS included.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time for one try as a whole, from the connection to the last byte of the answer.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Most tries of a request.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>The pause before the second try; it doubles from try to try.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Our own pauses are not longer.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest pause that a service may ask for (Retry-After); if it asks for more, the request has failed.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The clock of the pauses. Tests use one that does not wait.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// The most time until a request is given up, from the beginning of a try; a pause that the service asks for comes on top.
    /// </summary>
    /// <param name="attempt">The try, from 1.</param>
    /// <param name="tries">Most tries.</param>
    public TimeSpan GivesUpAfter(int attempt, int tries)
    {
        var time = Total;
        for (var failed = attempt; failed < tries; failed++)
        {
            time += PauseAfter(failed, null, 1)!.Value + Total;
        }

        return time;
    }

    /// <summary>
    /// The pause after a failed try: what the service asks for, else exponential with jitter, so that many clients do not come back at the
    /// same moment. Null: the service asks for longer than we wait.
    /// </summary>
    /// <param name="failed">Tries that have failed so far, from 1.</param>
    /// <param name="retryAfter">What the service asked for, or null.</param>
    /// <param name="random">From 0 up to, not including, 1.</param>
    public TimeSpan? PauseAfter(int failed, TimeSpan? retryAfter, double random)
    {
        if (retryAfter is { } requested)
        {
            return requested > LongestRetryAfter ? null
                : requested < TimeSpan.Zero ? TimeSpan.Zero
                : requested;
        }

        var doubled = FirstPause * Math.Pow(2, Math.Min(failed - 1, 30));
        return (doubled < LongestPause ? doubled : LongestPause) * (0.5 + (random / 2));
    }
}
