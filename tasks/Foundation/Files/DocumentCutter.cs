using System.Buffers;
using Outsource.Foundation.Text;

namespace Outsource.Foundation.Files;

/// <summary>
/// Cuts JSON that comes in piece by piece into its documents, by brackets and quotes alone: what stands between them is for the reader of
/// the document
/// to judge, so that one document that is no JSON (Python writes <c>NaN</c>), or is nested without end, costs itself and nothing beside it.
/// Takes a JSON array, one document a line, indented documents one after another, and <c>{"results": …}</c> around any of them.
/// Never more than a buffer (1 MB, or the largest document) is held. Whoever reads fills it: <see cref="Space"/>, <see cref="Filled"/>,
/// <see cref="TryNext"/>.
/// </summary>
internal sealed class DocumentCutter
{
    /// <summary>A document of MongoDB has 16 MB at most; as text it may be some times that. In bytes.</summary>
    public const int LargestDocument = 1 << 26;

    /// <summary>How far it is looked for <c>results</c>: they come first, or nearly so. In bytes.</summary>
    private const int LongestLook = 1 << 16;

    private const int BufferSize = 1 << 20,
        MostKeysBefore = 8;

    private static readonly SearchValues<byte> EndOfScalar = SearchValues.Create(",] \t\r\n"u8);

    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}[]\""u8);

    private readonly Func<string, Exception> _wrong;
    private readonly Func<string, Exception> _early;
    private readonly string? _expected;
    private readonly List<bool> _open = [];
    private byte[] _buffer = new byte[BufferSize];
    private int _from,
        _to,
        _scan;
    private bool _end,
        _inString,
        _torn,
        _linewise,
        _wrapped;
    private long _before,
        _line = 1,
        _index;
    private State _state;

    private DocumentCutter(Func<string, Exception> wrong, Func<string, Exception> early, string? expected) =>
        (_wrong, _early, _expected) = (wrong, early, expected);

    private enum State
    {
        Start,
        Lines,
        Elements,
        One,
        RestOfWrapper,
        RestOfFile,
        Ended,
    }

    /// <summary>Of a file.</summary>
    /// <param name="broken">Makes an error of what is wrong with it.</param>
    public static DocumentCutter OfFile(Func<string, Exception> broken) => new(broken, broken, null);

    /// <summary>Of a service's answer, which must be an object with <c>results</c>, a list.</summary>
    /// <param name="wrong">Makes an error of what is wrong with it.</param>
    /// <param name="early">Makes an error of where it ends too early.</param>
    /// <param name="expected">What is expected, for errors.</param>
    public static DocumentCutter OfAnswer(Func<string, Exception> wrong, Func<string, Exception> early, string expected) =>
        new(wrong, early, expected);

    /// <summary>Whether all documents have been given.</summary>
    public bool Ended => _state == State.Ended;

    /// <summary>Where to read to.</summary>
    public Memory<byte> Space()
    {
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
                throw _wrong($"a document is larger than {LargestDocument >> 20} MB");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        return _buffer.AsMemory(_to);
    }

    /// <summary>So many bytes have been read into <see cref="Space"/>; none: that is the end.</summary>
    public void Filled(int bytes)
    {
        _end = bytes == 0;
        _to += bytes;
    }

    /// <summary>The next document, valid until more is read. False: more must be read, or it has <see cref="Ended"/>.</summary>
    public bool TryNext(out JsonLines.Piece piece)
    {
        piece = default;
        while (_state != State.Ended)
        {
            var before = _state;
            if (_state == State.Lines ? Line(out piece) : _state is State.Elements or State.One && Element(out piece))
            {
                return true;
            }

            if (!Step() && _state == before)
            {
                return _end && !Ended ? throw _early("it ends in the middle") : false;
            }
        }

        return false;
    }

    /// <summary>Goes on where no document is given. False: more must be read.</summary>
    private bool Step()
    {
        switch (_state)
        {
            case State.Start:
                return Start();
            case State.RestOfWrapper:
                if (Scan(lines: false) is not (> 0 and var length))
                {
                    return _end ? throw _early("the JSON ends in the middle") : false;
                }

                Consume(length);
                _state = _expected is null ? State.Lines : State.RestOfFile;
                return true;
            case State.RestOfFile when _expected is not null:
                _state = State.Ended;
                return true;
            case State.RestOfFile:
                if (FirstByte() is not null)
                {
                    throw _wrong($"something follows the array, at byte {_before + _from}");
                }

                _state = _end ? State.Ended : _state;
                return _end;
            default:
                return false;
        }
    }

    private bool Start()
    {
        if (_to - _from < 4 && !_end)
        {
            return false;
        }

        if (_before == 0 && _from == 0 && _buffer.AsSpan(0, _to).StartsWith("\uFEFF"u8))
        {
            _from = 3;
        }

        switch (FirstByte())
        {
            case null:
                return _end ? throw _early(_expected is null ? "it is empty" : "the answer is empty") : false;
            case (byte)'{' when _expected is not null:
                return Unwrap();
            case (byte)'{':
                _state = State.Lines;
                return true;
            case (byte)'[' when _expected is null:
                Consume(1);
                _state = State.Elements;
                return true;
            default:
                throw _wrong(
                    _expected is null
                        ? $"it begins with byte 0x{_buffer[_from]:x2}"
                        : JsonShape.Otherwise(_buffer.AsSpan(_from, _to - _from), _expected)
                );
        }
    }

    /// <summary>Goes into <c>{"results": …}</c>. False: more must be read, or, in a file, it is a document of its own.</summary>
    private bool Unwrap()
    {
        var text = _buffer.AsSpan(_from, Math.Min(_to - _from, LongestLook));
        var at = Results(text);
        if (at == Unknown && !_end && text.Length < LongestLook)
        {
            return false;
        }

        if (at < 0)
        {
            throw at == Unknown && _end ? _early("the JSON ends in the middle") : _wrong($"'results' is missing, expected {_expected}");
        }

        switch (text[at])
        {
            case (byte)'[':
                Consume(at + 1);
                _state = State.Elements;
                break;
            case (byte)'{' when _expected is null:
                Consume(at);
                _state = State.One;
                break;
            default:
                throw _wrong($"'results' is {JsonShape.KindOf(text[at..])}, expected a list");
        }

        _wrapped = true;
        return true;
    }

    private const int None = -1,
        Unknown = -2;

    /// <summary>
    /// Where the value of <c>results</c> begins in an object, <see cref="None"/> when there is none, <see cref="Unknown"/> when it ends
    /// before one can tell.
    /// </summary>
    private static int Results(ReadOnlySpan<byte> text)
    {
        var at = 1;
        for (var keys = 0; keys < MostKeysBefore; keys++)
        {
            if (!SkipBlanks(text, ref at))
            {
                return Unknown;
            }

            var key = at;
            if (text[at] != '"' || (at = EndOfString(text, at)) < 0)
            {
                return at < 0 ? Unknown : None;
            }

            var name = text[key..at];
            if (!SkipBlanks(text, ref at) || text[at++] != ':' || !SkipBlanks(text, ref at))
            {
                return at >= text.Length ? Unknown : None;
            }

            if (name.SequenceEqual("\"results\""u8))
            {
                return at;
            }

            if (name.SequenceEqual("\"number\""u8))
            {
                return None;
            }

            if ((at = EndOfValue(text, at)) < 0 || !SkipBlanks(text, ref at))
            {
                return Unknown;
            }

            if (text[at++] != ',')
            {
                return None;
            }
        }

        return None;
    }

    private static bool SkipBlanks(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at < text.Length;
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int at)
    {
        for (at++; at < text.Length; at++)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (next < 0)
            {
                return Unknown;
            }

            at += next;
            if (text[at] == '"')
            {
                return at + 1;
            }

            at++;
        }

        return Unknown;
    }

    private static int EndOfValue(ReadOnlySpan<byte> text, int at)
    {
        var depth = 0;
        while (at < text.Length)
        {
            switch (text[at])
            {
                case (byte)'"':
                    at = EndOfString(text, at);
                    if (at < 0 || depth == 0)
                    {
                        return at;
                    }

                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']' or (byte)',' when depth == 0:
                    return at;
                case (byte)'}' or (byte)']' when depth == 1:
                    return at + 1;
                case (byte)'}' or (byte)']':
                    depth--;
                    break;
            }

            at++;
        }

        return Unknown;
    }

    /// <summary>The next document at the top of a file: a line, or indented over several.</summary>
    private bool Line(out JsonLines.Piece piece)
    {
        piece = default;
        if (_scan == 0 && FirstByte(skipComma: true) is not { } first)
        {
            _state = _end ? State.Ended : _state;
            return false;
        }

        if (_scan == 0 && _buffer[_from] == '{')
        {
            var text = _buffer.AsSpan(_from, Math.Min(_to - _from, LongestLook));
            if (!_linewise || LooksWrapped(text))
            {
                var at = Results(text);
                if (at >= 0 && text[at] is (byte)'[' or (byte)'{')
                {
                    _ = Unwrap();
                    return false;
                }

                if (at == Unknown && !_end && text.Length < LongestLook)
                {
                    return false;
                }
            }
        }

        var length = _buffer[_from] == '{' ? Scan(lines: true) : Junk();
        if (length < 0)
        {
            return false;
        }

        var json = _buffer.AsMemory(_from, length);
        piece = new JsonLines.Piece(json, $"line {_line}");
        _linewise |= length > 0 && _buffer[_from] == '{' && !json.Span.TrimEnd(" \t\r\n"u8).Contains((byte)'\n');
        Consume(length);
        return true;
    }

    /// <summary>Whether it may be <c>{"results"</c>; cheap, for one is looked at in every line.</summary>
    private static bool LooksWrapped(ReadOnlySpan<byte> text) =>
        text[..Math.Min(text.Length, 16)].IndexOf("\"res"u8) > 0 || text.Length < 16;

    /// <summary>What begins no document, up to the end of its line.</summary>
    private int Junk()
    {
        var end = _buffer.AsSpan(_from + _scan, _to - _from - _scan).IndexOf((byte)'\n');
        if (end < 0 && !_end)
        {
            _scan = _to - _from;
            return -1;
        }

        return end < 0 ? _to - _from : _scan + end;
    }

    /// <summary>The next element of a list.</summary>
    private bool Element(out JsonLines.Piece piece)
    {
        piece = default;
        if (_scan == 0)
        {
            switch (FirstByte(skipComma: _index > 0 && _state == State.Elements))
            {
                case null:
                    return _end
                        ? throw _early(
                            _expected is null ? "the array is not closed; the file ends too early" : "the JSON ends in the middle"
                        )
                        : false;
                case (byte)']' when _state == State.Elements:
                    Consume(1);
                    EndElements();
                    return false;
            }
        }

        var length = _buffer[_from] is (byte)'{' or (byte)'[' ? Scan(lines: false) : Scalar();
        if (length < 0)
        {
            return _end
                ? throw _early(_expected is null ? $"the file ends within document {_index + 1}" : "the JSON ends in the middle")
                : false;
        }

        piece = new JsonLines.Piece(_buffer.AsMemory(_from, length), $"document {++_index}");
        Consume(length);
        if (_state == State.One)
        {
            EndElements();
        }

        return true;
    }

    private void EndElements()
    {
        _state = _wrapped ? State.RestOfWrapper : State.RestOfFile;
        if (_wrapped)
        {
            // Within the object that holds the results.
            _open.Add(true);
        }

        _wrapped = false;
    }

    /// <summary>A value without brackets.</summary>
    private int Scalar()
    {
        var text = _buffer.AsSpan(_from, _to - _from);
        if (text[0] == '"')
        {
            return EndOfString(text, 0) is > 0 and var end ? end : -1;
        }

        var length = text.IndexOfAny(EndOfScalar);
        return length < 0 ? -1 : Math.Max(length, 1);
    }

    /// <summary>Length of the document that the buffer begins with, or -1 when it is not whole yet.</summary>
    /// <param name="lines">Whether a line that begins a document ends one that is torn.</param>
    private int Scan(bool lines)
    {
        var text = _buffer.AsSpan(_from, _to - _from);
        if (lines && _linewise && _scan == 0 && WholeLine(text) is > 0 and var whole)
        {
            return whole;
        }

        while (_scan < text.Length)
        {
            if (_torn && _linewise)
            {
                return _scan;
            }

            if (_torn)
            {
                var next = text[_scan..].IndexOf("\n{"u8);
                if (next >= 0)
                {
                    return _scan + next + 1;
                }

                _scan = Math.Max(_scan, text.Length - 1);
                break;
            }

            if (_inString)
            {
                if (!InString(text, lines))
                {
                    break;
                }

                continue;
            }

            var found = text[_scan..].IndexOfAny(Structure);
            if (found < 0)
            {
                _scan = text.Length;
                break;
            }

            _scan += found;
            if (lines && _scan > 0 && text[_scan - 1] == '\n' && BeginsAnew(text))
            {
                return _scan;
            }

            if (Bracket(text[_scan]) is { } outside)
            {
                return outside ? _scan : _scan + 1;
            }

            _scan++;
        }

        return _end && lines ? text.Length : -1;
    }

    /// <summary>Most files have a document a line: then its end is its line's end.</summary>
    private static int WholeLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end > 0 && text[..end].TrimEnd(" \t\r"u8) is [.., (byte)'}'] ? end : -1;
    }

    /// <summary>Goes on within a string. False: more must be read.</summary>
    private bool InString(ReadOnlySpan<byte> text, bool lines)
    {
        var found = lines ? text[_scan..].IndexOfAny((byte)'"', (byte)'\\', (byte)'\n') : text[_scan..].IndexOfAny((byte)'"', (byte)'\\');
        _scan = found < 0 ? text.Length : _scan + found;
        if (found < 0)
        {
            return false;
        }

        switch (text[_scan])
        {
            case (byte)'"':
                _inString = false;
                _scan++;
                return true;
            case (byte)'\\' when _scan + 1 >= text.Length:
                return false;
            case (byte)'\\' when text[_scan + 1] != '\n':
                _scan += 2;
                return true;
            case (byte)'\\':
                _scan++;
                return true;
            default:
                // No string of JSON goes over a line.
                _torn = true;
                return true;
        }
    }

    /// <summary>Notes a bracket or quote. Null: the document goes on; false: it ends with it; true: it has ended before it, torn.</summary>
    private bool? Bracket(byte what)
    {
        switch (what)
        {
            case (byte)'"':
                _inString = true;
                return null;
            case (byte)'{' or (byte)'[':
                _open.Add(what == '{');
                return null;
            default:
                var kind = what == '}';
                var match = _open.LastIndexOf(kind);
                if (match < 0)
                {
                    return kind || _state is State.Lines ? null : true;
                }

                _open.RemoveRange(match, _open.Count - match);
                return _open.Count == 0 ? false : null;
        }
    }

    /// <summary>Whether a bracket at the beginning of a line begins another document, and the one before is torn.</summary>
    private bool BeginsAnew(ReadOnlySpan<byte> text)
    {
        if (_linewise || text[_scan] != '{')
        {
            return _linewise && (text[_scan] is (byte)'{' or (byte)'[');
        }

        var last = text[.._scan].TrimEnd(" \t\r\n"u8)[^1];
        return _open.Count > 0 && _open[^1] ? last != ':' : last is not ((byte)'[' or (byte)',');
    }

    private void Consume(int length)
    {
        _line += _buffer.AsSpan(_from, length).Count((byte)'\n');
        _from += length;
        _scan = 0;
        _inString = false;
        _torn = false;
        _open.Clear();
    }

    /// <summary>The next byte that is no blank; null when more must be read, or at the end.</summary>
    private byte? FirstByte(bool skipComma = false)
    {
        while (_from < _to)
        {
            switch (_buffer[_from])
            {
                case (byte)'\n':
                    _line++;
                    break;
                case (byte)' ' or (byte)'\t' or (byte)'\r':
                    break;
                case (byte)',' when skipComma:
                    break;
                case var other:
                    return other;
            }

            _from++;
        }

        return null;
    }
}
