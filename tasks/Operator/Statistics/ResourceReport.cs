using System.Collections.Immutable;
using System.Globalization;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.Operator.Statistics;

/// <summary>Shows what jobs of a resources test used, and the coefficients for <c>levels.yml</c> that fit best.</summary>
public static class ResourceReport
{
    /// <summary>Draws it; nothing where nothing was measured.</summary>
    /// <param name="console">Where to.</param>
    /// <param name="uses">Per level and detector.</param>
    public static void Draw(IAnsiConsole console, ImmutableArray<LevelUse> uses)
    {
        if (uses.IsEmpty)
        {
            return;
        }

        console.Line("Resources test: memory and disk that jobs used, and what the plan asked for.");
        var table = new ReportTable(new ResourcesTable());
        foreach (var use in uses)
        {
            table.AddRow(
                use.Detector,
                use.Level,
                use.Jobs.ToString("N0", CultureInfo.InvariantCulture),
                Whole(use.PeakMb),
                Range(use.AskedMb, 1),
                Range(use.Share, 100),
                Whole(use.DiskMb),
                Range(use.DiskShare, 100),
                Slope(use.Line),
                Whole(use.Line.Constant)
            );
        }

        console.Write(table);
        foreach (var line in Proposals(uses))
        {
            console.Line(line);
        }
    }

    /// <summary>Lines for <c>levels.yml</c>, and how far each can be relied on.</summary>
    public static IEnumerable<string> Proposals(ImmutableArray<LevelUse> uses)
    {
        yield return "Proposed for levels.yml (least squares: memory in MB = slope x input in MB + constant, before the redundancy):";
        foreach (var detector in uses.GroupBy(u => u.Detector))
        {
            yield return $"  {detector.Key}: memory: {{{string.Join(", ", detector.Select(u => $"{u.Level}: {Pair(u.Line)}"))}}}";
        }

        foreach (var use in uses)
        {
            var input = (use.Uncompressed, use.Level) switch
            {
                (true, "lower") => "the largest raw chunk, uncompressed",
                (true, _) => "all raw data of the run, uncompressed",
                (false, "lower") => "the largest file that was read, compressed: the plan does not say its uncompressed size",
                _ => "all that was read, compressed: the plan does not say the uncompressed size of raw data",
            };
            yield return $"  {use.Detector} {use.Level}: {Counted.Of(use.Jobs, "job")}; input is {input}; "
                + $"the highest job is {Whole(use.Line.Above)} MB above the line, {Factor(use.Redundancy)} times it."
                + (use.Jobs < 3 ? " Too few jobs for a slope." : "");
        }
    }

    private static string Pair(FittedLine line) => $"[{Slope(line)}, {line.Constant.ToString("0", CultureInfo.InvariantCulture)}]";

    private static string Slope(FittedLine line) => line.Slope.ToString("0.0##", CultureInfo.InvariantCulture);

    private static string Factor(double factor) => factor.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Range((double Least, double Most)? range, double by)
    {
        if (range is not { } known)
        {
            return "-";
        }

        var (least, most) = (Whole(known.Least * by), Whole(known.Most * by));
        return least == most ? least : $"{least}-{most}";
    }
}
