using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Foundation.Files;

namespace Outsource.Artifacts;

/// <summary>A folder of strax data that was unpacked on the submit host.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Type">Data type.</param>
/// <param name="Hash">Lineage hash; of a part, that of the part.</param>
/// <param name="Bytes">Sum of its files.</param>
/// <param name="Job">The job that made it.</param>
/// <param name="Tarball">Name of the tarball that it came in.</param>
/// <param name="Path">Where it is. Absolute.</param>
public sealed record UnpackedOutput(int Run, string Type, string Hash, long Bytes, string Job, string Tarball, string Path);

/// <summary>
/// <c>index.jsonl</c> in a workflow's outputs folder, which <c>payload/unpack.py</c> writes: one line for each folder that was unpacked.
/// </summary>
public static partial class OutputIndex
{
    public const string FileName = "index.jsonl";

    /// <summary>What was unpacked and is still there, in the order of the file; lines of another form are left out.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="outputs">The workflow's outputs folder. Absolute.</param>
    /// <exception cref="UnfitFileException">It is not a regular file.</exception>
    public static ImmutableArray<UnpackedOutput> Read(IFileSystem disk, string outputs)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var path = Path.Combine(outputs, FileName);
        return disk.File.Exists(path)
            ?
            [
                .. BoundedText
                    .Lines(disk, path)
                    .Select(line => Of(line, outputs))
                    .OfType<UnpackedOutput>()
                    .Where(o => disk.Directory.Exists(o.Path)),
            ]
            : [];
    }

    private static UnpackedOutput? Of(string line, string outputs)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            string Text(string key) => root.GetProperty(key).GetString() ?? "";
            var run = root.GetProperty("run").GetInt32();
            var (type, hash, folder) = (Text("type"), Text("hash"), Text("folder"));
            var part = root.TryGetProperty("part", out var named) ? "-" + named.GetString() : "";
            // The path of a folder is made of these.
            return
                new[] { type, hash, folder }.All(Word().IsMatch)
                && Part().IsMatch(part)
                && run is >= 0 and <= 999_999
                ? new UnpackedOutput(
                    run,
                    type,
                    hash,
                    root.GetProperty("bytes").GetInt64(),
                    Text("job"),
                    Text("tarball"),
                    Path.Combine(outputs, folder, $"{run:D6}-{type}-{hash}{part}")
                )
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_]{1,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"\A(-chunks-[0-9]+-[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
