using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Services.Http;

namespace Outsource.Services.Rucio;

/// <summary>Reads an answer of JSON objects, one a line, as it arrives (<c>application/x-json-stream</c>).</summary>
/// <param name="expected">What a line should be, for error messages.</param>
/// <param name="take">Takes each object; it is not valid afterwards.</param>
internal sealed class JsonStream(string expected, Action<JsonElement> take)
{
    /// <summary>No line is longer. In bytes.</summary>
    private const int LongestLine = 1 << 20;

    /// <summary>Reads to the end.</summary>
    /// <exception cref="WrongShapeException">A line is not such an object.</exception>
    /// <exception cref="BrokenAnswerException">A line breaks off.</exception>
    public async Task ReadAsync(Answer answer, CancellationToken cancel)
    {
        var pipe = PipeReader.Create(answer.Body);
        while (true)
        {
            var part = await pipe.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = part.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                Take(buffer.Slice(0, end), last: false);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (part.IsCompleted)
            {
                Take(buffer, last: true);
                return;
            }

            if (buffer.Length > LongestLine)
            {
                throw new WrongShapeException($"a line does not end, expected {expected}");
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private void Take(ReadOnlySequence<byte> line, bool last)
    {
        if (line.IsEmpty || (line.IsSingleSegment && line.FirstSpan.Trim(" \t\r"u8).IsEmpty))
        {
            return;
        }

        try
        {
            using var json = Parse(line);
            take(json.RootElement);
        }
        catch (JsonException) when (last)
        {
            throw new BrokenAnswerException("the last line is incomplete");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new WrongShapeException($"a line is not what was expected: {expected}");
        }
    }

    private static JsonDocument Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException) when (PythonNumbers.Replaced(line.ToArray()) is not null)
        {
            return JsonDocument.Parse(PythonNumbers.Replaced(line.ToArray()));
        }
    }
}
