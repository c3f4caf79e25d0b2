namespace Outsource.Foundation.Files;

/// <summary>
/// The lines of a stream as bytes, within bounds; <c>\n</c>, <c>\r</c> and <c>\r\n</c> end a line. A log of a million jobs is a gigabyte:
/// most of it is never needed as text.
/// </summary>
/// <param name="stream">Is closed with this.</param>
/// <param name="longest">Longest line, in bytes.</param>
/// <param name="tooLong">Makes the error when a line, whose number it gets, is longer.</param>
public sealed class ByteLines(Stream stream, int longest, Func<long, Exception> tooLong) : IDisposable
{
    private const int Block = 1 << 16;

    private byte[] _buffer = new byte[Block];
    private int _from;
    private int _to;
    private bool _ended;
    private bool _afterReturn;
    private long _lines;

    /// <summary>Number of the next line, from 1.</summary>
    public long Number { get; init; } = 1;

    /// <summary>How many bytes the lines read so far have, with their ends.</summary>
    public long Position { get; private set; }

    /// <summary>How many lines have been read.</summary>
    public long Count => _lines;

    /// <summary>Whether the last line read has its end; the last one of a file that is being written may lack it.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Reads the next line.</summary>
    /// <param name="line">The line without its end; valid until the next call.</param>
    /// <returns>Whether there was one.</returns>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        for (var seen = 0; ;)
        {
            if (_afterReturn && _from < _to)
            {
                _afterReturn = false;
                if (_buffer[_from] == (byte)'\n')
                {
                    _from++;
                    Position++;
                }
            }

            var at = _buffer.AsSpan(_from + seen, _to - _from - seen).IndexOfAny((byte)'\n', (byte)'\r');
            if (at >= 0)
            {
                line = Take(seen + at, 1);
                return true;
            }

            seen = _to - _from;
            if (!_ended)
            {
                Fill();
                continue;
            }

            line = Take(seen, 0);
            return seen > 0;
        }
    }

    public void Dispose() => stream.Dispose();

    private ReadOnlySpan<byte> Take(int length, int end)
    {
        if (length > longest)
        {
            throw tooLong(Number + _lines);
        }

        var line = _buffer.AsSpan(_from, length);
        IsWhole = end > 0;
        _afterReturn = IsWhole && _buffer[_from + length] == (byte)'\r';
        _from += length + end;
        Position += length + end;
        _lines += length + end > 0 ? 1 : 0;
        return line;
    }

    private void Fill()
    {
        var left = _to - _from;
        if (left > longest)
        {
            throw tooLong(Number + _lines);
        }

        var buffer = left > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        Buffer.BlockCopy(_buffer, _from, buffer, 0, left);
        (_buffer, _from, _to) = (buffer, 0, left);
        var read = stream.Read(_buffer, _to, _buffer.Length - _to);
        _to += read;
        _ended = read == 0;
    }
}
