using System.Collections.Immutable;

namespace Outsource.Model.Calibrating;

/// <summary>What a rule of requests would have cost.</summary>
/// <param name="OverShare">Share of jobs that use more than their first try asks for: those would be held, or fail.</param>
/// <param name="StuckShare">Share of jobs that no retry would have been enough for.</param>
/// <param name="Waste">Mean of what a job's first try asks for and does not use.</param>
/// <param name="Cost">Mean over jobs of what is asked for times hours, over all tries; a try that is not enough counts as a whole
/// one.</param>
public sealed record RequestCost(double OverShare, double StuckShare, double Waste, double Cost)
{
    /// <summary>Share of jobs that are done by each try, ascending by try.</summary>
    public ImmutableArray<double> DoneByTry { get; init; } = [];

    /// <summary>Computes it.</summary>
    /// <param name="jobs">Each with what it used, the hours it took, and what its first try asks for.</param>
    /// <param name="ladder">How requests grow.</param>
    public static RequestCost Of(IReadOnlyCollection<(double Used, double Hours, double Asked)> jobs, Ladder ladder)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(ladder);
        var done = new double[ladder.Factors.Length];
        var (over, stuck, waste, cost) = (0, 0, 0.0, 0.0);
        foreach (var (used, hours, asked) in jobs)
        {
            over += used > asked ? 1 : 0;
            waste += Math.Max(0, asked - used);
            var at = 0;
            for (; at < ladder.Factors.Length; at++)
            {
                cost += asked * ladder.Factors[at] * hours;
                if (used <= asked * ladder.Factors[at])
                {
                    break;
                }
            }

            stuck += at == ladder.Factors.Length ? 1 : 0;
            for (var t = at; t < done.Length; t++)
            {
                done[t]++;
            }
        }

        double n = jobs.Count;
        return new RequestCost(over / n, stuck / n, waste / n, cost / n) { DoneByTry = [.. done.Select(d => d / n)] };
    }
}

/// <summary>The line at a quantile, and what requests along it would have cost.</summary>
/// <param name="Share">The quantile: 0.95.</param>
/// <param name="Line">The line.</param>
/// <param name="Cost">What it would have cost.</param>
public sealed record QuantileFit(double Share, QuantileLine Line, RequestCost Cost);

/// <summary>An amount of a family of jobs.</summary>
/// <param name="Family">The family.</param>
/// <param name="Amount">The amount.</param>
/// <param name="Jobs">Finished jobs of which it is known.</param>
public sealed record FamilyFit(string Family, Amount Amount, int Jobs)
{
    /// <summary>Fewer jobs are too few for a proposal.</summary>
    public const int Fewest = 20;

    /// <summary>The quantiles that are compared.</summary>
    public static readonly ImmutableArray<double> Shares = [0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

    /// <summary>The least and the greatest that a job used.</summary>
    public (double Least, double Most) Used { get; init; }

    /// <summary>The least and the greatest input, MB; 0: not known.</summary>
    public (double Least, double Most) Input { get; init; }

    /// <summary>How many finished in each try, from the first.</summary>
    public ImmutableArray<int> FinishedInTry { get; init; } = [];

    /// <summary>What the jobs' own requests cost; null: they are not known.</summary>
    public RequestCost? Now { get; init; }

    /// <summary>The least and the greatest request of a first try; null: not known.</summary>
    public (double Least, double Most)? Asked { get; init; }

    /// <summary>The lines, by quantile; empty: there are too few jobs.</summary>
    public ImmutableArray<QuantileFit> Fits { get; init; } = [];

    /// <summary>More jobs than this share should not have to be tried again: each waits in the queue once more.</summary>
    public const double MostOver = 0.1;

    /// <summary>
    /// The line that is proposed; null: too few jobs. Of those that leave the fewest jobs stuck, and at most <see cref="MostOver"/> to be
    /// tried again, the one that costs least. Of time, which costs nothing to ask for, that of nearly all jobs.
    /// </summary>
    public QuantileFit? Best =>
        Amount == Amount.Time
            ? Fits.LastOrDefault(f => f.Share < 1)
            : Fits.OrderBy(f => f.Cost.StuckShare)
                .ThenBy(f => f.Cost.OverShare > MostOver)
                .ThenBy(f => f.Cost.Cost)
                .ThenByDescending(f => f.Share)
                .FirstOrDefault();

    private const int MostTries = 20;

    private static ImmutableArray<int> ByTry(int[] retries)
    {
        var counts = new int[retries.Max() + 1];
        foreach (var retry in retries)
        {
            counts[retry]++;
        }

        return [.. counts];
    }

    /// <summary>Fits it.</summary>
    /// <param name="family">The family.</param>
    /// <param name="amount">The amount.</param>
    /// <param name="jobs">Its finished jobs.</param>
    /// <param name="ladder">How requests grow with retries.</param>
    /// <returns>Null: no job tells the amount.</returns>
    public static FamilyFit? Of(string family, Amount amount, IEnumerable<JobUse> jobs, Ladder ladder)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        var known = jobs.Where(j => j.Used(amount) is >= 0 and < 1e12).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        // A job's hours weigh what it asked for; where they are not known, all weigh the same. Time is not multiplied with itself.
        double Hours(JobUse job) => amount == Amount.Time ? 1 : job.Hours ?? 1;
        var asked = known.Where(j => j.Asked(amount) is not null).ToList();
        var points = known.Select(j => (j.InputMb, Used: j.Used(amount)!.Value)).ToList();
        return new FamilyFit(family, amount, known.Count)
        {
            Used = (points.Min(p => p.Used), points.Max(p => p.Used)),
            Input = (points.Min(p => p.InputMb), points.Max(p => p.InputMb)),
            FinishedInTry = ByTry([.. known.Select(j => Math.Clamp(j.Retry, 0, MostTries))]),
            Now = asked.Count == known.Count
                ? RequestCost.Of([.. known.Select(j => (j.Used(amount)!.Value, Hours(j), j.Asked(amount)!.Value))], ladder)
                : null,
            Asked = asked.Count == 0 ? null : (asked.Min(j => j.Asked(amount)!.Value), asked.Max(j => j.Asked(amount)!.Value)),
            Fits = known.Count < Fewest
                ? []
                :
                [
                    .. Shares.Select(share =>
                    {
                        var line = QuantileLine.Fit(points, share);
                        return new QuantileFit(
                            share,
                            line,
                            RequestCost.Of([.. known.Select(j => (j.Used(amount)!.Value, Hours(j), line.At(j.InputMb)))], ladder)
                        );
                    }),
                ],
        };
    }
}
