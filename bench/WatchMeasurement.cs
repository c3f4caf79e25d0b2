using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Bench;

/// <summary>What looks at workflows take, the first one and those after it.</summary>
internal static class WatchMeasurement
{
    /// <summary>A large workflow, and how many of its nodes are done at the first look and at the next one.</summary>
    public const int Nodes = 999_990,
        Done = 900_000,
        DoneLater = 905_000;

    /// <summary>Many workflows.</summary>
    private const int Workflows = 500,
        NodesEach = 1968;

    /// <summary>A large workflow in parts: as many nodes, all done.</summary>
    private const int Parts = 200,
        NodesOfPart = 5002;

    private const double FirstSeconds = 5,
        FirstMegabytes = 400,
        LaterSeconds = 0.5,
        ListSeconds = 2;

    private const string Large = "large",
        Parted = "parted",
        Many = "many";

    /// <summary>The steps in their order; each is a process of its own.</summary>
    public static IReadOnlyList<string> Steps { get; } =
        [
            "make-large",
            "large-first",
            "large-again",
            "more",
            "large-news",
            "make-parted",
            "parted-first",
            "parted-again",
            "make-many",
            "many-first",
            "many-again",
        ];

    public static int Step(string step, string folder)
    {
        var (large, many) = (Path.Combine(folder, Large), Path.Combine(folder, Many));
        switch (step)
        {
            case "make-large":
                _ = WatchWorld.Make(large, "w", Nodes, Done);
                return 0;
            case "more":
                var submit = WorkflowOnDisk.Read(new FileSystem(), large, "w").Submit!;
                WatchWorld.Append(submit.NodesLog, WatchWorld.RunsOf(Nodes), Done, DoneLater);
                return 0;
            case "make-parted":
                WatchWorld.MakeInParts(Path.Combine(folder, Parted), "w", Parts, NodesOfPart);
                return 0;
            case "parted-first":
                return Look(step, Path.Combine(folder, Parted), ["w"], FirstSeconds);
            case "parted-again":
                return Look(step, Path.Combine(folder, Parted), ["w"], LaterSeconds);
            case "make-many":
                for (var i = 0; i < Workflows; i++)
                {
                    _ = WatchWorld.Make(many, string.Create(CultureInfo.InvariantCulture, $"w{i:D3}"), NodesEach, NodesEach);
                }

                return 0;
            case "large-first":
                return Look(step, large, ["w"], FirstSeconds);
            case "large-again" or "large-news":
                return Look(step, large, ["w"], LaterSeconds);
            default:
                return Look(step, many, Names(many), step == "many-first" ? ListSeconds : LaterSeconds);
        }
    }

    private static string[] Names(string workDir) =>
        [.. Directory.GetDirectories(Path.Combine(workDir, "generated")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    /// <summary>Looks at workflows, prints what it takes from the start of the process on, and checks the sums.</summary>
    private static int Look(string step, string workDir, string[] names, double most)
    {
        var host = Measurement.Host(workDir);
        var reader = new StatusReader(host, TimeZoneInfo.Local) { Cache = CacheUse.Keep };
        var (nodes, done) = (0L, 0L);
        foreach (var name in names)
        {
            var workflow = WorkflowOnDisk.Read(host.Disk, workDir, name);
            var status = reader.Read(workflow, new QueueAnswer(null, "not asked"), DateTimeOffset.UtcNow);
            (nodes, done) = (nodes + status.Counts.Total, done + status.Counts[NodeState.Done]);
        }

        var self = Process.GetCurrentProcess();
        var seconds = (DateTime.Now - self.StartTime).TotalSeconds;
        var megabytes = self.PeakWorkingSet64 / 1e6;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"watch: {step}: {names.Length} workflows, {nodes} nodes, {done} done: {seconds:F2} s from the start of the process, "
                    + $"{self.TotalProcessorTime.TotalSeconds:F2} s of CPU, {megabytes:F0} MB at most held; at most {most} s and "
                    + $"{FirstMegabytes} MB"
            )
        );
        return seconds <= most && megabytes <= FirstMegabytes ? 0 : 1;
    }
}
