using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Model.Runs;

/// <summary>
/// Reads a run document from JSON without building a tree. A document of an unexpected shape (docs/domain.md §2) gets a fault; the
/// others are read all the same. Strings that recur over runs (types, RSEs, modes) are shared. Not safe to use from several threads
/// at once.
/// </summary>
public sealed class RunDocumentReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonShape.Deepest };

    private readonly NamePool _pool = new();
    private readonly DataEntryReader _entries;
    private readonly NameReader _names;

    /// <param name="dataTypes">The types whose data entries matter, or null for all; other entries are dropped.</param>
    public RunDocumentReader(ImmutableHashSet<string>? dataTypes = null)
    {
        _entries = new DataEntryReader(_pool, dataTypes);
        _names = new NameReader(_pool);
    }

    /// <summary>Whether the documents are our own reduced records (<c>runs.jsonl</c>), which may have a fault.</summary>
    public bool ReadsRecords { get; init; }

    /// <summary>
    /// Reads one document. A number that only Python writes (<c>NaN</c>) counts as missing.
    /// </summary>
    /// <param name="json">One JSON value, whole.</param>
    /// <param name="position">Where it stands, for documents without a number.</param>
    public RunDocument Read(ReadOnlySpan<byte> json, string position)
    {
        try
        {
            return ReadValue(json, position);
        }
        catch (JsonException error)
        {
            try
            {
                return PythonNumbers.Replaced(json) is { } replaced ? ReadValue(replaced, position) : NotJson(position, error);
            }
            catch (JsonException other)
            {
                return NotJson(position, other);
            }
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8 within a string.
            return Faulty(null, position, Reason.NotJson, "not UTF-8 within a string");
        }
    }

    /// <summary>Reads an entry of a <c>data</c> list.</summary>
    /// <param name="json">A JSON object, whole.</param>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static DataEntry ReadEntry(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject
            ? new DataEntryReader(new NamePool(), null).ReadEntry(ref reader)!
            : throw new JsonException("an entry is not an object");
    }

    private static RunDocument NotJson(string position, JsonException error) =>
        Faulty(null, position, Reason.NotJson, $"not JSON: {ExtendedJson.Shortened(error.Message.Split(" LineNumber")[0])}");

    private RunDocument ReadValue(ReadOnlySpan<byte> json, string position)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        var run = ReadDocument(ref reader, position);
        return json[(int)reader.BytesConsumed..].ContainsAnyExcept(" \t\r\n"u8) && run.Fault is null
            ? run with
            {
                Fault = new DocumentFault(Reason.NotJson, "something follows the document on its line"),
            }
            : run;
    }

    private RunDocument ReadDocument(ref Utf8JsonReader reader, string position)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Faulty(null, position, Reason.NotADocument, $"expected a JSON object, found {JsonShape.Kind(reader.TokenType)}");
        }

        var draft = new RunDocumentDraft { Position = position, Tags = [], Data = [] };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!ReadText(ref reader, ref draft) && !ReadList(ref reader, ref draft) && !ReadRecord(ref reader, ref draft))
            {
                reader.Read();
                reader.Skip();
            }
        }

        return draft.ToDocument();
    }

    /// <summary>Reads a field that is a number, a text or a time; false: the field is another one.</summary>
    private bool ReadText(ref Utf8JsonReader reader, ref RunDocumentDraft draft)
    {
        if (reader.ValueTextEquals("number"u8))
        {
            reader.Read();
            (draft.Number, draft.NumberFault) = ReadNumber(ref reader);
        }
        else if (reader.ValueTextEquals("mode"u8))
        {
            draft.HasMode = reader.Read() && reader.TokenType == JsonTokenType.String;
            draft.Mode = draft.HasMode ? _pool.Get(ref reader) : Skip(ref reader);
        }
        else if (reader.ValueTextEquals("source"u8))
        {
            draft.Source = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("start"u8))
        {
            draft.Start = ExtendedJson.ReadTime(ref reader);
        }
        else if (reader.ValueTextEquals("end"u8))
        {
            draft.End = ExtendedJson.ReadTime(ref reader);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>Reads a field that is a list; false: the field is another one.</summary>
    private bool ReadList(ref Utf8JsonReader reader, ref RunDocumentDraft draft)
    {
        string? wrong;
        if (reader.ValueTextEquals("detectors"u8))
        {
            reader.Read();
            draft.AddDetectors(_names.ReadList(ref reader, "detectors", out wrong), wrong);
        }
        else if (reader.ValueTextEquals("detector"u8))
        {
            reader.Read();
            var found = _names.ReadList(ref reader, "detectors", out wrong);
            if (draft.Detectors is null)
            {
                draft.AddDetectors(found, wrong);
            }
        }
        else if (reader.ValueTextEquals("tags"u8))
        {
            reader.Read();
            draft.Tags = _names.ReadNamedList(ref reader, "tags", out wrong) ?? [];
            draft.AddFault(Reason.TagsFaulty, wrong);
        }
        else if (reader.ValueTextEquals("data"u8))
        {
            reader.Read();
            draft.Data = _entries.ReadList(ref reader, out wrong);
            draft.AddFault(Reason.DataFaulty, wrong);
        }
        else
        {
            return false;
        }

        return true;
    }

    /// <summary>Reads a field that only our own records have; false: the field is another one.</summary>
    private bool ReadRecord(ref Utf8JsonReader reader, ref RunDocumentDraft draft)
    {
        if (!ReadsRecords)
        {
            return false;
        }

        if (reader.ValueTextEquals("fault"u8))
        {
            reader.Read();
            draft.Recorded = ReadFault(ref reader);
        }
        else if (reader.ValueTextEquals("position"u8))
        {
            draft.Position = ReadText(ref reader) ?? draft.Position;
        }
        else if (reader.ValueTextEquals("listing_only"u8))
        {
            draft.ListingOnly = reader.Read() && reader.TokenType == JsonTokenType.True;
        }
        else
        {
            return false;
        }

        return true;
    }

    private static DocumentFault ReadFault(ref Utf8JsonReader reader)
    {
        string code = "",
            detail = "";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCode = reader.ValueTextEquals("code"u8);
            reader.Read();
            (code, detail) = isCode ? (reader.GetString() ?? "", detail) : (code, reader.GetString() ?? "");
        }

        return new DocumentFault(ReasonCodes.Parse(code), detail);
    }

    private static (int?, DocumentFault?) ReadNumber(ref Utf8JsonReader reader)
    {
        // MongoDB's exports write 7157.0 now and then.
        var before = reader;
        var number = ExtendedJson.Real(ref reader);
        if (number is >= 0 and <= int.MaxValue && Math.Floor(number.Value) == number)
        {
            return ((int)number, null);
        }

        var isTooLarge = number > int.MaxValue && Math.Floor(number.Value) == number;
        var found = isTooLarge ? "too large" : ExtendedJson.Shown(before);
        return (null, new DocumentFault(Reason.NumberFaulty, $"'number' is {found}, expected a whole number"));
    }

    private string? ReadText(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? _pool.Get(ref reader) : Skip(ref reader);

    private static string? Skip(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    private static RunDocument Faulty(int? number, string position, Reason reason, string detail) =>
        new()
        {
            Number = number,
            Position = position,
            Fault = new DocumentFault(reason, detail),
        };
}
