using System.Diagnostics;
using System.Globalization;

namespace Outsource.Bench;

/// <summary>How the stages grow with the number of runs: CPU time over sizes 1, 4 and 16 times, and the power that fits it.</summary>
internal static class GrowthMeasurement
{
    /// <summary>A greater power than this one is a fault: something is looked for again and again.</summary>
    private const double MostPower = 1.15;

    /// <summary>Rounds on a small world come first: they compile, which the program has behind it when it is built.</summary>
    private const int Smallest = 1000,
        Small = 200,
        SmallRounds = 6;

    private const string Plan = "by-type";

    private static readonly int[] Times = [1, 4, 16];

    /// <summary>Measures each size in a process of its own, and prints a table. 1: something grows too fast.</summary>
    /// <param name="run">Runs a step of the bench; what it prints.</param>
    public static async Task<int> AllAsync(Func<string[], Task<string>> run)
    {
        var folder = Directory.CreateTempSubdirectory("outsource-growth-").FullName;
        try
        {
            List<Sized> sizes = [];
            foreach (var times in Times)
            {
                var runs = (Smallest * times).ToString(CultureInfo.InvariantCulture);
                sizes.Add(Sized.Parse(Smallest * times, await run(["growth", runs, folder])));
            }

            return Print(sizes);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Measures one size: prints the jobs, the MB held at most, and the CPU seconds of each stage.</summary>
    public static async Task<int> StepAsync(string step, string folder)
    {
        var runs = int.Parse(step, CultureInfo.InvariantCulture);
        var small = World(folder, Small);
        for (var round = 0; round < SmallRounds; round++)
        {
            await PlanMeasurement.RoundAsync(Plan, small, _ => { });
        }

        var large = World(folder, runs);
        var stages = new List<(string Stage, double Seconds)>();
        var began = Environment.CpuUsage.TotalTime;
        var jobs = await PlanMeasurement.RoundAsync(
            Plan,
            large,
            stage =>
            {
                var now = Environment.CpuUsage.TotalTime;
                stages.Add((stage, (now - began).TotalSeconds));
                began = now;
            }
        );
        var megabytes = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{jobs} {megabytes:F0}")
                + string.Concat(stages.Select(s => string.Create(CultureInfo.InvariantCulture, $" {s.Stage}={s.Seconds:F3}")))
        );
        return 0;
    }

    private static string World(string folder, int runs)
    {
        var world = Directory.CreateDirectory(Path.Combine(folder, runs.ToString(CultureInfo.InvariantCulture))).FullName;
        _ = PlanMeasurement.MakeWorld(world, runs);
        return world;
    }

    private static int Print(List<Sized> sizes)
    {
        var code = 0;
        var most = sizes[^1];
        Console.WriteLine($"growth: {string.Join(", ", sizes.Select(s => $"{s.Runs} runs with {s.Jobs} jobs: {s.Megabytes:F0} MB"))}");
        Console.WriteLine($"  {"stage",-14}{string.Concat(sizes.Select(s => $"{s.Runs,9}"))}   us a job   power");
        foreach (var stage in most.Stages.Keys)
        {
            var seconds = sizes.ConvertAll(s => s.Stages[stage]);
            var power = Power(sizes.ConvertAll(s => (double)s.Runs), seconds);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {stage,-14}{string.Concat(seconds.Select(s => FormattableString.Invariant($"{s,7:F2} s")))}"
                        + $"{seconds[^1] * 1e6 / most.Jobs,11:F1}{power,8:F2}{(power > MostPower ? $"  more than {MostPower}" : "")}"
                )
            );
            code = power > MostPower ? 1 : code;
        }

        return code;
    }

    /// <summary>The slope of a line through the logarithms: 1 where time grows as the runs do.</summary>
    private static double Power(List<double> runs, List<double> seconds)
    {
        var x = runs.ConvertAll(Math.Log);
        var y = seconds.ConvertAll(s => Math.Log(Math.Max(s, 0.001)));
        var (middleX, middleY) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - middleX) * (b - middleY)).Sum() / x.Sum(a => (a - middleX) * (a - middleX));
    }

    /// <summary>What one size took.</summary>
    private sealed record Sized(int Runs, long Jobs, double Megabytes, IReadOnlyDictionary<string, double> Stages)
    {
        public static Sized Parse(int runs, string printed)
        {
            var words = printed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return new Sized(
                runs,
                long.Parse(words[0], CultureInfo.InvariantCulture),
                double.Parse(words[1], CultureInfo.InvariantCulture),
                words
                    .Skip(2)
                    .Select(word => word.Split('='))
                    .ToDictionary(word => word[0], word => double.Parse(word[1], CultureInfo.InvariantCulture), StringComparer.Ordinal)
            );
        }
    }
}
