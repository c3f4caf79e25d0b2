using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Slurm;

/// <summary>A folder of data that a job made, or a tarball.</summary>
/// <param name="Name">Below the outputs folder, or in the scratch folder.</param>
/// <param name="Hash">Lineage hash; null: a tarball.</param>
/// <param name="Bytes">Bytes.</param>
public sealed record MadeData(string Name, string? Hash, long Bytes);

/// <summary>What a job wrote when it started or ended (<c>slurm/started/NAME.json</c>, <c>slurm/done/NAME.json</c>).</summary>
/// <param name="Id">Its number in Slurm.</param>
/// <param name="Attempt">From 0.</param>
/// <param name="Node">The computing node.</param>
/// <param name="At">When, UTC.</param>
public sealed record JobMark(int Id, int Attempt, string Node, DateTimeOffset At)
{
    /// <summary>How often Slurm has put it back into the queue.</summary>
    public int Restarts { get; init; }

    /// <summary>Its exit code; null: it has started only.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether Slurm told it to end: its time was over, or it was removed.</summary>
    public bool Stopped { get; init; }

    /// <summary>Seconds that it took.</summary>
    public long Seconds { get; init; }

    /// <summary>Most memory that it used, MB of 10^6 bytes; null: unknown.</summary>
    public long? PeakMb { get; init; }

    /// <summary>SHA-256 of the line of the plan that it was made from.</summary>
    public string Plan { get; init; } = "";

    /// <summary>Folders of data that it made, below the outputs folder.</summary>
    public ImmutableArray<MadeData> Folders { get; init; } = [];

    /// <summary>Tarballs that it left in the scratch folder.</summary>
    public ImmutableArray<MadeData> Outputs { get; init; } = [];

    /// <summary>Reads a mark; null: there is none, or it is of another form, so that nothing is known.</summary>
    public static JobMark? Read(IFileSystem disk, string path)
    {
        ArgumentNullException.ThrowIfNull(disk);
        try
        {
            return disk.File.Exists(path) ? Parse(BoundedText.ReadAll(disk, path)) : null;
        }
        catch (IOException)
        {
            // It is replaced while it is read; who asks again reads the new one.
            return null;
        }
    }

    /// <summary>Reads a mark; null: it is of another form.</summary>
    public static JobMark? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var mark = json.RootElement;
            long? Number(string key) =>
                mark.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
            ImmutableArray<MadeData> Made(string key, string name) =>
                mark.TryGetProperty(key, out var list)
                    ?
                    [
                        .. list.EnumerateArray()
                            .Select(m => new MadeData(
                                m.GetProperty(name).GetString()!,
                                m.TryGetProperty("hash", out var hash) ? hash.GetString() : null,
                                m.GetProperty("bytes").GetInt64()
                            )),
                    ]
                    : [];
            return new JobMark(
                mark.GetProperty("id").GetInt32(),
                (int)(Number("attempt") ?? 0),
                mark.GetProperty("node").GetString() ?? "",
                DateTimeOffset.FromUnixTimeSeconds(mark.GetProperty("at").GetInt64())
            )
            {
                Restarts = (int)(Number("restarts") ?? 0),
                ExitCode = (int?)Number("exit"),
                Stopped = Number("stopped") == 1,
                Seconds = Number("seconds") ?? 0,
                PeakMb = Number("peak_mb"),
                Plan = mark.TryGetProperty("plan", out var plan) ? plan.GetString() ?? "" : "",
                Folders = Made("folders", "folder"),
                Outputs = Made("outputs", "name"),
            };
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
