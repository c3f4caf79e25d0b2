using System.Buffers.Text;
using System.Text;

namespace Outsource.Engines.Records;

/// <summary>Words and numbers in bytes, read as they are read in text.</summary>
internal static class ByteText
{
    /// <summary>Without white space at its ends; also that outside of ASCII.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var (from, to) = (0, text.Length);
        while (from < to && IsBlank(text[from]))
        {
            from++;
        }

        while (to > from && IsBlank(text[to - 1]))
        {
            to--;
        }

        text = text[from..to];
        return text.Length > 0 && (text[0] >= 0x80 || text[^1] >= 0x80)
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Trim())
            : text;
    }

    /// <summary>A number without sign, of all of the text and of at most nine digits; -1: it is none.</summary>
    public static int Number(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 9)
        {
            return -1;
        }

        var number = 0;
        foreach (var digit in text)
        {
            if (!IsDigit(digit))
            {
                return -1;
            }

            number = (number * 10) + digit - '0';
        }

        return number;
    }

    /// <summary>A number without sign, as <see cref="int.TryParse(string, out int)"/> takes it; null: it is none, or too large.</summary>
    public static int? Whole(ReadOnlySpan<byte> text) =>
        text.Length > 0 && IsDigit(text[0]) && Utf8Parser.TryParse(text, out int value, out var used) && used == text.Length ? value : null;

    public static bool IsDigit(byte one) => (uint)(one - '0') <= 9;

    /// <summary>How many digits the text begins with.</summary>
    public static int Digits(ReadOnlySpan<byte> text)
    {
        var length = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return length < 0 ? text.Length : length;
    }

    /// <summary>The next word; words are separated by blanks alone.</summary>
    /// <param name="rest">What follows the word.</param>
    /// <returns>Empty: there is none.</returns>
    public static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> rest)
    {
        var begin = rest.IndexOfAnyExcept((byte)' ');
        if (begin < 0)
        {
            return rest = [];
        }

        rest = rest[begin..];
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }

    private static bool IsBlank(byte one) => one is (byte)' ' or (>= 9 and <= 13);
}
