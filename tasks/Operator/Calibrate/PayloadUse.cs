using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Engines.Records;

namespace Outsource.Operator.Calibrate;

/// <summary>What a job's last line says of what it used (<c>outsource-summary</c>, docs/payload.md).</summary>
/// <param name="PeakMb">Most memory of its processes, 10^6 bytes; null: it does not say.</param>
/// <param name="Hours">How long it took; null: it does not say.</param>
public sealed record PayloadUse(double? PeakMb, double? Hours)
{
    private const string Summary = "outsource-summary ";

    /// <summary>Reads the output of a try; null: it has no such line.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The file. Absolute.</param>
    public static PayloadUse? Read(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var last = LogText.EndsIfAny(disk, path).LastOrDefault(l => l.TrimStart().StartsWith(Summary, StringComparison.Ordinal));
        if (last is null)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(last.Trim()[Summary.Length..]);
            return new PayloadUse(Number(json.RootElement, "peak_memory_mb"), Number(json.RootElement, "seconds") / 3600);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static double? Number(JsonElement root, string key) =>
        root.TryGetProperty(key, out var value) && value.TryGetDouble(out var number) && number is >= 0 and < 1e9 ? number : null;
}
