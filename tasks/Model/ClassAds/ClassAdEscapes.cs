using System.Text;

namespace Outsource.Model.ClassAds;

/// <summary>Escapes within the quotes of ClassAd text: those of C, with up to three octal digits.</summary>
internal static class ClassAdEscapes
{
    /// <summary>The text that is meant.</summary>
    public static string Resolve(ReadOnlySpan<char> written)
    {
        if (written.IndexOf('\\') < 0)
        {
            return written.ToString();
        }

        var text = new StringBuilder(written.Length);
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] != '\\' || i + 1 == written.Length)
            {
                text.Append(written[i]);
                continue;
            }

            i++;
            if (IsOctal(written, i))
            {
                i = Octal(written, i, text);
            }
            else
            {
                text.Append(Simple(written[i]));
            }
        }

        return text.ToString();
    }

    private static char Simple(char escaped) =>
        escaped switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            _ => escaped,
        };

    // The place of the last digit that belongs to it: three at most, and the third only below 256.
    private static int Octal(ReadOnlySpan<char> written, int at, StringBuilder text)
    {
        var code = written[at] - '0';
        if (IsOctal(written, at + 1))
        {
            code = (code * 8) + written[++at] - '0';
            if (code < 0x20 && IsOctal(written, at + 1))
            {
                code = (code * 8) + written[++at] - '0';
            }
        }

        text.Append((char)code);
        return at;
    }

    private static bool IsOctal(ReadOnlySpan<char> written, int at) => at < written.Length && written[at] is >= '0' and <= '7';
}
