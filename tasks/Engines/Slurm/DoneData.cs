using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Model.Runs;

namespace Outsource.Engines.Slurm;

/// <summary>
/// Tells from the folders of data on disk what is done: a folder <c>RRRRRR-TYPE-HASH</c> whose metadata is there, has no exception, and
/// names chunk files that are all there with their sizes. What this program, today's program, or an unpacked result of the grid left
/// counts alike. Only the types that a job stores count, not those that it is asked for (T13, T18).
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="outputs">The outputs folders, the workflow's own first. Absolute.</param>
public sealed partial class DoneData(IFileSystem disk, params ImmutableArray<string> outputs)
{
    /// <summary>Folders of whole data, below the outputs folder.</summary>
    public static readonly string[] Products = ["strax_data_rcc", "strax_data_osg"];

    /// <summary>Folders of parts.</summary>
    public static readonly string[] Parts = ["strax_data_rcc_per_chunk", "strax_data_osg_per_chunk"];

    /// <summary>Part hashes by plain hash, chunks and type, where the context description tells them; else metadata is read.</summary>
    public Func<string, int, int, string?>? PartHash { get; init; }

    /// <summary>Names of folders by run and type; listed once.</summary>
    private readonly Dictionary<string, ILookup<string, string>> _listed = new(StringComparer.Ordinal);

    /// <summary>The folders that a job would make, if all of them are there and complete; null: at least one is not.</summary>
    public IReadOnlyList<string>? FoldersOf(SlurmPlanJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var types = job.AllOf("--expect-hash").Select(w => w.Split('=', 2)).Where(w => w.Length == 2).ToList();
        if (types.Count == 0 || job.Argument("--level") is not { } level)
        {
            return null;
        }

        var folders = new List<string>();
        foreach (var type in types)
        {
            var found = level != "lower" ? Product(job.Run, type[0], type[1])
                : ChunksOf(job) is { } chunks ? Part(job.Run, type[0], type[1], chunks)
                : null;
            if (found is null)
            {
                return null;
            }

            folders.Add(found);
        }

        return folders;
    }

    /// <summary>The folder of a product; null: it is not there, or not complete.</summary>
    public string? Product(int run, string type, string hash) =>
        outputs
            .SelectMany(o => Products.Select(p => Path.Combine(o, p, $"{RunDocument.Padded(run)}-{type}-{hash}")))
            .FirstOrDefault(f => disk.Directory.Exists(f) && IsComplete(f, type, null));

    /// <summary>The folder of a part; null: it is not there, or not complete.</summary>
    /// <param name="run">Run number.</param>
    /// <param name="type">Data type.</param>
    /// <param name="hash">The plain hash.</param>
    /// <param name="chunks">First chunk, and the one after the last.</param>
    public string? Part(int run, string type, string hash, (int Start, int Stop) chunks)
    {
        var named = PartHash?.Invoke(type, chunks.Start, chunks.Stop);
        var canary = $"{RunDocument.Padded(run)}-{type}-{hash}-chunks-{chunks.Start}-{chunks.Stop}";
        foreach (var place in outputs.SelectMany(o => Parts.Select(p => Path.Combine(o, p))))
        {
            foreach (var folder in Listed(place)[$"{RunDocument.Padded(run)}-{type}"])
            {
                var name = Path.GetFileName(folder);
                var byName = name == canary || (named is not null && name.EndsWith("-" + named, StringComparison.Ordinal));
                if ((byName || named is null) && IsComplete(folder, type, byName ? null : chunks))
                {
                    return folder;
                }
            }
        }

        return null;
    }

    /// <summary>The chunks of a job that makes parts, or null.</summary>
    public static (int Start, int Stop)? ChunksOf(SlurmPlanJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return int.TryParse(job.Argument("--chunk-start"), out var start) && int.TryParse(job.Argument("--chunk-stop"), out var stop)
            ? (start, stop)
            : null;
    }

    private ILookup<string, string> Listed(string place)
    {
        if (!_listed.TryGetValue(place, out var folders))
        {
            _listed[place] = folders = (disk.Directory.Exists(place) ? disk.Directory.EnumerateDirectories(place) : [])
                .Where(f => Folder().IsMatch(Path.GetFileName(f)))
                .ToLookup(f => string.Join('-', Path.GetFileName(f).Split('-').Take(2)), StringComparer.Ordinal);
        }

        return folders;
    }

    /// <summary>Whether nothing of a folder is missing.</summary>
    /// <param name="folder">Absolute.</param>
    /// <param name="type">Its type.</param>
    /// <param name="chunks">The chunks of raw data that its lineage must name; null: its name says that.</param>
    private bool IsComplete(string folder, string type, (int Start, int Stop)? chunks)
    {
        var prefix = Folder().Match(Path.GetFileName(folder)).Groups["prefix"].Value;
        return StraxFolder.Read(disk, folder, prefix) is { } data
            && data.IsWhole()
            && (chunks is not { } wanted || NamesChunks(data.Lineage, type, wanted));
    }

    /// <summary>The lineage of a part names its chunks: <c>lineage.TYPE[2].chunk_number = {"raw_records": [0, 1, 2]}</c>.</summary>
    private static bool NamesChunks(JsonElement lineage, string type, (int Start, int Stop) chunks) =>
        lineage is { ValueKind: JsonValueKind.Object }
        && lineage.TryGetProperty(type, out var plugin)
        && plugin.ValueKind == JsonValueKind.Array
        && plugin.GetArrayLength() > 2
        && plugin[2] is { ValueKind: JsonValueKind.Object } options
        && options.TryGetProperty("chunk_number", out var numbers)
        && numbers.ValueKind == JsonValueKind.Object
        && numbers.EnumerateObject().Any(n => AreThese(n.Value, chunks));

    private static bool AreThese(JsonElement numbers, (int Start, int Stop) chunks) =>
        numbers.ValueKind == JsonValueKind.Array
        && numbers
            .EnumerateArray()
            .Select(c => c.ValueKind == JsonValueKind.Number && c.TryGetInt32(out var number) ? number : -1)
            .SequenceEqual(Enumerable.Range(chunks.Start, chunks.Stop - chunks.Start));

    [GeneratedRegex(
        @"\A[0-9]{6}-(?<prefix>[a-z][a-z0-9_]*-[A-Za-z0-9]+)(-chunks-[0-9]+-[0-9]+)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Folder();
}
