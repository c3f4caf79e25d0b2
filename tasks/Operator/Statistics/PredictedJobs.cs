using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Artifacts;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Statistics;

/// <summary>What the plan asks for a job of a level, at its first attempt.</summary>
/// <param name="MemoryMb">MB; null: not known.</param>
/// <param name="DiskMb">MB; null: not known.</param>
/// <param name="RawMb">Raw data of the run, compressed; null: not known.</param>
/// <param name="SizeMb">The same, uncompressed; null: not known.</param>
public sealed record PredictedJob(double? MemoryMb, double? DiskMb, double? RawMb, double? SizeMb);

/// <summary>The lines by level of a <c>plan.jsonl</c>. Lines of another form are left out: then nothing is predicted.</summary>
public sealed class PredictedJobs
{
    private readonly Dictionary<(int Run, string Level, string Detector), (ImmutableArray<(int, int)> Groups, Asked Asked)> _lines = [];

    private PredictedJobs() { }

    /// <summary>What the job is asked for; null: the plan does not say.</summary>
    /// <param name="job">The job.</param>
    /// <param name="detector">Its detector.</param>
    public PredictedJob? Of(MeasuredJob job, string detector)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (!_lines.TryGetValue((job.Run, job.Level, detector), out var line))
        {
            return null;
        }

        var group = job.Chunks is { } chunks ? line.Groups.IndexOf(chunks) : 0;
        return new PredictedJob(At(line.Asked.Memory, group), At(line.Asked.DiskKb, group) / 1000, line.Asked.RawMb, line.Asked.SizeMb);
    }

    /// <summary>Reads them.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The workflow's folder. Absolute.</param>
    public static PredictedJobs Read(IFileSystem disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var read = new PredictedJobs();
        var path = Path.Combine(folder, JobPlan.FileName);
        if (!disk.File.Exists(path))
        {
            return read;
        }

        foreach (var text in BoundedText.Statements(disk, path).Where(l => l.Contains("\"level\"", StringComparison.Ordinal)))
        {
            try
            {
                using var json = JsonDocument.Parse(text);
                read.Add(json.RootElement);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                // The plan's own reader reports a damaged line.
            }
        }

        return read;
    }

    /// <summary>Numbers of a line: one for all groups, or one for each.</summary>
    private sealed record Asked(ImmutableArray<double> Memory, ImmutableArray<double> DiskKb, double? RawMb, double? SizeMb);

    private void Add(JsonElement line)
    {
        var (run, detector) = (line.GetProperty("run").GetInt32(), line.GetProperty("detector").GetString()!);
        ImmutableArray<(int, int)> groups = line.TryGetProperty("groups", out var listed)
            ? [.. listed.EnumerateArray().Select(g => (g[0].GetInt32(), g[1].GetInt32()))]
            : [];
        _lines[(run, line.GetProperty("level").GetString()!, detector)] = (groups, Of(line, line));

        // The job that merges the parts stands in the line of the jobs that make them.
        if (line.TryGetProperty("combine", out var combine))
        {
            _lines[(run, "combine", detector)] = ([], Of(combine, line));
        }
    }

    private static Asked Of(JsonElement job, JsonElement line)
    {
        var first = job.GetProperty("attempts")[0];
        var input = line.TryGetProperty("input", out var known) ? known : default;
        return new Asked(Numbers(first, "memory"), Numbers(first, "disk_kb"), Number(input, "mb"), Number(input, "size_mb"));
    }

    private static double? At(ImmutableArray<double> numbers, int group) =>
        numbers.Length == 1 ? numbers[0]
        : group >= 0 && group < numbers.Length ? numbers[group]
        : null;

    private static ImmutableArray<double> Numbers(JsonElement attempt, string key) =>
        attempt.TryGetProperty(key, out var value)
            ? value.ValueKind == JsonValueKind.Array
                ? [.. value.EnumerateArray().Select(n => n.GetDouble())]
                : [value.GetDouble()]
            : [];

    private static double? Number(JsonElement input, string key) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number
            ? value.GetDouble()
            : null;
}
