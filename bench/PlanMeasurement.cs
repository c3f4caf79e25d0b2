using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Artifacts;
using Outsource.FilterModes;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.PlanChunks;
using Outsource.QueryRuns;
using Outsource.Services.Rucio;
using Outsource.Services.RunDb;
using Outsource.WriteWorkflow;

namespace Outsource.Bench;

/// <summary>The stages from QueryRuns to WriteWorkflow on one world, in either plan.</summary>
internal static class PlanMeasurement
{
    /// <summary>How much more CPU time and memory a plan by level may take.</summary>
    public const double MostTimes = 1.5;

    /// <summary>The step that makes the world; the others are the names of the plans.</summary>
    public const string World = "world";

    private const int FirstRun = 62000,
        Runs = 2000,
        Chunks = 20,
        Rounds = 4;

    private const string RunsName = "runs.jsonl",
        RucioName = "rucio.jsonl",
        Rse = "UC_OSG_USERDISK";

    private static readonly ImmutableArray<string> Raw = ["raw_records", "raw_records_nv", "raw_records_mv"];

    private static readonly ImmutableArray<string> Asked =
    [
        "peaklets",
        "hitlets_nv",
        "events_nv",
        "events_mv",
        "event_info_double",
    ];

    /// <summary>Makes the world, or runs the stages in one plan.</summary>
    public static Task<int> StepAsync(string step, string folder) =>
        step == World ? Task.FromResult(MakeWorld(folder, Runs)) : PlanAsync(step, folder);

    /// <summary>Writes the runs, with raw data of three detectors each, and the files of their datasets.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="number">How many runs.</param>
    public static int MakeWorld(string folder, int number)
    {
        var tree = Description().Tree;
        using var runs = new StreamWriter(Path.Combine(folder, RunsName)) { NewLine = "\n" };
        using var rucio = new StreamWriter(Path.Combine(folder, RucioName)) { NewLine = "\n" };
        foreach (var run in Enumerable.Range(FirstRun, number))
        {
            var entries = Raw.Select(type =>
                $$$"""{"type": "{{{type}}}", "host": "rucio-catalogue", "location": "{{{Rse}}}", "status": "transferred","""
                + $$$""" "did": "xnt_{{{run:D6}}}:{{{type}}}-{{{tree.HashOf(type)}}}","""
                + """ "meta": {"size_mb": 12500.0, "file_count": 21}}"""
            );
            runs.WriteLine(
                $$"""{"number": {{run}}, "start": "2025-06-12T08:06:22", "end": "2025-06-12T08:56:22", "mode": "tpc_bkg","""
                    + """ "source": "none", "detectors": ["tpc", "neutron_veto", "muon_veto"], "tags": [],"""
                    + $$""" "data": [{{string.Join(", ", entries)}}]}"""
            );
            foreach (var (type, chunk) in Raw.SelectMany(t => Enumerable.Range(0, Chunks).Select(c => (t, c))))
            {
                var name = $"{type}-{tree.HashOf(type)}";
                rucio.WriteLine(
                    $$"""{"did": "xnt_{{run:D6}}:{{name}}", "name": "{{name}}-{{chunk:D6}}","""
                        + $$""" "bytes": {{150_000_000 + (chunk * 1000) + run}}}"""
                );
            }
        }

        return 0;
    }

    /// <summary>Runs the stages in one plan, and prints CPU seconds, MB and jobs.</summary>
    private static async Task<int> PlanAsync(string plan, string world)
    {
        // The first round compiles, which the program has behind it when it is built.
        var (seconds, jobs) = (double.MaxValue, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            var began = Environment.CpuUsage.TotalTime;
            jobs = await RoundAsync(plan, world, _ => { });
            seconds = Math.Min(seconds, (Environment.CpuUsage.TotalTime - began).TotalSeconds);
        }

        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{seconds:F2} {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} {jobs}")
        );
        return 0;
    }

    /// <summary>Runs the stages once. The number of jobs.</summary>
    /// <param name="plan">Which plan.</param>
    /// <param name="world">The folder of the world.</param>
    /// <param name="ended">Told each stage that has ended.</param>
    public static async Task<long> RoundAsync(string plan, string world, Action<string> ended)
    {
        var folder = Directory.CreateDirectory(Path.Combine(world, plan)).FullName;
        var (disk, silence) = (new FileSystem(), new Measurement.Silence());
        var loaded = Loaded(plan, folder);
        var source = new SnapshotRunSource(disk, Path.Combine(world, RunsName));
        var runs = await new RunQuery(disk, silence).RunAsync(loaded, source, folder, default);
        ended("QueryRuns");
        var selection = new RunFilter(disk).Filter(loaded, runs, folder, default);
        ended("FilterModes");
        var datasets = new SnapshotDatasetSource(disk, Path.Combine(world, RucioName));
        var jobs = await new ChunkPlanner(disk, silence).PlanAsync(loaded, selection.Ledger, datasets, folder, default);
        ended("PlanChunks");
        new WorkflowWriter(disk).Write(loaded, jobs, PayloadChoice.Real, Measurement.Travel, folder, default);
        ended("WriteWorkflow");
        if (loaded.Levels is { } levels)
        {
            new SummaryFile(levels).Write(disk, folder, jobs, new LedgerView(disk, folder, selection.Ledger));
        }

        return jobs.Jobs;
    }

    /// <summary>Compares what both plans printed.</summary>
    public static int Compare(string byType, string byLevel)
    {
        var (type, level) = (Numbers(byType), Numbers(byLevel));
        var (seconds, megabytes) = (level[0] / type[0], level[1] / type[1]);
        Console.WriteLine(
            $"plans: {Runs} runs, QueryRuns to WriteWorkflow: by type {type[2]} jobs, {type[0]:F2} s CPU, {type[1]:F0} MB; by level "
                + $"{level[2]} jobs, {level[0]:F2} s CPU, {level[1]:F0} MB: {seconds:F2} and {megabytes:F2} times as much; at most "
                + $"{MostTimes}"
        );
        return seconds <= MostTimes && megabytes <= MostTimes ? 0 : 1;
    }

    private static double[] Numbers(string printed) =>
        [.. printed.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static LoadedConfiguration Loaded(string plan, string folder)
    {
        var description = Description();
        var loaded = Measurement.Loaded(folder, "file:-");
        loaded = loaded with
        {
            Settings = loaded.Settings with { DataTypes = Asked, ChunksPerJob = 10, MaxDaily = int.MaxValue },
            Context = loaded.Context with
            {
                Hashes = loaded.Context.Hashes.SetItems(Raw.Select(t => KeyValuePair.Create(t, description.Tree.HashOf(t)!))),
            },
        };
        return plan == "by-type"
            ? loaded
            : loaded with
            {
                Settings = loaded.Settings with { AssumeCompression = 0.24 },
                Levels = new LevelContext(
                    description,
                    new LevelTableReader(new FileSystem()).Read(Path.Combine(AppContext.BaseDirectory, "tables"), null),
                    new LevelRequest(Asked, PartLevel.Made, [])
                ),
            };
    }

    private static ContextDescription Description()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "demo", "context_by_level.json")));
        return new ContextDescriptionReader("context_by_level.json", []).Read(json.RootElement)!;
    }
}
