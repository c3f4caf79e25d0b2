using System.Buffers;

namespace Outsource.Foundation.Files;

/// <summary>
/// Finds the end of a JSON document by its brackets and quotes. It keeps its place when the document is incomplete and continues there.
/// </summary>
internal sealed class DocumentScan
{
    private static readonly SearchValues<byte> EndOfScalar = SearchValues.Create(",] \t\r\n"u8);

    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}[]\""u8);

    /// <summary>The open brackets; true: a brace.</summary>
    private readonly List<bool> _open = [];
    private int _at;
    private bool _inString,
        _torn;

    /// <summary>Whether the file has one document a line, as far as it was read.</summary>
    public bool IsLinewise { get; set; }

    /// <summary>Whether no document has been begun.</summary>
    public bool IsFresh => _at == 0;

    /// <summary>Begins with the next document.</summary>
    public void Reset()
    {
        _at = 0;
        _inString = false;
        _torn = false;
        _open.Clear();
    }

    /// <summary>An object is open already, whose beginning is not in the text.</summary>
    public void EnterObject() => _open.Add(true);

    /// <summary>Length of a document in a list or in an object, or -1 when it is incomplete.</summary>
    public int LengthInList(ReadOnlySpan<byte> text) => Scan(text, lines: false);

    /// <summary>
    /// Length of a document at the top of a file, or -1 when it is incomplete. A line that begins another document ends one that is torn.
    /// </summary>
    public int LengthInLines(ReadOnlySpan<byte> text) =>
        IsLinewise && _at == 0 && WholeLine(text) is > 0 and var whole ? whole : Scan(text, lines: true);

    /// <summary>Length of what is not the beginning of a document, up to the end of its line; -1 when that is not there yet.</summary>
    public int LengthOfJunk(ReadOnlySpan<byte> text)
    {
        var end = text[_at..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _at = text.Length;
            return -1;
        }

        return _at + end;
    }

    /// <summary>Length of a value without brackets, or -1 when it is incomplete.</summary>
    public static int LengthOfScalar(ReadOnlySpan<byte> text)
    {
        if (text[0] == '"')
        {
            return ResultsWrapper.EndOfString(text, 0) is > 0 and var end ? end : -1;
        }

        var length = text.IndexOfAny(EndOfScalar);
        return length < 0 ? -1 : Math.Max(length, 1);
    }

    private int Scan(ReadOnlySpan<byte> text, bool lines)
    {
        while (_at < text.Length)
        {
            if (_torn)
            {
                return EndOfTorn(text);
            }

            if (_inString)
            {
                if (!ContinueString(text, lines))
                {
                    return -1;
                }

                continue;
            }

            var found = text[_at..].IndexOfAny(Structure);
            if (found < 0)
            {
                _at = text.Length;
                return -1;
            }

            _at += found;
            if (lines && _at > 0 && text[_at - 1] == '\n' && BeginsAnother(text))
            {
                return _at;
            }

            if (Bracket(text[_at], lines) is { } outside)
            {
                return outside ? _at : _at + 1;
            }

            _at++;
        }

        return -1;
    }

    /// <summary>Most files have one document a line: then the document ends with its line.</summary>
    private static int WholeLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end > 0 && text[..end].TrimEnd(" \t\r"u8) is [.., (byte)'}'] ? end : -1;
    }

    /// <summary>A torn document ends with its line; where documents have several lines, before the next line that begins one.</summary>
    private int EndOfTorn(ReadOnlySpan<byte> text)
    {
        if (IsLinewise)
        {
            return _at;
        }

        var next = text[_at..].IndexOf("\n{"u8);
        if (next >= 0)
        {
            return _at + next + 1;
        }

        _at = Math.Max(_at, text.Length - 1);
        return -1;
    }

    /// <summary>Continues within a string. False: more must be read.</summary>
    private bool ContinueString(ReadOnlySpan<byte> text, bool lines)
    {
        var found = lines ? text[_at..].IndexOfAny((byte)'"', (byte)'\\', (byte)'\n') : text[_at..].IndexOfAny((byte)'"', (byte)'\\');
        _at = found < 0 ? text.Length : _at + found;
        if (found < 0)
        {
            return false;
        }

        switch (text[_at])
        {
            case (byte)'"':
                _inString = false;
                _at++;
                return true;
            case (byte)'\\' when _at + 1 >= text.Length:
                return false;
            case (byte)'\\' when text[_at + 1] != '\n':
                _at += 2;
                return true;
            case (byte)'\\':
                _at++;
                return true;
            default:
                // A JSON string has no line end.
                _torn = true;
                return true;
        }
    }

    /// <summary>
    /// Counts a bracket or quote. Null: the document continues; false: it ends with it; true: it has ended before it, torn.
    /// </summary>
    private bool? Bracket(byte what, bool lines)
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
                var brace = what == '}';
                var match = _open.LastIndexOf(brace);
                if (match < 0)
                {
                    return brace || lines ? null : true;
                }

                _open.RemoveRange(match, _open.Count - match);
                return _open.Count == 0 ? false : null;
        }
    }

    /// <summary>Whether a bracket at the beginning of a line begins another document, so that the one before is torn.</summary>
    private bool BeginsAnother(ReadOnlySpan<byte> text)
    {
        if (IsLinewise || text[_at] != '{')
        {
            return IsLinewise && (text[_at] is (byte)'{' or (byte)'[');
        }

        var last = text[.._at].TrimEnd(" \t\r\n"u8)[^1];
        return _open.Count > 0 && _open[^1] ? last != ':' : last is not ((byte)'[' or (byte)',');
    }
}
