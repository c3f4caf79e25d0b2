using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Artifacts;

/// <summary>What the plan has to know about a level, as part of the input of a ledger's line.</summary>
internal static class LevelWorkJson
{
    private const string Key = "level";

    /// <summary>Writes it, if there is any.</summary>
    public static void Write(Utf8JsonWriter json, LevelWork? work)
    {
        if (work is null)
        {
            return;
        }

        json.WriteStartObject(Key);
        json.WriteString("raw_did"u8, work.RawDid);
        json.WriteStartArray("sizes_mb"u8);
        foreach (var size in work.SizesMb)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        if (work.Seconds is { } seconds)
        {
            json.WriteNumber("seconds"u8, seconds);
        }

        if (work.LedMode is { } mode)
        {
            json.WriteString("led_mode"u8, mode);
        }

        WriteList(json, "without", work.Without);
        WriteList(json, "to_make", work.ToMake);
        if (!work.Missing.SequenceEqual(work.ToMake))
        {
            WriteList(json, "missing", work.Missing);
        }

        if (!work.Others.IsEmpty)
        {
            json.WriteStartObject("other_raw"u8);
            foreach (var other in work.Others)
            {
                json.WritePropertyName(other.Type);
                if (other.SizeMb is { } mb)
                {
                    json.WriteNumberValue(mb);
                }
                else
                {
                    json.WriteNullValue();
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Reads it from a line's input; null: it is of no level.</summary>
    public static LevelWork? Read(JsonElement input) =>
        !input.TryGetProperty(Key, out var json)
            ? null
            : new LevelWork(
                json.GetProperty("raw_did").GetString()!,
                [.. json.GetProperty("sizes_mb").EnumerateArray().Select(s => s.GetDouble())],
                json.TryGetProperty("seconds", out var seconds) ? seconds.GetDouble() : null,
                json.TryGetProperty("led_mode", out var mode) ? mode.GetString() : null,
                ReadList(json, "without"),
                ReadList(json, "to_make"),
                json.TryGetProperty("missing", out _) ? ReadList(json, "missing") : ReadList(json, "to_make"),
                json.TryGetProperty("other_raw", out var others)
                    ?
                    [
                        .. others
                            .EnumerateObject()
                            .Select(o => new OtherRaw(o.Name, o.Value.ValueKind == JsonValueKind.Null ? null : o.Value.GetDouble())),
                    ]
                    : []
            );

    private static void WriteList(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        if (!values.IsEmpty)
        {
            json.WriteTexts(name, values);
        }
    }

    private static ImmutableArray<string> ReadList(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(v => v.GetString()!)] : [];
}
