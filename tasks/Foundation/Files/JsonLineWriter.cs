using System.Buffers;
using System.Text.Json;

namespace Outsource.Foundation.Files;

/// <summary>
/// Writes JSON, a document a line, in large blocks: a file of half a million lines needs a thousand writes instead of half a million.
/// What is written is complete after <see cref="Complete"/>.
/// </summary>
/// <param name="stream">Where to.</param>
/// <param name="options">How documents are written.</param>
public sealed class JsonLineWriter(Stream stream, JsonWriterOptions options) : IDisposable
{
    /// <summary>What is held before it is written. In bytes.</summary>
    private const int Block = 1 << 17;

    private readonly ArrayBufferWriter<byte> _held = new();
    private Utf8JsonWriter? _json;
    private long _written;

    /// <summary>Writes the document of the line.</summary>
    public Utf8JsonWriter Json => _json ??= new Utf8JsonWriter(_held, options);

    /// <summary>Bytes of the lines so far.</summary>
    public long Length => _written + _held.WrittenCount;

    /// <summary>Ends the line.</summary>
    public void EndLine()
    {
        Json.Flush();
        Json.Reset();
        _held.Write("\n"u8);
        if (_held.WrittenCount >= Block)
        {
            Complete();
        }
    }

    /// <summary>Writes what is held.</summary>
    public void Complete()
    {
        stream.Write(_held.WrittenSpan);
        _written += _held.WrittenCount;
        _held.ResetWrittenCount();
    }

    public void Dispose() => _json?.Dispose();
}
