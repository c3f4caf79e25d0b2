using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Errors;

namespace Outsource.Runs;

/// <summary>
/// A file of JSON documents as a stream: a JSON array or JSON lines, plain or gzip, told apart by their first bytes.
/// Never more than a buffer (1 MB, or the largest document) is held.
/// </summary>
/// <param name="Disk">The disk.</param>
/// <param name="FilePath">The file. Absolute.</param>
/// <param name="What">What it is called in errors: <c>run snapshot</c>.</param>
public sealed class SnapshotFile(IFileSystem Disk, string FilePath, string What)
{
    private const int BufferSize = 1 << 20, LargestDocument = 1 << 28;

    private byte[] _buffer = new byte[BufferSize];
    private int _from;
    private int _to;
    private bool _end;
    private long _before;

    /// <summary>Bytes read so far, after decompression.</summary>
    public long Bytes { get; private set; }

    /// <summary>One document of the file.</summary>
    /// <param name="Json">Its bytes; valid until the next one is asked for.</param>
    /// <param name="Position"><c>line 17</c> or <c>document 17</c>, from 1.</param>
    public readonly record struct Piece(ReadOnlyMemory<byte> Json, string Position);

    /// <summary>Every document, in order. In JSON lines a broken line is yielded as it is; the reader of documents names its fault.</summary>
    /// <exception cref="UsageException">The file is missing, unreadable, truncated gzip, or no JSON at all.</exception>
    public IEnumerable<Piece> Documents()
    {
        using var stream = Open();
        Fill(stream);
        if (_to - _from >= 3 && _buffer.AsSpan(_from, 3).SequenceEqual("\uFEFF"u8))
        {
            _from += 3;
        }

        switch (FirstByte(stream))
        {
            case (byte)'[':
                _from++;
                foreach (var piece in Elements(stream))
                {
                    yield return piece;
                }

                break;
            case (byte)'{':
                foreach (var piece in Lines(stream))
                {
                    yield return piece;
                }

                break;
            case null:
                throw Broken("it is empty");
            default:
                throw Broken($"it begins with byte 0x{_buffer[_from]:x2}");
        }
    }

    private Stream Open()
    {
        try
        {
            return MaybeGzip.Open(Disk, FilePath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{What} '{FilePath}' cannot be read: {error.Message} Name a file with a JSON array or JSON lines, plain or gzip.");
        }
    }

    private IEnumerable<Piece> Elements(Stream stream)
    {
        for (var index = 1; ; index++)
        {
            switch (FirstByte(stream, skipComma: index > 1))
            {
                case null:
                    throw Broken("the array is not closed; the file ends too early");
                case (byte)']':
                    _from++;
                    if (FirstByte(stream) is not null)
                    {
                        throw Broken($"something follows the array, at byte {_before + _from}");
                    }

                    yield break;
            }

            int length;
            while ((length = ElementLength()) < 0)
            {
                if (!Fill(stream))
                {
                    throw Broken($"the file ends within document {index}");
                }
            }

            yield return new Piece(_buffer.AsMemory(_from, length), $"document {index}");
            _from += length;
        }
    }

    /// <summary>Length in bytes of the value that the buffer begins with, or -1 when it is not whole yet.</summary>
    private int ElementLength()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_from, _to - _from), _end, default);
        try
        {
            return reader.Read() && reader.TrySkip() ? (int)reader.BytesConsumed : -1;
        }
        catch (JsonException error)
        {
            throw Broken($"at byte {_before + _from + reader.BytesConsumed}: {error.Message}");
        }
    }

    private IEnumerable<Piece> Lines(Stream stream)
    {
        var searched = 0;
        for (var line = 1L; ; line++)
        {
            int length;
            while ((length = _buffer.AsSpan(_from + searched, _to - _from - searched).IndexOf((byte)'\n')) < 0)
            {
                searched = _to - _from;
                if (!Fill(stream))
                {
                    break;
                }
            }

            length = length < 0 ? _to - _from : searched + length;
            searched = 0;
            if (_buffer.AsSpan(_from, length).ContainsAnyExcept(" \t\r"u8))
            {
                yield return new Piece(_buffer.AsMemory(_from, length), $"line {line}");
            }

            _from = Math.Min(_from + length + 1, _to);
            if (_from == _to && _end)
            {
                yield break;
            }
        }
    }

    private byte? FirstByte(Stream stream, bool skipComma = false)
    {
        do
        {
            while (_from < _to)
            {
                var b = _buffer[_from];
                if (b is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') && !(skipComma && b == (byte)','))
                {
                    return b;
                }

                _from++;
            }
        }
        while (Fill(stream));
        return null;
    }

    /// <summary>Reads on. False at the end of the file.</summary>
    private bool Fill(Stream stream)
    {
        if (_end)
        {
            return false;
        }

        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            _before += _from;
            _to -= _from;
            _from = 0;
        }

        if (_to == _buffer.Length)
        {
            if (_buffer.Length >= LargestDocument)
            {
                throw Broken($"a document is larger than {LargestDocument >> 20} MB");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        try
        {
            var read = stream.ReadAtLeast(_buffer.AsSpan(_to), Math.Min(65536, _buffer.Length - _to), throwOnEndOfStream: false);
            _end = read == 0;
            _to += read;
            Bytes += read;
            return read > 0;
        }
        catch (InvalidDataException)
        {
            throw Broken("the gzip data is damaged or truncated");
        }
        catch (IOException error)
        {
            throw new OutsourceException($"{What} '{FilePath}' cannot be read to its end: {error.Message}", inner: error);
        }
    }

    private UsageException Broken(string why) =>
        new($"{What} '{FilePath}' is not JSON: {why}. It must be a JSON array or JSON lines (one document a line), plain or gzip.");
}
