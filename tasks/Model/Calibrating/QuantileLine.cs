namespace Outsource.Model.Calibrating;

/// <summary>A line that a share of the measurements is at or below: y = slope · x + constant. Neither is below 0.</summary>
/// <param name="Slope">Of y by x.</param>
/// <param name="Constant">y where x is 0.</param>
public sealed record QuantileLine(double Slope, double Constant)
{
    private const int Steps = 60,
        Most = 4096;

    private static readonly double Golden = (Math.Sqrt(5) - 1) / 2;

    /// <summary>Its value.</summary>
    public double At(double x) => (Slope * x) + Constant;

    /// <summary>
    /// The line with the least sum of distances, where what is above counts <paramref name="share"/> and what is below the rest (quantile
    /// regression): a few wild measurements do not move it. For each slope the best constant is a quantile of what is left; the sum is a
    /// convex function of the slope, so a search that narrows its interval finds the best, in a time that is linear in the points, of which
    /// some thousands are taken.
    /// </summary>
    /// <param name="points">At least one. Neither number is below 0.</param>
    /// <param name="share">Above 0, at most 1.</param>
    public static QuantileLine Fit(IReadOnlyList<(double X, double Y)> points, double share)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfZero(points.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);

        // The slope of many points is that of some of them, spread over all inputs.
        var all = points;
        points = Some(points);

        // With all x alike there is no slope to be seen; a steeper line than this has every point below it, even without a constant.
        var (least, most) = (points.Min(p => p.X), points.Max(p => p.X));
        var (low, high) = (0.0, most - least < 1e-6 * Math.Max(1, most) ? 0 : points.Where(p => p.X > 0).Max(p => p.Y / p.X));
        var left = new double[points.Count];
        var (one, other) = (high - (Golden * (high - low)), low + (Golden * (high - low)));
        var (atOne, atOther) = (Loss(points, one, share, left), Loss(points, other, share, left));
        for (var i = 0; i < Steps && high > low; i++)
        {
            if (atOne <= atOther)
            {
                (high, other, atOther) = (other, one, atOne);
                one = high - (Golden * (high - low));
                atOne = Loss(points, one, share, left);
            }
            else
            {
                (low, one, atOne) = (one, other, atOther);
                other = low + (Golden * (high - low));
                atOther = Loss(points, other, share, left);
            }
        }

        // A flat line is the simpler one, and needs no input.
        var slope = Loss(points, 0, share, left) <= Loss(points, (low + high) / 2, share, left) * (1 + 1e-9) ? 0 : (low + high) / 2;
        return new QuantileLine(slope, ConstantOf(all, slope, share, new double[all.Count]));
    }

    /// <summary>The quantile of numbers, where each counts the same: the least that so many are at or below.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="share">Above 0, at most 1.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double share) =>
        sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];

    private static IReadOnlyList<(double X, double Y)> Some(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= Most)
        {
            return points;
        }

        var sorted = points.Order().ToList();
        return [.. Enumerable.Range(0, Most).Select(i => sorted[(int)((long)i * sorted.Count / Most)])];
    }

    private static double Loss(IReadOnlyList<(double X, double Y)> points, double slope, double share, double[] left)
    {
        var constant = ConstantOf(points, slope, share, left);
        var loss = 0.0;
        foreach (var (x, y) in points)
        {
            var above = y - (slope * x) - constant;

            // With all of the points at or below it, the sum would not care how far below they are.
            loss += above > 0 ? above * Math.Max(share, 1e-3) : -above * Math.Max(1 - share, 1e-6);
        }

        return loss;
    }

    private static double ConstantOf(IReadOnlyList<(double X, double Y)> points, double slope, double share, double[] left)
    {
        for (var i = 0; i < left.Length; i++)
        {
            left[i] = points[i].Y - (slope * points[i].X);
        }

        Array.Sort(left);
        return Math.Max(0, Quantile(left, share));
    }
}
