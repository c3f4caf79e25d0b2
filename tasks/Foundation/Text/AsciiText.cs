using System.Buffers;
using System.Globalization;
using System.Text;

namespace Outsource.Foundation.Text;

/// <summary>Text for a terminal that shows only ASCII: <c>…</c> is <c>...</c>, and what has no such form is escaped as in JSON.</summary>
public static class AsciiText
{
    private static readonly SearchValues<char> Ascii = SearchValues.Create([.. Enumerable.Range(0, 128).Select(c => (char)c)]);

    /// <summary>The text in ASCII.</summary>
    public static string Of(string text) => Changed(text, Form);

    /// <summary>JSON in ASCII: the same document.</summary>
    public static string OfJson(string text) => Changed(text, Escape);

    private static string Changed(string text, Func<char, string> form)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyExcept(Ascii))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = char.IsAscii(c) ? plain.Append(c) : plain.Append(form(c));
        }

        return plain.ToString();
    }

    private static string Form(char c) =>
        c switch
        {
            '…' => "...",
            '→' => "->",
            '←' => "<-",
            '×' => "x",
            '·' or '•' or '–' or '—' or '‑' or '─' => "-",
            '≤' => "<=",
            '≥' => ">=",
            '±' => "+-",
            'µ' or 'μ' => "u",
            '§' => "section ",
            '‘' or '’' => "'",
            '“' or '”' => "\"",
            '\u00a0' or '\u202f' => " ",
            '│' => "|",
            >= '┌' and <= '╿' => "+",
            _ => Escape(c),
        };

    private static string Escape(char c) => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture);
}
