namespace Outsource.Foundation.Files;

/// <summary>The bytes that were read and not cut yet. They are never copied but to the beginning of the buffer.</summary>
/// <param name="tooLarge">Makes the error when a document does not fit.</param>
internal sealed class CutterBuffer(Func<string, Exception> tooLarge)
{
    private const int Size = 1 << 20;

    private byte[] _bytes = new byte[Size];
    private int _from,
        _to;
    private long _before;

    /// <summary>Whether all has been read.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>The line of the first byte, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The place of the first byte in all that was read, from 0.</summary>
    public long Position => _before + _from;

    /// <summary>The bytes that are left.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.AsSpan(_from, _to - _from);

    /// <summary>The first bytes that are left; valid until more is read.</summary>
    public ReadOnlyMemory<byte> First(int length) => _bytes.AsMemory(_from, length);

    /// <summary>Where to read to.</summary>
    public Memory<byte> Space()
    {
        if (_from > 0)
        {
            _bytes.AsSpan(_from, _to - _from).CopyTo(_bytes);
            _before += _from;
            _to -= _from;
            _from = 0;
        }

        if (_to == _bytes.Length)
        {
            if (_bytes.Length >= DocumentCutter.LargestDocument)
            {
                throw tooLarge($"a document is larger than {DocumentCutter.LargestDocument >> 20} MB");
            }

            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        return _bytes.AsMemory(_to);
    }

    /// <summary>So many bytes have been read into <see cref="Space"/>; 0: that is the end.</summary>
    public void Filled(int bytes)
    {
        AtEnd = bytes == 0;
        _to += bytes;
    }

    /// <summary>Removes the first bytes.</summary>
    public void Skip(int length)
    {
        Line += _bytes.AsSpan(_from, length).Count((byte)'\n');
        _from += length;
    }

    /// <summary>Removes a byte-order mark at the very beginning.</summary>
    public void SkipByteOrderMark()
    {
        if (Position == 0 && Rest.StartsWith("\uFEFF"u8))
        {
            _from = 3;
        }
    }

    /// <summary>The next byte that is not a blank; null when more must be read, or at the end.</summary>
    public byte? FirstByte() => FirstByteAfter(' ');

    /// <summary>The next byte that is neither a blank nor a comma; null when more must be read, or at the end.</summary>
    public byte? FirstByteAfterComma() => FirstByteAfter(',');

    /// <param name="also">What is skipped besides blanks.</param>
    private byte? FirstByteAfter(char also)
    {
        while (_from < _to)
        {
            var next = _bytes[_from];
            if (next == '\n')
            {
                Line++;
            }
            else if (next is not ((byte)' ' or (byte)'\t' or (byte)'\r') && next != also)
            {
                return next;
            }

            _from++;
        }

        return null;
    }
}
