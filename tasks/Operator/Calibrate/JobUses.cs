using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Model.Calibrating;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Operator.Analyze;
using Outsource.Operator.Statistics;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Calibrate;

/// <summary>
/// What finished jobs of a workflow used: of the engine's log, the job's own summary and a resources test the greatest counts, because a
/// job is held for what the engine measures, and fails for what the kernel counts.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="loaded">The settings of the workflow.</param>
/// <param name="plan">Its plan.</param>
public sealed class JobUses(IFileSystem disk, LoadedConfiguration loaded, JobPlan plan)
{
    /// <summary>Requests count in 2^20 bytes, as HTCondor does; the payload in 10^6.</summary>
    private const double Mebi = 1.048576;

    private const string Led = " (LED)";

    private readonly Dictionary<(int Run, string Type), JobGroup> _groups = plan.Groups.ToDictionary(g => (g.Run, g.Type));

    private readonly Dictionary<int, double> _raw = plan
        .Groups.GroupBy(g => g.Run)
        .ToDictionary(g => g.Key, g => g.Max(one => one.InputBytes ?? 0) / 1e6);

    /// <summary>Reads them, in the order of nodes.</summary>
    /// <param name="nodes">The nodes.</param>
    /// <param name="submit">Where the output of their tries is; null: nowhere.</param>
    /// <param name="measured">Jobs that a resources test measured.</param>
    public ImmutableArray<JobUse> Read(IEnumerable<NodeStatus> nodes, SubmitDirectory? submit, IEnumerable<MeasuredJob> measured)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        var tests = measured.ToLookup(m => (m.Run, m.Level, m.Detector, m.Chunks?.Start));
        var attempts = new AttemptFiles(disk);
        return
        [
            .. nodes
                .Where(n => n.State == NodeState.Done && n.Name is { Ours: true, Part: not "untar" })
                .Where(n => _groups.ContainsKey((n.Name.Run!.Value, n.Name.Type!)))
                .Select(n => Of(n, _groups[(n.Name.Run!.Value, n.Name.Type!)], submit, attempts, tests)),
        ];
    }

    /// <summary>What a family is called when its jobs merge parts.</summary>
    public static bool IsCombine(string family) => family.StartsWith(JobGroup.CombineJob, StringComparison.Ordinal);

    /// <summary>Whether a family's jobs are of LED runs, which have lines of their own.</summary>
    public static bool IsLed(string family) => family.EndsWith(Led, StringComparison.Ordinal);

    private JobUse Of(
        NodeStatus node,
        JobGroup group,
        SubmitDirectory? submit,
        AttemptFiles attempts,
        ILookup<(int, string, string?, int?), MeasuredJob> tests
    )
    {
        var isCombine = node.Name.Part == JobGroup.CombineJob;
        var index = int.TryParse(node.Name.Part, NumberStyles.None, CultureInfo.InvariantCulture, out var part) ? part : 0;
        var asked = isCombine ? group.CombineResources : index < group.ProcessingJobs ? group.ResourcesOf(index) : null;
        var test = TestOf(group, isCombine, index, tests);
        var input = group.Level is null ? InputByType(group, isCombine, index) : InputByLevel(group, isCombine, asked, test);
        return Measured(node, SummaryOf(node, submit, attempts), test, new JobUse(FamilyOf(group, isCombine), input)) with
        {
            AskedMemoryMb = asked?.MemoryMb,
            AskedDiskMb = asked?.DiskKb / 1000.0,
            AskedHours = PlannedAttempts.LimitsOf(loaded.Settings, KindOf(group, isCombine)).RunHours,
        };
    }

    private static JobUse Measured(NodeStatus node, PayloadUse? said, MeasuredJob? test, JobUse job)
    {
        double? onDisk = test is { DiskMb: > 0 } ? test.DiskMb : null;
        return job with
        {
            Retry = Math.Max(0, node.Attempts - 1),
            MemoryMb = Most(node.Memory?.Used, said?.PeakMb / Mebi, (test?.GroupPeakMb ?? test?.PeakMb) / Mebi),
            DiskMb = Most(node.Disk?.Used / 1000.0, onDisk),
            Hours = said?.Hours ?? (node.EndedAt - node.ExecutedAt)?.TotalHours,
        };
    }

    /// <summary>The limits of time that hold for a job.</summary>
    private static LevelJob KindOf(JobGroup group, bool isCombine) =>
        isCombine ? LevelJob.Combine
        : group.Level?.Kind == LevelKind.Upper || !group.Chunked ? LevelJob.Upper
        : LevelJob.Lower;

    private string FamilyOf(JobGroup group, bool isCombine) =>
        group.Level is null
            ? isCombine
                ? JobGroup.CombineJob
                : group.Type
            : (isCombine ? group.CombineName : group.Type)
                + (loaded.Levels is { } levels && group.Hashes.Keys.Any(levels.Table.LedTypes.Contains) ? Led : "");

    /// <summary>What the job reads, or the raw data of its run.</summary>
    private double InputByType(JobGroup group, bool isCombine, int index)
    {
        var all = group.InputBytes / 1e6 ?? _raw[group.Run];
        return group.Chunked && !isCombine && group.Chunks > 0
            ? all * (group.ChunksOf(index).Stop - group.ChunksOf(index).Start) / group.Chunks
            : all;
    }

    /// <summary>
    /// What memory follows: of a lower job the greatest chunk, uncompressed, which its request tells if it was predicted; else all raw
    /// data.
    /// </summary>
    private double InputByLevel(JobGroup group, bool isCombine, Resources? asked, MeasuredJob? test)
    {
        var level = group.Level!;
        if (isCombine || level.Kind == LevelKind.Upper)
        {
            return level.Input.SizeMb;
        }

        if (test is { LargestMb: > 0 } && level.Input.StoredMb > 0)
        {
            return test.LargestMb * level.Input.SizeMb / level.Input.StoredMb;
        }

        var line = loaded.Levels is { } levels && levels.Detectors.FirstOrDefault(d => d.Name == level.Detector) is { } detector
            ? levels.Table.MemoryOf(detector, LevelJob.Lower, null)
            : null;
        return asked is not null && line is { Slope: > 0 } && loaded.Settings.LowerMemory is null && !IsLed(FamilyOf(group, isCombine))
            ? Math.Max(0, ((asked.MemoryMb / FactorOf(loaded)) - line.Constant) / line.Slope)
            : level.Input.SizeMb / Math.Max(1, level.Input.Chunks);
    }

    /// <summary>The factor on predictions of memory.</summary>
    public static double FactorOf(LoadedConfiguration loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return loaded.Levels is not { } levels ? 1
            : loaded.Settings.Saltax ? levels.Table.Factors.SaltaxMemory
            : levels.Table.Factors.Memory;
    }

    private PayloadUse? SummaryOf(NodeStatus node, SubmitDirectory? submit, AttemptFiles attempts)
    {
        if (submit is null)
        {
            return null;
        }

        var files = submit.In(Path.ChangeExtension(node.Node.SubmitFile, null));
        return attempts.Newest(files) is { } newest
            ? PayloadUse.Read(disk, string.Create(CultureInfo.InvariantCulture, $"{files}.out.{newest:D3}"))
            : null;
    }

    private static MeasuredJob? TestOf(JobGroup group, bool isCombine, int index, ILookup<(int, string, string?, int?), MeasuredJob> tests)
    {
        if (group.Level is not { } level)
        {
            return null;
        }

        var (name, start) =
            isCombine ? ("combine", (int?)null)
            : level.Kind == LevelKind.Upper ? ("upper", null)
            : ("lower", group.ChunksOf(index).Start);
        return tests[(group.Run, name, level.Detector, start)].FirstOrDefault() ?? tests[(group.Run, name, null, start)].FirstOrDefault();
    }

    private static double? Most(params double?[] numbers) => numbers.Max();
}
