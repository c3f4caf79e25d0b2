using System.Collections.Immutable;
using Outsource.Model.Levels;

namespace Outsource.Operator.Statistics;

/// <summary>What the jobs of a level and detector used, and what they asked for. Megabytes are 10^6 bytes.</summary>
/// <param name="Level"><c>lower</c>, <c>combine</c> or <c>upper</c>.</param>
/// <param name="Detector">The detector; jobs of LED types are apart: <c>tpc (LED)</c>.</param>
/// <param name="Jobs">Jobs that were measured.</param>
public sealed record LevelUse(string Level, string Detector, int Jobs)
{
    /// <summary>Most memory of one job.</summary>
    public double PeakMb { get; init; }

    /// <summary>The least and the greatest memory that was asked for; null: the plan does not say.</summary>
    public (double Least, double Most)? AskedMb { get; init; }

    /// <summary>Used by asked: the least and the greatest of a job; null: the plan does not say.</summary>
    public (double Least, double Most)? Share { get; init; }

    /// <summary>The same of disk.</summary>
    public (double Least, double Most)? DiskShare { get; init; }

    /// <summary>Most disk of one job.</summary>
    public double DiskMb { get; init; }

    /// <summary>The line through input and memory.</summary>
    public required FittedLine Line { get; init; }

    /// <summary>Whether the input is uncompressed raw data, as the coefficients of <c>levels.yml</c> count it; else what the jobs
    /// read.</summary>
    public bool Uncompressed { get; init; }

    /// <summary>The greatest factor by which a job is above the line: the redundancy that it would need.</summary>
    public double Redundancy { get; init; }
}

/// <summary>Compares measurements with the plan.</summary>
/// <param name="table">Tells the detector of a data type.</param>
/// <param name="plan">What was asked for.</param>
public sealed class ResourceComparison(LevelTable table, PredictedJobs plan)
{
    private static readonly ImmutableArray<string> Order = ["lower", "combine", "upper"];

    /// <summary>One job with its input, in MB.</summary>
    private sealed record Point(MeasuredJob Job, PredictedJob? Asked, double? Uncompressed)
    {
        /// <summary>What the prediction is made from; else what the job read.</summary>
        public double InputOf(bool uncompressed) =>
            uncompressed ? Uncompressed ?? 0
            : Job is { Level: "lower", LargestMb: > 0 } ? Job.LargestMb
            : Job.InputMb;
    }

    /// <summary>Per level and detector, in their order.</summary>
    public ImmutableArray<LevelUse> Of(IEnumerable<MeasuredJob> jobs) =>
        [
            .. jobs
                .GroupBy(j => (j.Level, Detector: DetectorOf(j), Led: j.Types.Any(table.LedTypes.Contains)))
                .OrderBy(g => g.Key.Detector, StringComparer.Ordinal)
                .ThenBy(g => g.Key.Led)
                .ThenBy(g => Order.IndexOf(g.Key.Level))
                .Select(g => Use(g.Key.Level, g.Key.Detector, g.Key.Led ? " (LED)" : "", [.. g.Select(j => Measured(j, g.Key.Detector))])),
        ];

    private string DetectorOf(MeasuredJob job) =>
        job.Detector ?? table.Detectors.FirstOrDefault(d => job.Types.Any(t => d.Possible.Contains(t)))?.Name ?? "unknown";

    /// <summary>Lower jobs are predicted from their largest chunk, the others from all raw data of the run.</summary>
    private Point Measured(MeasuredJob job, string detector)
    {
        var asked = plan.Of(job, detector);
        double? ratio = asked is { RawMb: > 0, SizeMb: > 0 } ? asked.RawMb / asked.SizeMb : null;
        return new Point(job, asked, job.Level != "lower" ? asked?.SizeMb : job.LargestMb > 0 ? job.LargestMb / ratio : null);
    }

    private static LevelUse Use(string level, string detector, string mode, ImmutableArray<Point> points)
    {
        var uncompressed = points.All(p => p.Uncompressed is > 0);
        (double X, double Y)[] measured = [.. points.Select(p => (p.InputOf(uncompressed), p.Job.PeakMb))];
        var line = LeastSquares.Fit(measured);
        return new LevelUse(level, detector + mode, points.Length)
        {
            PeakMb = points.Max(p => p.Job.PeakMb),
            DiskMb = points.Max(p => p.Job.DiskMb),
            AskedMb = Range(points.Select(p => p.Asked?.MemoryMb)),
            Share = Range(points.Select(p => p.Job.PeakMb / p.Asked?.MemoryMb)),
            DiskShare = Range(points.Select(p => p.Job.DiskMb / p.Asked?.DiskMb)),
            Line = line,
            Uncompressed = uncompressed,
            Redundancy = measured.Max(p => line.Of(p.X) > 0 ? p.Y / line.Of(p.X) : double.PositiveInfinity),
        };
    }

    private static (double Least, double Most)? Range(IEnumerable<double?> numbers)
    {
        var known = numbers.OfType<double>().Where(double.IsFinite).ToList();
        return known.Count == 0 ? null : (known.Min(), known.Max());
    }
}
