using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Outsource.Foundation.Text;

/// <summary>
/// Text from outside (jobs, HTCondor, Pegasus, services), made safe to show: what looks like a secret is covered, and what would control
/// the
/// terminal is shown escaped. A secret is recognised by the text around it, because the program does not know the jobs' secrets; covering
/// too much is better than too little.
/// </summary>
public static partial class UntrustedText
{
    /// <summary>
    /// What controls a terminal, a line or the order of reading, or is invisible: control characters, line and paragraph separators, marks
    /// of
    /// direction (U+200E, U+202A–202E, U+2066–2069, …), characters without width. Most texts have none of them.
    /// </summary>
    private static readonly SearchValues<char> Steering = SearchValues.Create([
        .. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(char.IsControl),
        '\u00ad',
        '\u061c',
        '\u180e',
        .. Enumerable
            .Range(0x200b, 5)
            .Concat(Enumerable.Range(0x2028, 7))
            .Concat(Enumerable.Range(0x2060, 16))
            .Concat(Enumerable.Range(0xfff9, 3))
            .Select(c => (char)c),
        '\ufeff',
        '\udb40',
    ]);

    private static readonly SearchValues<char> LinesAndTabs = SearchValues.Create("\t\n"),
        Tabs = SearchValues.Create("\t");

    private const string Cover = "***";

    /// <summary>A longer line is cut: searching it takes long.</summary>
    private const int Longest = 1000;

    /// <summary>The line without its secrets, cut when it is very long.</summary>
    public static string Shown(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var plain = Escaped(Cut(line, Longest), Tabs);
        plain = Headers().Replace(plain, "${name}" + Cover);
        plain = Scheme().Replace(plain, "${scheme} " + Cover);
        plain = UserInfo().Replace(plain, "://" + Cover + "@");
        plain = Named().Replace(plain, m => m.Value[..(m.Groups["value"].Index - m.Index)] + Cover);
        plain = SpokenOf().Replace(plain, "${name}" + Cover);
        return KeyLine().Replace(WebToken().Replace(plain, Cover), Cover);
    }

    /// <summary>
    /// The text with what would control a terminal or the order of reading escaped as in JSON (<c>\u202e</c>); lines and tabs stay. Colours
    /// are left out.
    /// </summary>
    public static string Plain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Escaped(text, LinesAndTabs);
    }

    /// <summary>
    /// As <see cref="Plain"/>, on one line: line ends and tabs are escaped too. For cells of tables, and everywhere else where a line end
    /// is wrong.
    /// </summary>
    public static string OneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Escaped(text, null);
    }

    /// <summary>As <see cref="OneLine"/>, cut to the length of a short sentence.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Most characters that are shown.</param>
    public static string Brief(string text, int most = 200)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OneLine(Cut(text, most));
    }

    /// <summary>The place of the first character that is shown escaped, or -1.</summary>
    internal static int FirstSteering(ReadOnlySpan<char> text) => text.IndexOfAny(Steering);

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");

    private static string Escaped(string text, SearchValues<char>? stay)
    {
        if (!text.AsSpan().ContainsAny(Steering))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        var before = '\0';
        var plain = Colour().Replace(text, "");
        foreach (var c in stay?.Contains('\n') == true ? plain.Replace("\r\n", "\n", StringComparison.Ordinal) : plain)
        {
            var steers = Steering.Contains(c) || (before == '\udb40' && char.IsLowSurrogate(c));
            before = c;
            _ =
                !steers || stay?.Contains(c) == true
                    ? shown.Append(c)
                    : c switch
                    {
                        '\n' => shown.Append("\\n"),
                        '\r' => shown.Append("\\r"),
                        '\t' => shown.Append("\\t"),
                        _ => shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                    };
        }

        return shown.ToString();
    }

    /// <summary>Colours (<c>ESC [ … m</c>): they are harmless.</summary>
    [GeneratedRegex(@"\x1b\[[0-9;:]*m", RegexOptions.CultureInvariant)]
    private static partial Regex Colour();

    /// <summary>HTTP headers: their value may contain blanks.</summary>
    [GeneratedRegex(
        @"(?<name>\b(?:Proxy-)?Authorization\b[""']?\s*[:=]\s*|\bX-Rucio-(?:Auth-Token|Password)\b[""']?\s*[:=]\s*|"
            + @"\b(?:Set-)?Cookie\b[""']?\s*:\s*).+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Headers();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    /// <summary>
    /// User and password of an address. A password that was not encoded may contain <c>@</c> and <c>/</c>: the last <c>@</c> before a blank
    /// or
    /// quote ends it.
    /// </summary>
    [GeneratedRegex(@"://[^\s""'@/]*:[^\s""']*@|://[^\s""'@/:]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    /// <summary>Assignments: <c>password = x</c>, <c>"token": "x"</c>, <c>--rundb-token x</c>, <c>?signature=x</c>.</summary>
    [GeneratedRegex(
        @"[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|credential|api_?key|access_?key|private_?key|signature)[\w-]*"
            + @"(?:[""']?\s*=\s*|[""']\s*[:,]\s*|(?<=(?:^|[\s""'])--[\w.-]+)\s+)"
            + @"(?<value>[brufBRUF]{0,2}""[^""]*""?|[brufBRUF]{0,2}'[^']*'?|[^\s&,;]+)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex Named();

    /// <summary>
    /// Values after a colon or "is": any word after a password; after a token only a long one: "RunDB token: expired" is not a secret.
    /// </summary>
    [GeneratedRegex(
        @"(?<name>\b\w*passw(?:or)?d\w*\s*:\s*|\b\w*(?:secret|token|key)\s*(?::|\bis\b)\s*(?=\S{16}))\S+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase
    )]
    private static partial Regex SpokenOf();

    /// <summary>A JSON Web Token, anywhere.</summary>
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}", RegexOptions.CultureInvariant)]
    private static partial Regex WebToken();

    /// <summary>A line of a key or proxy in PEM.</summary>
    [GeneratedRegex(@"^\s*(?=\S*[a-z])(?=\S*[A-Z])(?=\S*[0-9])[A-Za-z0-9+/]{60,76}={0,2}\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyLine();
}
