using Polly;
using Polly.Retry;

namespace Outsource.Services.Http;

/// <summary>What follows a failed try.</summary>
internal enum NextTry
{
    /// <summary>Nothing: another try would fail in the same way.</summary>
    None,

    /// <summary>Another try, after a pause.</summary>
    AfterPause,

    /// <summary>Another try at once, which is not counted; a few times only.</summary>
    AtOnce,
}

/// <summary>What follows a failed try, and how long the service asked us to wait.</summary>
internal readonly record struct RetryAdvice(NextTry Next, TimeSpan? RetryAfter = null);

/// <summary>The tries of one request or query. A query that is read in parts uses one budget for all of them.</summary>
/// <param name="tries">Most tries.</param>
/// <param name="advise">What follows a failure.</param>
internal sealed class RetryBudget(int tries, Func<Exception, RetryAdvice> advise)
{
    /// <summary>Most tries that are not counted.</summary>
    private const int MostAtOnce = 4;

    private int _atOnce;

    /// <summary>Counted tries that have failed.</summary>
    public int Failed { get; private set; }

    /// <summary>The pause before the next try.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>Counts a failure, and decides whether another try follows.</summary>
    public bool Allows(Exception error, TransportLimits limits)
    {
        var (next, retryAfter) = advise(error);
        if (next == NextTry.AtOnce && _atOnce++ < MostAtOnce)
        {
            Pause = TimeSpan.Zero;
            return true;
        }

        Failed++;
        if (next == NextTry.None || Failed >= tries || limits.PauseAfter(Failed, retryAfter, Random.Shared.NextDouble()) is not { } pause)
        {
            return false;
        }

        Pause = pause;
        return true;
    }
}

/// <summary>
/// Tries again with growing pauses, for everything that asks a service: the loop, the waiting and the clock are Polly's, how long and how
/// often is said by <see cref="TransportLimits"/>.
/// </summary>
internal sealed class RetryPipeline
{
    private static readonly ResiliencePropertyKey<RetryBudget> Budget = new("budget");

    private readonly ResiliencePipeline _pipeline;

    public RetryPipeline(TransportLimits limits) =>
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = limits.Clock }
            .AddRetry(
                new RetryStrategyOptions
                {
                    // The budget ends it: a request may have fewer tries than the next one.
                    MaxRetryAttempts = int.MaxValue,
                    ShouldHandle = tried =>
                        ValueTask.FromResult(tried.Outcome.Exception is { } error && BudgetOf(tried.Context).Allows(error, limits)),
                    DelayGenerator = failed => ValueTask.FromResult<TimeSpan?>(BudgetOf(failed.Context).Pause),
                }
            )
            .Build();

    /// <summary>Runs the work, again as long as the budget allows it; then throws its last error.</summary>
    /// <param name="budget">The tries.</param>
    /// <param name="work">One try.</param>
    /// <param name="cancel">Ends it at once, pauses included.</param>
    public async Task<T> RunAsync<T>(RetryBudget budget, Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        var context = ResilienceContextPool.Shared.Get(cancel);
        try
        {
            context.Properties.Set(Budget, budget);
            return await _pipeline
                .ExecuteAsync(static async (c, w) => await w(c.CancellationToken).ConfigureAwait(false), context, work)
                .ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static RetryBudget BudgetOf(ResilienceContext context) => context.Properties.GetValue(Budget, null!);
}
