using System.Text;
using System.Text.Json;

namespace Outsource.Http;

/// <summary>Reads JSON answers, without a tree of what may be large, and says what is wrong with those of another shape.</summary>
public static class JsonAnswer
{
    /// <summary>How deep a document may be nested; one that goes deeper is none of ours.</summary>
    public const int Deepest = 1000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = Deepest };

    /// <summary>The whole body, numbers that only Python writes (<c>NaN</c>) made <c>null</c>. Its length has the bound of the request.</summary>
    public static async Task<ReadOnlyMemory<byte>> BytesAsync(Answer answer, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await answer.Body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
        {
            if (memory.Length + read > Answer.Small)
            {
                // Long ones come one after another: many at once would be much memory.
                await answer.TakeTurnAsync(cancel).ConfigureAwait(false);
            }

            memory.Write(buffer, 0, read);
        }

        var bytes = memory.GetBuffer().AsMemory(0, (int)memory.Length);
        return PythonNumbers.Mended(bytes.Span) ?? bytes;
    }

    /// <summary>A context document, a run document, or another small tree, as <see cref="JsonDocument"/>.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) => JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });

    /// <summary>The value of a field of the object that the answer is; null when there is no such field.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="field">The field.</param>
    /// <param name="expected">What stands in the answer when it is as it should be, for errors: <c>a JSON object with 'results'</c>.</param>
    /// <exception cref="WrongShapeException">It is no JSON, or no object.</exception>
    /// <exception cref="BrokenAnswerException">It ends too early.</exception>
    public static Range? Field(ReadOnlySpan<byte> body, string field, string expected)
    {
        // Not the final block: then an end that comes too early can be told from an error of the service.
        var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(Options));
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

    /// <summary>What a value is, for errors, told by its first bytes.</summary>
    public static string KindOf(ReadOnlySpan<byte> json) => json switch
    {
        [(byte)'{', ..] => "an object",
        [(byte)'[', ..] => "a list",
        [(byte)'"', ..] => "a string",
        [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..] => "a number",
        _ when json.StartsWith("true"u8) || json.StartsWith("false"u8) => "a boolean",
        _ when json.StartsWith("null"u8) => "null",
        _ => "nothing",
    };

    /// <summary>What came instead of a JSON object, by its first bytes. Nothing of it is quoted: it may hold what was sent.</summary>
    /// <param name="body">The body's beginning.</param>
    /// <param name="expected">What was expected.</param>
    public static string Otherwise(ReadOnlySpan<byte> body, string expected) =>
        KindOf(body) is "nothing" ? Garbage(body, new JsonException(null, null, 0, 0), expected) : $"found {KindOf(body)}, expected {expected}";

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
