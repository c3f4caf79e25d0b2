using System.Text;
using System.Text.Json;

namespace Outsource.Http;

/// <summary>Reads JSON answers, without a tree of what may be large, and says what is wrong with those of another shape.</summary>
public static class JsonAnswer
{
    /// <summary>The whole body.</summary>
    public static async Task<byte[]> BytesAsync(Stream body, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        await body.CopyToAsync(memory, cancel).ConfigureAwait(false);
        return memory.ToArray();
    }

    /// <summary>The value of a field of the object that the answer is; null when there is no such field.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="field">The field.</param>
    /// <param name="expected">What stands in the answer when it is as it should be, for errors: <c>a JSON object with 'results'</c>.</param>
    /// <exception cref="WrongShapeException">It is no JSON, or no object.</exception>
    /// <exception cref="BrokenAnswerException">It ends too early.</exception>
    public static Range? Field(ReadOnlySpan<byte> body, string field, string expected)
    {
        // Not the final block: then an end that comes too early can be told from an error of the service.
        var reader = new Utf8JsonReader(body, isFinalBlock: false, default);
        Range? found = null;
        try
        {
            if (!reader.Read())
            {
                throw new BrokenAnswerException("the answer is empty");
            }

            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new WrongShapeException($"found {Kind(reader.TokenType)}, expected {expected}");
            }

            while (Read(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = reader.ValueTextEquals(field);
                Read(ref reader);
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    throw new BrokenAnswerException("the JSON ends in the middle");
                }

                found = wanted ? start..(int)reader.BytesConsumed : found;
            }

            return found;
        }
        catch (JsonException error)
        {
            throw new WrongShapeException(Garbage(body, error, expected));
        }
    }

    /// <summary>The elements of an array.</summary>
    /// <param name="json">The array, whole.</param>
    /// <param name="field">What it is called, for errors.</param>
    public static List<Range> Elements(ReadOnlySpan<byte> json, string field)
    {
        var reader = new Utf8JsonReader(json);
        var elements = new List<Range>();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            throw new WrongShapeException($"'{field}' is {Kind(reader.TokenType)}, expected a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            elements.Add(start..(int)reader.BytesConsumed);
        }

        return elements;
    }

    /// <summary>What a value is, for errors.</summary>
    public static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        _ => "nothing",
    };

    private static bool Read(ref Utf8JsonReader reader) => reader.Read() ? true : throw new BrokenAnswerException("the JSON ends in the middle");

    /// <summary>What came instead of JSON. Nothing of it is quoted: it may hold what was sent.</summary>
    private static string Garbage(ReadOnlySpan<byte> body, JsonException error, string expected)
    {
        var text = body.TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8);
        if (text.Length > 0 && text[0] == (byte)'<')
        {
            var start = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 200)]);
            var html = start.Contains("html", StringComparison.OrdinalIgnoreCase);
            return $"found {(html ? "an HTML page" : "XML")}, expected {expected}; it may come from a proxy or a login page in between";
        }

        return $"found no JSON (at byte {error.BytePositionInLine ?? 0} of line {(error.LineNumber ?? 0) + 1}), expected {expected}";
    }
}
