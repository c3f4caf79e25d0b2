using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Services.Http;

/// <summary>Reads JSON answers, without a tree of what may be large, and says what is wrong with those of another shape.</summary>
public static class JsonAnswer
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonShape.Deepest };

    /// <summary>
    /// The whole body, numbers that only Python writes (<c>NaN</c>) made <c>null</c>. Its length has the bound of the request.
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
                // Long ones come one after another: many at once would be much memory.
                await answer.TakeTurnAsync(cancel).ConfigureAwait(false);
            }

            memory.Write(buffer, 0, read);
        }

        var bytes = memory.GetBuffer().AsMemory(0, (int)memory.Length);
        return PythonNumbers.Mended(bytes.Span) ?? bytes;
    }

    /// <summary>A context document, a run document, or another small tree, as <see cref="JsonDocument"/>.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) =>
        JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JsonShape.Deepest });

    /// <summary>The value of a field of the object that the answer is; null when there is no such field.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="field">The field.</param>
    /// <param name="expected">What stands in the answer when it is as it should be, for errors: <c>a JSON object with
    /// 'results'</c>.</param>
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
                throw new WrongShapeException($"found {JsonShape.Kind(reader.TokenType)}, expected {expected}");
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
            throw new WrongShapeException(JsonShape.Garbage(body, error, expected));
        }
    }

    private static bool Read(ref Utf8JsonReader reader) =>
        reader.Read() ? true : throw new BrokenAnswerException("the JSON ends in the middle");
}
