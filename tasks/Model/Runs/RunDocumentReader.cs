using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;

namespace Outsource.Model.Runs;

/// <summary>
/// Reads a run document from JSON without building a tree. Shapes that are off are survived (docs/domain.md §2): a fault costs that run
/// alone. Strings that recur over runs (types, RSEs, modes) are shared. Not safe to use from several threads at once.
/// </summary>
/// <param name="dataTypes">The types whose data entries matter, or null for all; other entries are dropped.</param>
/// <param name="records">Whether our own reduced records are read (<c>runs.jsonl</c>), which may carry a fault.</param>
public sealed class RunDocumentReader(ImmutableHashSet<string>? dataTypes = null, bool records = false)
{
    /// <summary>No run has so many MB (1 PB) or files: what says so says nothing.</summary>
    private const double Absurd = 1e9;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonShape.Deepest };

    private readonly StringPool _pool = new();

    /// <summary>
    /// Reads one document. Numbers that only Python writes (<c>NaN</c>) are none, and cost it nothing where nobody reads them.
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

    private static RunDocument NotJson(string position, JsonException error) =>
        Faulty(null, position, Reason.NotJson, $"not JSON: {Shorten(error.Message.Split(" LineNumber")[0])}");

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

        int? number = null;
        string? mode = null,
            source = null,
            start = null,
            end = null;
        ImmutableArray<string>? detectors = null;
        ImmutableArray<string> tags = [];
        ImmutableArray<DataEntry> data = [];
        DocumentFault? fault = null,
            numberFault = null,
            recorded = null;
        bool modeSeen = false,
            listingOnly = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("number"u8))
            {
                reader.Read();
                (number, numberFault) = ReadNumber(ref reader);
            }
            else if (reader.ValueTextEquals("mode"u8))
            {
                modeSeen = reader.Read() && reader.TokenType == JsonTokenType.String;
                mode = modeSeen ? _pool.Get(ref reader) : Skip(ref reader);
            }
            else if (reader.ValueTextEquals("source"u8))
            {
                source = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("start"u8))
            {
                start = ReadTime(ref reader);
            }
            else if (reader.ValueTextEquals("end"u8))
            {
                end = ReadTime(ref reader);
            }
            else if (reader.ValueTextEquals("detectors"u8) || reader.ValueTextEquals("detector"u8))
            {
                var plural = reader.ValueTextEquals("detectors"u8);
                reader.Read();
                var found = ReadNames(ref reader, "detectors", nameOfObjects: false, out var wrong);
                if (plural || detectors is null)
                {
                    detectors = wrong is null ? found : detectors;
                    fault ??= wrong is null ? null : new DocumentFault(Reason.DetectorsFaulty, wrong);
                }
            }
            else if (reader.ValueTextEquals("tags"u8))
            {
                reader.Read();
                tags = ReadNames(ref reader, "tags", nameOfObjects: true, out var wrong) ?? [];
                fault ??= wrong is null ? null : new DocumentFault(Reason.TagsFaulty, wrong);
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                data = ReadData(ref reader, out var wrong);
                fault ??= wrong is null ? null : new DocumentFault(Reason.DataFaulty, wrong);
            }
            else if (records && reader.ValueTextEquals("fault"u8) && reader.Read())
            {
                recorded = ReadFault(ref reader);
            }
            else if (records && reader.ValueTextEquals("position"u8))
            {
                position = ReadText(ref reader) ?? position;
            }
            else if (records && reader.ValueTextEquals("listing_only"u8))
            {
                listingOnly = reader.Read() && reader.TokenType == JsonTokenType.True;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (recorded is not null)
        {
            fault = recorded;
        }
        else if (number is null)
        {
            fault = numberFault ?? new DocumentFault(Reason.NumberFaulty, "'number' is missing");
        }
        else if (fault is null && !modeSeen)
        {
            fault = new DocumentFault(Reason.ModeFaulty, "'mode' is missing or not a string");
        }
        else if (fault is null && detectors is null or { IsEmpty: true })
        {
            fault = new DocumentFault(Reason.DetectorsFaulty, "'detectors' is missing or empty");
        }

        return new RunDocument
        {
            Number = number,
            Position = number is null ? position : null,
            Mode = mode,
            Source = source,
            Start = start,
            End = end,
            Detectors = detectors ?? [],
            Tags = tags,
            Data = data,
            ListingOnly = listingOnly,
            Fault = fault,
        };
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
        return Real(ref reader, out var shown) is >= 0 and <= int.MaxValue and var number && Math.Floor(number) == number
            ? ((int)number, null)
            : (
                null,
                new DocumentFault(
                    Reason.NumberFaulty,
                    $"'number' is {(shown.Length > 0 ? shown : "too large")}, expected a whole number"
                )
            );
    }

    /// <summary>
    /// A number, or what MongoDB's extended JSON has for one: <c>{"$numberInt": "7157"}</c>, <c>$numberLong</c>, <c>$numberDouble</c>,
    /// <c>$numberDecimal</c>. The reader is behind the value then. Null: it is none, or none that is finite.
    /// </summary>
    /// <param name="reader">On the value.</param>
    /// <param name="shown">What there is instead of a number, for errors.</param>
    private static double? Real(ref Utf8JsonReader reader, out string shown)
    {
        var extended = IsExtendedNumber(reader);
        if (extended)
        {
            reader.Read();
            reader.Read();
        }

        var value = double.NaN;
        if (reader.TokenType == JsonTokenType.Number)
        {
            _ = reader.TryGetDouble(out value);
        }
        else if (
            extended
            && reader.TokenType == JsonTokenType.String
            && !double.TryParse(reader.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
        )
        {
            value = double.NaN;
        }

        var finite = double.IsFinite(value);
        shown =
            finite && value >= 0 && Math.Floor(value) == value ? ""
            : reader.TokenType is JsonTokenType.Number or JsonTokenType.String
                ? $"'{Shorten(System.Text.Encoding.UTF8.GetString(reader.ValueSpan))}'"
            : JsonShape.Kind(reader.TokenType);
        reader.Skip();
        while (extended && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            reader.Skip();
        }

        return finite ? value : null;
    }

    private static bool IsExtendedNumber(Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartObject
        && reader.Read()
        && reader.TokenType == JsonTokenType.PropertyName
        && (
            reader.ValueTextEquals("$numberInt"u8)
            || reader.ValueTextEquals("$numberLong"u8)
            || reader.ValueTextEquals("$numberDouble"u8)
            || reader.ValueTextEquals("$numberDecimal"u8)
        );

    /// <summary>A list of names, one name, or a list of objects that have one. Null (the JSON value) is an empty list.</summary>
    private ImmutableArray<string>? ReadNames(ref Utf8JsonReader reader, string field, bool nameOfObjects, out string? wrong)
    {
        wrong = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return [_pool.Get(ref reader)];
            case JsonTokenType.StartArray:
                break;
            default:
                wrong = $"'{field}' is {JsonShape.Kind(reader.TokenType)}, expected a list";
                reader.Skip();
                return null;
        }

        var names = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                names.Add(_pool.Get(ref reader));
            }
            else if (nameOfObjects && reader.TokenType == JsonTokenType.StartObject && ReadNameOf(ref reader) is { } name)
            {
                names.Add(name);
            }
            else
            {
                // Without the name of every tag nobody can say that the run is not a bad one.
                wrong ??= $"an entry of '{field}' has no name";
                reader.Skip();
            }
        }

        return names.DrainToImmutable();
    }

    private string? ReadNameOf(ref Utf8JsonReader reader)
    {
        string? name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String)
            {
                name = _pool.Get(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return name;
    }

    private ImmutableArray<DataEntry> ReadData(ref Utf8JsonReader reader, out string? wrong)
    {
        wrong = null;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            wrong = $"'data' is {JsonShape.Kind(reader.TokenType)}, expected a list";
            reader.Skip();
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<DataEntry>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                wrong ??= $"an entry of 'data' is {JsonShape.Kind(reader.TokenType)}, expected an object";
                reader.Skip();
                continue;
            }

            var entry = ReadEntry(ref reader);

            // An entry without a type never counts; one of a type nobody asked for decides nothing.
            if (entry.Type is not null && (dataTypes is null || dataTypes.Contains(entry.Type)))
            {
                entries.Add(entry);
            }
        }

        return entries.DrainToImmutable();
    }

    private DataEntry ReadEntry(ref Utf8JsonReader reader)
    {
        string? type = null,
            host = null,
            location = null,
            did = null,
            status = null;
        double? size = null;
        long? files = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("host"u8))
            {
                host = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("location"u8))
            {
                location = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("did"u8))
            {
                did = reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : Skip(ref reader);
            }
            else if (reader.ValueTextEquals("status"u8))
            {
                status = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("meta"u8))
            {
                reader.Read();
                (size, files) = ReadMeta(ref reader);
            }
            else if (reader.ValueTextEquals("size_mb"u8))
            {
                size = ReadReal(ref reader);
            }
            else if (reader.ValueTextEquals("file_count"u8))
            {
                files = (long?)ReadReal(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new DataEntry(type, host, location, did, status, size, files);
    }

    private static (double? Size, long? Files) ReadMeta(ref Utf8JsonReader reader)
    {
        double? size = null;
        long? files = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return (null, null);
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("size_mb"u8))
            {
                size = ReadReal(ref reader);
            }
            else if (reader.ValueTextEquals("file_count"u8))
            {
                files = (long?)ReadReal(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return (size, files);
    }

    private static double? ReadReal(ref Utf8JsonReader reader)
    {
        reader.Read();
        return Real(ref reader, out _) is >= 0 and <= Absurd and var value ? value : null;
    }

    private string? ReadText(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.String ? _pool.Get(ref reader) : Skip(ref reader);

    /// <summary>A time: a string, or MongoDB's <c>{"$date": …}</c> with a string or with milliseconds since 1970.</summary>
    private static string? ReadTime(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Skip(ref reader);
        }

        string? time = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.String)
            {
                time ??= reader.GetString();
            }
            else if (Real(ref reader, out _) is { } milliseconds)
            {
                time ??= OfMilliseconds(milliseconds);
            }
        }

        return time;
    }

    /// <summary>ISO 8601 of milliseconds since 1970, UTC; null outside the years 1 to 9999.</summary>
    internal static string? OfMilliseconds(double milliseconds)
    {
        if (!(milliseconds is >= -62135596800000 and <= 253402300799999))
        {
            return null;
        }

        var time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
        return time.ToString(time.Millisecond == 0 ? "yyyy-MM-ddTHH:mm:ssZ" : "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
    }

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

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
