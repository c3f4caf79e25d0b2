using System.Collections.Immutable;
using System.IO.Abstractions;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Reconcile;

/// <summary>State of a step of a repair.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RepairState>))]
public enum RepairState
{
    /// <summary>It was about to be done. If no line follows, it is unknown whether it was done.</summary>
    [JsonStringEnumMemberName("begun")]
    Begun,

    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It was not done, because what it is about had changed.</summary>
    [JsonStringEnumMemberName("skipped")]
    Skipped,
}

/// <summary>A line of the journal.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Step">The step: what, which dataset, which RSE.</param>
/// <param name="State">Its state.</param>
public sealed record RepairEntry(DateTimeOffset At, [property: JsonRequired] string Step, [property: JsonRequired] RepairState State)
{
    /// <summary>The entry that is added or removed, as it is sent.</summary>
    public string? Sent { get; init; }

    /// <summary>Why it failed or was skipped.</summary>
    public string? Detail { get; init; }

    public string? User { get; init; }

    public string? Host { get; init; }
}

/// <summary>
/// <c>repairs.jsonl</c>: what was changed in the run database. One line is written before and one after each step, and is on disk before
/// the step continues.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The folder of the comparison. Absolute.</param>
public sealed class RepairJournal(IFileSystem disk, string folder)
{
    public const string FileName = "repairs.jsonl";

    private static readonly RepairJson Json = new(
        new JsonSerializerOptions(RepairJson.Default.Options) { Encoder = VisibleJson.Encoder }
    );

    private readonly JournalLines<RepairEntry> _lines = new(disk, System.IO.Path.Combine(folder, FileName), Json.RepairEntry);

    /// <summary>Where it is.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, FileName);

    /// <summary>Adds a line; it is on disk when this returns.</summary>
    public void Append(RepairEntry entry) => _lines.Append(entry);

    /// <summary>The last line about each step. A line that cannot be read was cut off while it was written.</summary>
    public ImmutableDictionary<string, RepairEntry> Last()
    {
        var last = ImmutableDictionary.CreateBuilder<string, RepairEntry>(StringComparer.Ordinal);
        foreach (var entry in _lines.Read())
        {
            last[entry.Step] = entry;
        }

        return last.ToImmutable();
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RepairEntry))]
internal sealed partial class RepairJson : JsonSerializerContext;
