using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Model.Runs;

/// <summary>Writes run documents in the reduced form of <c>runs.jsonl</c>, which <see cref="RunDocumentReader"/> reads back.</summary>
public static class RunRecords
{
    internal static readonly JsonWriterOptions Options = new() { Encoder = VisibleJson.Encoder, SkipValidation = true };

    /// <summary>A writer that puts one document a line.</summary>
    public static Utf8JsonWriter Writer(Stream stream) => new(stream, Options);

    /// <summary>Writes one document. Every name in it is one that the reader knows; a fault stands under <c>fault</c>.</summary>
    public static void Write(Utf8JsonWriter json, RunDocument run)
    {
        json.WriteStartObject();
        if (run.Number is { } number)
        {
            json.WriteNumber("number"u8, number);
        }

        WriteText(json, "position"u8, run.Position);
        WriteText(json, "mode"u8, run.Mode);
        WriteText(json, "source"u8, run.Source);
        WriteText(json, "start"u8, run.Start);
        WriteText(json, "end"u8, run.End);
        WriteList(json, "detectors"u8, run.Detectors);
        WriteList(json, "tags"u8, run.Tags);
        if (run.ListingOnly)
        {
            json.WriteBoolean("listing_only"u8, true);
        }

        json.WriteStartArray("data"u8);
        foreach (var entry in run.Data)
        {
            json.WriteStartObject();
            WriteText(json, "type"u8, entry.Type);
            WriteText(json, "host"u8, entry.Host);
            WriteText(json, "location"u8, entry.Location);
            WriteText(json, "did"u8, entry.Did);
            WriteText(json, "status"u8, entry.Status);
            if (entry.SizeMb is { } size)
            {
                json.WriteNumber("size_mb"u8, size);
            }

            if (entry.FileCount is { } files)
            {
                json.WriteNumber("file_count"u8, files);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (run.Fault is { } fault)
        {
            json.WriteStartObject("fault"u8);
            json.WriteString("code"u8, ReasonCodes.Spell(fault.Reason));
            json.WriteString("detail"u8, fault.Detail);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
