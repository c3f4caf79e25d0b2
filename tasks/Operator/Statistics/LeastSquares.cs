namespace Outsource.Operator.Statistics;

/// <summary>A line through measurements: y = slope · x + constant.</summary>
/// <param name="Slope">Of y by x; never below 0.</param>
/// <param name="Constant">y where x is 0.</param>
/// <param name="Above">How far the highest measurement is above the line; 0 if none is.</param>
public sealed record FittedLine(double Slope, double Constant, double Above)
{
    /// <summary>Its value.</summary>
    public double Of(double x) => (Slope * x) + Constant;
}

/// <summary>The line with the least sum of squared distances.</summary>
public static class LeastSquares
{
    /// <summary>Fits it. With fewer than two different x, or where y falls with x, the slope is 0 and the constant the mean.</summary>
    /// <param name="points">At least one.</param>
    public static FittedLine Fit(IReadOnlyCollection<(double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfZero(points.Count);
        var (meanX, meanY) = (points.Average(p => p.X), points.Average(p => p.Y));
        var spread = points.Sum(p => (p.X - meanX) * (p.X - meanX));
        var slope = spread > 1e-9 * Math.Max(1, meanX * meanX) ? points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / spread : 0;
        slope = Math.Max(0, slope);
        var constant = meanY - (slope * meanX);
        return new FittedLine(slope, constant, Math.Max(0, points.Max(p => p.Y - (slope * p.X) - constant)));
    }
}
