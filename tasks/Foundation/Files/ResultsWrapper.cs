namespace Outsource.Foundation.Files;

/// <summary>Recognises <c>{"results": …}</c> around documents, by the first keys of an object.</summary>
internal static class ResultsWrapper
{
    /// <summary>The object has no <c>results</c>.</summary>
    public const int None = -1;

    /// <summary>The text ends before one can tell.</summary>
    public const int Unknown = -2;

    private const int MostKeysBefore = 8,
        FirstKey = 16;

    /// <summary>Whether it may be <c>{"results"</c>; cheap, because it is asked for every line.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> text) =>
        text[..Math.Min(text.Length, FirstKey)].IndexOf("\"res"u8) > 0 || text.Length < FirstKey;

    /// <summary>Where the value of <c>results</c> begins in an object; <see cref="None"/> or <see cref="Unknown"/>.</summary>
    public static int Find(ReadOnlySpan<byte> text)
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

    /// <summary>Where the string that begins at a place ends, or a negative number when it is incomplete.</summary>
    public static int EndOfString(ReadOnlySpan<byte> text, int at)
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

    private static bool SkipBlanks(ReadOnlySpan<byte> text, ref int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at < text.Length;
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
}
