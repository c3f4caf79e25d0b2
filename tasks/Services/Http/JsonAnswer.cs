using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Services.Http;

/// <summary>Reads JSON answers without building a tree of large ones; its errors say what is wrong.</summary>
public static class JsonAnswer
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonShape.Deepest };

    /// <summary>
    /// The whole body, with <c>null</c> for numbers that only Python writes (<c>NaN</c>). The request limits its length.
    /// </summary>
    public static async Task<ReadOnlyMemory<byte>> BytesAsync(Answer answer, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await answer.Body.ReadAsync(buffer, cancel).ConfigureAwait(false)) > 0;)
        {
            if (memory.Length + read > Answer.Small)
            {
                // Long answers are read one after another: many at once would need much memory.
                await answer.TakeTurnAsync(cancel).ConfigureAwait(false);
            }

            memory.Write(buffer, 0, read);
        }

        var bytes = memory.GetBuffer().AsMemory(0, (int)memory.Length);
        return PythonNumbers.Replaced(bytes.Span) ?? bytes;
    }

    /// <summary>A context document, a run document, or another small tree, as <see cref="JsonDocument"/>.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) =>
        JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JsonShape.Deepest });

    /// <summary>The value of a field of the answer, an object; null when there is no such field.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="field">The field.</param>
    /// <param name="expected">What a valid answer contains, for error messages: <c>a JSON object with 'results'</c>.</param>
    /// <exception cref="WrongShapeException">It is not JSON, or not an object.</exception>
    /// <exception cref="BrokenAnswerException">It ends too early.</exception>
    public static Range? Field(ReadOnlySpan<byte> body, string field, string expected)
    {
        // Not the final block: so an incomplete answer is not mistaken for an error of the service.
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
                throw new WrongShapeException($"found {JsonShape.Kind(reader.TokenType)}, expected {expected}");
            }

            while (Read(ref reader) && reader.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = reader.ValueTextEquals(field);
                Read(ref reader);
                var start = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    throw new BrokenAnswerException("the JSON is incomplete");
                }

                found = wanted ? start..(int)reader.BytesConsumed : found;
            }

            return found;
        }
        catch (JsonException error)
        {
            throw new WrongShapeException(JsonShape.Garbage(body, error, expected));
        }
    }

    private static bool Read(ref Utf8JsonReader reader) =>
        reader.Read() ? true : throw new BrokenAnswerException("the JSON is incomplete");
}
