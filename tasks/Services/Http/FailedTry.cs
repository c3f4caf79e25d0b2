namespace Outsource.Services.Http;

/// <summary>One try of a request has failed. It never leaves <see cref="Transport"/>.</summary>
#pragma warning disable CA1064 // It is caught in this room.
internal sealed class FailedTry : Exception
#pragma warning restore CA1064
{
    private FailedTry(Func<int, ServiceException> report) => Report = report;

    /// <summary>The error for the operator, after so many tries.</summary>
    public Func<int, ServiceException> Report { get; }

    /// <summary>Whether another try may succeed.</summary>
    public bool MayPass { get; private init; }

    /// <summary>How long the service asked us to wait, or null.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Whether the connection still held a part of another answer: then another connection may do.</summary>
    public bool OutOfStep { get; private init; }

    /// <summary>Another try would fail in the same way.</summary>
    public static FailedTry Final(Func<int, ServiceException> report) => new(report);

    /// <summary>Another try may succeed.</summary>
    /// <param name="report">The error for the operator, after so many tries.</param>
    /// <param name="retryAfter">How long the service asked us to wait, or null.</param>
    public static FailedTry Passing(Func<int, ServiceException> report, TimeSpan? retryAfter = null) =>
        new(report) { MayPass = true, RetryAfter = retryAfter };

    /// <summary>The connection held a part of another answer; another one may do.</summary>
    public static FailedTry OnAnotherConnection(Func<int, ServiceException> report) => new(report) { MayPass = true, OutOfStep = true };
}
