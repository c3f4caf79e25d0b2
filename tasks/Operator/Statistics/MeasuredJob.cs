using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Operator.Statistics;

/// <summary>What a job of a resources test measured of itself. Megabytes are 10^6 bytes.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Level"><c>lower</c>, <c>combine</c> or <c>upper</c>.</param>
/// <param name="Types">The data types that it made.</param>
/// <param name="PeakMb">Most memory of its process.</param>
public sealed record MeasuredJob(int Run, string Level, ImmutableArray<string> Types, double PeakMb)
{
    /// <summary>First chunk and the one after the last; null: all.</summary>
    public (int Start, int Stop)? Chunks { get; init; }

    /// <summary>The detector, if the file says it.</summary>
    public string? Detector { get; init; }

    /// <summary>Most memory of its control group, page cache included; null: the kernel did not say.</summary>
    public double? GroupPeakMb { get; init; }

    /// <summary>Sum of its input, output and downloaded files.</summary>
    public double DiskMb { get; init; }

    /// <summary>Its largest downloaded file, compressed: of a lower job the largest chunk of raw data.</summary>
    public double LargestMb { get; init; }

    /// <summary>All that it read, compressed.</summary>
    public double InputMb { get; init; }
}

/// <summary>The measurements below an outputs folder.</summary>
/// <param name="Jobs">In order of file names.</param>
/// <param name="Faults">Files that cannot be used.</param>
public sealed record MeasuredJobs(ImmutableArray<MeasuredJob> Jobs, ImmutableArray<Fault> Faults)
{
    private const string Pattern = "*.resources.json";

    /// <summary>A day of measurements, one a second, is less.</summary>
    private const long MostBytes = 16 << 20;

    /// <summary>Reads them. A file that lies in several places is read once.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="outputs">The workflow's outputs folder. Absolute.</param>
    public static MeasuredJobs Read(IFileSystem disk, string outputs)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (!disk.Directory.Exists(outputs))
        {
            return new MeasuredJobs([], []);
        }

        var faults = ImmutableArray.CreateBuilder<Fault>();
        var jobs = disk
            .Directory.EnumerateFiles(outputs, Pattern, SearchOption.AllDirectories)
            .GroupBy(f => Path.GetFileName(f), StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Of(disk, g.Order(StringComparer.Ordinal).First(), faults))
            .OfType<MeasuredJob>()
            .ToImmutableArray();
        return new MeasuredJobs(jobs, faults.ToImmutable());
    }

    private static MeasuredJob? Of(IFileSystem disk, string path, ImmutableArray<Fault>.Builder faults)
    {
        try
        {
            using var json = JsonDocument.Parse(BoundedText.ReadAll(disk, path, MostBytes));
            return MeasurementReader.Of(json.RootElement);
        }
        catch (Exception error) when (DiskFault.Is(error))
        {
            faults.Add(new Fault($"the measurement cannot be read: {DiskFault.Why(error, path)}.", path));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            faults.Add(new Fault("this is not a measurement of a job, so it is left out. Delete it.", path));
        }

        return null;
    }
}

/// <summary>Reads <c>outsource/resources/1</c>, which the payload writes.</summary>
internal static partial class MeasurementReader
{
    /// <exception cref="FormatException">A value is not possible.</exception>
    /// <exception cref="KeyNotFoundException">A needed member is missing.</exception>
    public static MeasuredJob Of(JsonElement root)
    {
        var level = root.GetProperty("level").GetString();
        ImmutableArray<string> types = [.. Types(root)];
        var sizes = root.TryGetProperty("sizes", out var all) ? all : default;
        var (input, staging, output) = (Sizes(sizes, "input"), Sizes(sizes, "staging"), Sizes(sizes, "output"));
        var peak = new[] { Number(root, "peak_mb"), Number(root, "peak_memory_mb") }.Concat(Memory(root)).Max();
        return level is "lower" or "combine" or "upper" && types.All(t => Name().IsMatch(t)) && peak is > 0 and < 1e9
            ? new MeasuredJob(root.GetProperty("run").GetInt32(), level, types, peak.Value)
            {
                Chunks = root.TryGetProperty("chunks", out var chunks) && chunks.ValueKind == JsonValueKind.Array
                    ? (chunks[0].GetInt32(), chunks[1].GetInt32())
                    : null,
                Detector = Word(root, "detector"),
                GroupPeakMb = Number(root, "cgroup_peak_mb"),
                DiskMb = (input.Sum() + staging.Sum() + output.Sum()) / 1e6,
                LargestMb = staging.DefaultIfEmpty().Max() / 1e6,
                InputMb = Number(root, "input_mb") ?? (input.Sum() + staging.Sum()) / 1e6,
            }
            : throw new FormatException("The values are not possible.");
    }

    /// <summary>The list of the types, or the names under their times.</summary>
    private static IEnumerable<string> Types(JsonElement root) =>
        root.TryGetProperty("data_types", out var list) ? list.EnumerateArray().Select(t => t.GetString() ?? "")
        : root.TryGetProperty("types", out var times) ? times.EnumerateObject().Select(t => t.Name)
        : [];

    private static IEnumerable<double?> Memory(JsonElement root) =>
        root.TryGetProperty("memory", out var list) ? list.EnumerateArray().Select(m => (double?)m[1].GetDouble()) : [];

    /// <summary>Bytes of the data files of a folder: metadata has no part in what the prediction counts.</summary>
    private static List<double> Sizes(JsonElement sizes, string folder) =>
        sizes.ValueKind == JsonValueKind.Object && sizes.TryGetProperty(folder, out var files)
            ?
            [
                .. files
                    .EnumerateObject()
                    .Where(f => !f.Name.Contains("metadata", StringComparison.Ordinal))
                    .Select(f => Math.Max(0, f.Value.GetDouble())),
            ]
            : [];

    private static double? Number(JsonElement root, string key) =>
        root.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string? Word(JsonElement root, string key) =>
        root.TryGetProperty(key, out var value) && value.GetString() is { } word && Name().IsMatch(word) ? word : null;

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
