using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Services.Http;

namespace Outsource.Services.Rucio;

/// <summary>A file as Rucio lists it.</summary>
/// <param name="name">Its name, without scope.</param>
/// <param name="bytes">Its size, or null.</param>
/// <param name="scope">Its scope, or null.</param>
/// <param name="parentScope">The scope of the dataset that was asked for; null: the answer is about one dataset.</param>
/// <param name="parentName">The name of that dataset, or null.</param>
internal readonly ref struct ListedFile(
    ReadOnlySpan<char> name,
    decimal? bytes,
    string? scope,
    string? parentScope,
    string? parentName
)
{
    public ReadOnlySpan<char> Name { get; } = name;

    public decimal? Bytes { get; } = bytes;

    public string? Scope { get; } = scope;

    public string? ParentScope { get; } = parentScope;

    public string? ParentName { get; } = parentName;
}

/// <summary>
/// Reads an answer of files, a JSON object a line, as it arrives (Rucio's <c>application/x-json-stream</c>). Safe to use for one answer
/// only.
/// </summary>
/// <param name="take">Takes each file.</param>
internal sealed class FileLines(Action<ListedFile> take)
{
    private const string Expected = "one JSON object a line, a file with 'name' and 'bytes'";

    /// <summary>No line of a listing is longer. In bytes.</summary>
    private const int LongestLine = 1 << 20;

    /// <summary>Names of files are shorter. In bytes.</summary>
    private const int ShortName = 256;

    private string? _scope,
        _parentScope,
        _parentName;

    /// <summary>Reads to the end.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="WrongShapeException">A line is not a file.</exception>
    /// <exception cref="BrokenAnswerException">A line breaks off.</exception>
    public async Task ReadAsync(Answer answer, CancellationToken cancel)
    {
        var pipe = PipeReader.Create(answer.Body);
        var line = 0;
        while (true)
        {
            var part = await pipe.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = part.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                Take(buffer.Slice(0, end), ++line);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (part.IsCompleted)
            {
                Take(buffer, ++line);
                return;
            }

            if (buffer.Length > LongestLine)
            {
                throw new WrongShapeException($"line {line + 1} does not end, expected {Expected}");
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private void Take(ReadOnlySequence<byte> json, int line)
    {
        try
        {
            TakeFile(json, line);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            if (PythonNumbers.Replaced(json.ToArray()) is { } replaced)
            {
                Take(new ReadOnlySequence<byte>(replaced), line);
                return;
            }

            var html = line == 1 && json.FirstSpan.TrimStart(" \t\r\n"u8) is [(byte)'<', ..];
            throw new WrongShapeException(
                html
                    ? $"found an HTML page, expected {Expected}; it may come from a proxy or a login page in between"
                    : $"line {line} is not JSON, expected {Expected}"
            );
        }
    }

    private void TakeFile(ReadOnlySequence<byte> json, int line)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        Span<char> held = stackalloc char[ShortName];
        scoped ReadOnlySpan<char> name = default;
        string? scope = null,
            parentScope = null,
            parentName = null;
        decimal? bytes = null;
        if (!reader.Read())
        {
            return;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new WrongShapeException($"line {line} is {JsonShape.Kind(reader.TokenType)}, expected {Expected}");
        }

        while (Next(ref reader, line) && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            var isScope = reader.ValueTextEquals("scope"u8);
            var isBytes = reader.ValueTextEquals("bytes"u8);
            var isParentScope = reader.ValueTextEquals("parent_scope"u8);
            var isParentName = reader.ValueTextEquals("parent_name"u8);
            Next(ref reader, line);
            if (reader.TokenType == JsonTokenType.String)
            {
                if (isName)
                {
                    // A name takes no text of its own: a listing has a thousand.
                    name =
                        reader.ValueSpan.Length <= ShortName && !reader.HasValueSequence
                            ? held[..reader.CopyString(held)]
                            : reader.GetString();
                }

                scope = isScope ? Again(ref reader, ref _scope) : scope;
                parentScope = isParentScope ? Again(ref reader, ref _parentScope) : parentScope;
                parentName = isParentName ? Again(ref reader, ref _parentName) : parentName;
            }

            bytes = isBytes ? SizeOf(ref reader) : bytes;
            if (!reader.TrySkip())
            {
                throw new BrokenAnswerException($"line {line} is incomplete");
            }
        }

        if (name.IsEmpty)
        {
            throw new WrongShapeException($"line {line} has no 'name', expected {Expected}");
        }

        take(new ListedFile(name, bytes, scope, parentScope, parentName));
    }

    /// <summary>A text that is nearly always that of the line before.</summary>
    private static string Again(ref Utf8JsonReader reader, ref string? last) =>
        last is not null && reader.ValueTextEquals(last) ? last : last = reader.GetString()!;

    /// <summary>A size as it is listed: null when it is not a number; the largest number when it is larger than that.</summary>
    internal static decimal? SizeOf(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.Number ? null
        : reader.TryGetInt64(out var whole) ? whole
        : reader.TryGetDecimal(out var size) ? size
        : decimal.MaxValue;

    private static bool Next(ref Utf8JsonReader reader, int line) =>
        reader.Read() ? true : throw new BrokenAnswerException($"line {line} is incomplete");
}
