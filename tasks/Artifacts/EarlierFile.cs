using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Artifacts;

/// <summary>The chunks of the lower jobs of an earlier workflow.</summary>
/// <param name="Run">Run number.</param>
/// <param name="Detector">tpc, neutron_veto, muon_veto.</param>
/// <param name="Groups">First chunk, and the one after the last, of each job, ascending; empty: there were none.</param>
public sealed record EarlierGroups(int Run, string Detector, ImmutableArray<(int Start, int Stop)> Groups)
{
    /// <summary>The ends of the groups; null: they do not follow each other from the first chunk on, so no data can be put together from
    /// them.</summary>
    public ImmutableArray<int>? Stops =>
        Groups.Select((g, i) => g.Start == (i == 0 ? 0 : Groups[i - 1].Stop) && g.Stop > g.Start).All(fits => fits)
            ? [.. Groups.Select(g => g.Stop)]
            : null;
}

/// <summary>
/// <c>earlier.jsonl</c>, beside the plan of a relay: the workflow that it continues. PlanChunks takes the groups of chunks from it, so that
/// parts that were made before fit; the Slurm engine looks for data in its outputs.
/// </summary>
public sealed record EarlierFile
{
    public const string FileName = "earlier.jsonl",
        Schema = "outsource/earlier/1";

    private static readonly JsonWriterOptions Readable = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    /// <summary>Name of the earlier workflow.</summary>
    public required string Workflow { get; init; }

    /// <summary>Its folder. Absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>Folders with data of it. Absolute.</summary>
    public ImmutableArray<string> Outputs { get; init; } = [];

    /// <summary>SHA-256 of its context description; null: it does not say.</summary>
    public string? ContextDescription { get; init; }

    /// <summary>Fingerprint of its plan; null: it has none.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Its runs and detectors.</summary>
    public ImmutableArray<EarlierGroups> Groups { get; init; } = [];

    /// <summary>Writes it into the folder of the artifacts.</summary>
    public void Write(IFileSystem disk, string folder)
    {
        using var file = AtomicFile.Create(disk, Path.Combine(folder, FileName));
        using var writer = new JsonLineWriter(file.Stream, Readable);
        var json = writer.Json;
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString(Seal.Key, Seal.Blank);
        json.WriteString("workflow", Workflow);
        json.WriteString("folder", Folder);
        json.WriteStartArray("outputs");
        foreach (var outputs in Outputs)
        {
            json.WriteStringValue(outputs);
        }

        json.WriteEndArray();
        json.WriteString("context_description", ContextDescription);
        json.WriteString("fingerprint", Fingerprint);
        json.WriteEndObject();
        writer.EndLine();
        foreach (var unit in Groups)
        {
            WriteUnit(json, unit);
            writer.EndLine();
        }

        writer.Complete();
        Seal.Close(file.Stream);
        file.Commit();
    }

    /// <summary>Reads it; null: the plan in that folder continues none.</summary>
    /// <exception cref="OutsourceException">It is damaged.</exception>
    public static EarlierFile? Read(IFileSystem disk, string folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        var path = Path.Combine(folder, FileName);
        if (!disk.File.Exists(path))
        {
            return null;
        }

        try
        {
            if (Seal.Holds(disk, path))
            {
                return Parse(BoundedText.Statements(disk, path).Where(l => l.Length > 0));
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // The remedy is the same for every fault.
        }

        throw new OutsourceException(
            $"'{path}' is not what Relay wrote. Make the plan again with --target=Relay --replace.",
            ExitCodes.Usage
        );
    }

    private static void WriteUnit(Utf8JsonWriter json, EarlierGroups unit)
    {
        json.WriteStartObject();
        json.WriteNumber("run", unit.Run);
        json.WriteString("detector", unit.Detector);
        json.WriteStartArray("groups");
        foreach (var (start, stop) in unit.Groups)
        {
            json.WriteStartArray();
            json.WriteNumberValue(start);
            json.WriteNumberValue(stop);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static EarlierFile Parse(IEnumerable<string> lines)
    {
        EarlierFile? head = null;
        var units = ImmutableArray.CreateBuilder<EarlierGroups>();
        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (head is null)
            {
                head = new EarlierFile
                {
                    Workflow = root.GetProperty("workflow").GetString()!,
                    Folder = root.GetProperty("folder").GetString()!,
                    Outputs = [.. root.GetProperty("outputs").EnumerateArray().Select(o => o.GetString()!)],
                    ContextDescription = root.GetProperty("context_description").GetString(),
                    Fingerprint = root.GetProperty("fingerprint").GetString(),
                };
                continue;
            }

            units.Add(
                new EarlierGroups(
                    root.GetProperty("run").GetInt32(),
                    root.GetProperty("detector").GetString()!,
                    [.. root.GetProperty("groups").EnumerateArray().Select(g => (g[0].GetInt32(), g[1].GetInt32()))]
                )
            );
        }

        return head is null ? throw new FormatException("it is empty") : head with { Groups = units.DrainToImmutable() };
    }
}
