using Outsource.Foundation.Text;

namespace Outsource.Foundation.Files;

/// <summary>
/// Cuts JSON that arrives in parts into its documents, by brackets and quotes alone: the reader of a document checks what is between them.
/// So one document that is not JSON (Python writes <c>NaN</c>), or is nested without end, is a fault of this document only.
/// Takes a JSON array, one document a line, indented documents one after another, and <c>{"results": …}</c> around any of them.
/// Never more than a buffer (1 MB, or the largest document) is held. The caller fills it: <see cref="Space"/>, <see cref="Filled"/>,
/// <see cref="TryNext"/>.
/// </summary>
internal sealed class DocumentCutter
{
    /// <summary>A document of MongoDB has 16 MB at most; as text it may be several times as long. In bytes.</summary>
    public const int LargestDocument = 1 << 26;

    /// <summary>How far <c>results</c> is looked for: it is the first key, or nearly. In bytes.</summary>
    private const int LongestLook = 1 << 16;

    private const string Incomplete = "the JSON is incomplete";

    private readonly Func<string, Exception> _wrong;
    private readonly Func<string, Exception> _early;
    private readonly string? _expected;
    private readonly CutterBuffer _buffer;
    private readonly DocumentScan _scan = new();
    private bool _wrapped;
    private long _index;
    private State _state;

    private DocumentCutter(Func<string, Exception> wrong, Func<string, Exception> early, string? expected)
    {
        (_wrong, _early, _expected) = (wrong, early, expected);
        _buffer = new CutterBuffer(wrong);
    }

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
    /// <param name="early">Makes an error when it is incomplete.</param>
    /// <param name="expected">What is expected, for error messages.</param>
    public static DocumentCutter OfAnswer(Func<string, Exception> wrong, Func<string, Exception> early, string expected) =>
        new(wrong, early, expected);

    /// <summary>Whether all documents have been given.</summary>
    public bool Ended => _state == State.Ended;

    /// <summary>Where to read to.</summary>
    public Memory<byte> Space() => _buffer.Space();

    /// <summary>So many bytes have been read into <see cref="Space"/>; 0: that is the end.</summary>
    public void Filled(int bytes) => _buffer.Filled(bytes);

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
                return _buffer.AtEnd && !Ended ? throw _early("it is incomplete") : false;
            }
        }

        return false;
    }

    /// <summary>Continues where there is no document. False: more must be read.</summary>
    private bool Step()
    {
        switch (_state)
        {
            case State.Start:
                return Start();
            case State.RestOfWrapper:
                if (_scan.LengthInList(_buffer.Rest) is not (> 0 and var length))
                {
                    return _buffer.AtEnd ? throw _early(Incomplete) : false;
                }

                Consume(length);
                _state = _expected is null ? State.Lines : State.RestOfFile;
                return true;
            case State.RestOfFile when _expected is not null:
                _state = State.Ended;
                return true;
            case State.RestOfFile:
                if (_buffer.FirstByte() is not null)
                {
                    throw _wrong($"something follows the array, at byte {_buffer.Position}");
                }

                _state = _buffer.AtEnd ? State.Ended : _state;
                return _buffer.AtEnd;
            default:
                return false;
        }
    }

    private bool Start()
    {
        if (_buffer.Rest.Length < 4 && !_buffer.AtEnd)
        {
            return false;
        }

        _buffer.SkipByteOrderMark();
        switch (_buffer.FirstByte())
        {
            case null:
                return _buffer.AtEnd ? throw _early(_expected is null ? "it is empty" : "the answer is empty") : false;
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
                    _expected is null ? $"it begins with byte 0x{_buffer.Rest[0]:x2}" : JsonShape.Otherwise(_buffer.Rest, _expected)
                );
        }
    }

    /// <summary>Enters <c>{"results": …}</c>. False: more must be read.</summary>
    private bool Unwrap()
    {
        var text = Look();
        var at = ResultsWrapper.Find(text);
        if (at == ResultsWrapper.Unknown && MayGrow(text))
        {
            return false;
        }

        if (at < 0)
        {
            throw at == ResultsWrapper.Unknown && _buffer.AtEnd
                ? _early(Incomplete)
                : _wrong($"'results' is missing, expected {_expected}");
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

    /// <summary>The next document at the top of a file: on a line, or indented over several.</summary>
    private bool Line(out JsonLines.Piece piece)
    {
        piece = default;
        if (_scan.IsFresh && !BeginsLine())
        {
            return false;
        }

        var text = _buffer.Rest;
        var isObject = text[0] == '{';
        var length = isObject ? _scan.LengthInLines(text) : _scan.LengthOfJunk(text);
        if (length < 0)
        {
            if (!_buffer.AtEnd)
            {
                return false;
            }

            length = text.Length;
        }

        piece = new JsonLines.Piece(_buffer.First(length), $"line {_buffer.Line}");
        _scan.IsLinewise |= length > 0 && isObject && !text[..length].TrimEnd(" \t\r\n"u8).Contains((byte)'\n');
        Consume(length);
        return true;
    }

    /// <summary>Whether a line begins here. False: more must be read, the file has ended, or a wrapper was entered.</summary>
    private bool BeginsLine()
    {
        if (_buffer.FirstByteAfterComma() is not { } first)
        {
            _state = _buffer.AtEnd ? State.Ended : _state;
            return false;
        }

        var text = Look();
        if (first != '{' || (_scan.IsLinewise && !ResultsWrapper.MayBegin(text)))
        {
            return true;
        }

        var at = ResultsWrapper.Find(text);
        if (at >= 0 && text[at] is (byte)'[' or (byte)'{')
        {
            _ = Unwrap();
            return false;
        }

        return at != ResultsWrapper.Unknown || !MayGrow(text);
    }

    /// <summary>The next element of a list.</summary>
    private bool Element(out JsonLines.Piece piece)
    {
        piece = default;
        if (_scan.IsFresh && !BeginsElement())
        {
            return false;
        }

        var text = _buffer.Rest;
        var length = text[0] is (byte)'{' or (byte)'[' ? _scan.LengthInList(text) : DocumentScan.LengthOfScalar(text);
        if (length < 0)
        {
            return _buffer.AtEnd
                ? throw _early(_expected is null ? $"the file ends within document {_index + 1}" : Incomplete)
                : false;
        }

        piece = new JsonLines.Piece(_buffer.First(length), $"document {++_index}");
        Consume(length);
        if (_state == State.One)
        {
            EndElements();
        }

        return true;
    }

    /// <summary>Whether an element begins here. False: more must be read, or the list has ended.</summary>
    private bool BeginsElement()
    {
        switch (_index > 0 && _state == State.Elements ? _buffer.FirstByteAfterComma() : _buffer.FirstByte())
        {
            case null:
                return _buffer.AtEnd
                    ? throw _early(_expected is null ? "the array is not closed; the file is incomplete" : Incomplete)
                    : false;
            case (byte)']' when _state == State.Elements:
                Consume(1);
                EndElements();
                return false;
            default:
                return true;
        }
    }

    private void EndElements()
    {
        _state = _wrapped ? State.RestOfWrapper : State.RestOfFile;
        if (_wrapped)
        {
            // Within the object that contains the results.
            _scan.EnterObject();
        }

        _wrapped = false;
    }

    /// <summary>The text in which <c>results</c> is looked for.</summary>
    private ReadOnlySpan<byte> Look()
    {
        var rest = _buffer.Rest;
        return rest[..Math.Min(rest.Length, LongestLook)];
    }

    /// <summary>Whether reading more may give a longer text to look at.</summary>
    private bool MayGrow(ReadOnlySpan<byte> look) => !_buffer.AtEnd && look.Length < LongestLook;

    private void Consume(int length)
    {
        _buffer.Skip(length);
        _scan.Reset();
    }
}
