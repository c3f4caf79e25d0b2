using System.Buffers;
using System.Text.RegularExpressions;

namespace Outsource.Reports;

/// <summary>
/// Words that jobs, HTCondor and Pegasus wrote, made fit to be shown: what looks like a secret is covered, and what would steer the terminal is taken out.
/// A secret is known by what stands around it, for nobody here knows the jobs' secrets; rather a word too many is covered than one too few.
/// </summary>
public static partial class ForeignText
{
    /// <summary>Most texts have none of them.</summary>
    private static readonly SearchValues<char> Steering = SearchValues.Create([.. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(c => char.IsControl(c) && c is not '\t' and not '\n')]);

    private const string Cover = "***";

    /// <summary>What is longer nobody reads, and takes long to look through.</summary>
    private const int Longest = 1000;

    /// <summary>The line without its secrets, cut where it is very long.</summary>
    public static string Shown(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var plain = Plain(line.Length > Longest ? line[..Longest] + "…" : line);
        plain = Headers().Replace(plain, "${name}" + Cover);
        plain = Scheme().Replace(plain, "${scheme} " + Cover);
        plain = UserInfo().Replace(plain, "://" + Cover + "@");
        plain = Named().Replace(plain, m => m.Value[..(m.Groups["value"].Index - m.Index)] + Cover);
        plain = SpokenOf().Replace(plain, "${name}" + Cover);
        return KeyLine().Replace(WebToken().Replace(plain, Cover), Cover);
    }

    /// <summary>The text without what would steer a terminal; lines and tabs stay.</summary>
    public static string Plain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAny(Steering) ? Control().Replace(Escape().Replace(text, ""), " ") : text;
    }

    /// <summary>Colours and the like (<c>ESC [ … m</c>), and titles of windows (<c>ESC ] … BEL</c>).</summary>
    [GeneratedRegex(@"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.?", RegexOptions.CultureInvariant)]
    private static partial Regex Escape();

    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f-\x9f]", RegexOptions.CultureInvariant)]
    private static partial Regex Control();

    /// <summary>Headers of HTTP: their value may hold blanks.</summary>
    [GeneratedRegex(@"(?<name>\b(?:Proxy-)?Authorization\b[""']?\s*[:=]\s*|\bX-Rucio-(?:Auth-Token|Password)\b[""']?\s*[:=]\s*|\b(?:Set-)?Cookie\b[""']?\s*:\s*).+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Headers();

    [GeneratedRegex(@"\b(?<scheme>Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    /// <summary>User and password of an address. A password that was not encoded may hold <c>@</c> and <c>/</c>: the last one before a blank or quote ends it.</summary>
    [GeneratedRegex(@"://[^\s""'@/]*:[^\s""']*@|://[^\s""'@/:]+@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    /// <summary>What is set: <c>password = x</c>, <c>"token": "x"</c>, <c>--rundb-token x</c>, <c>?signature=x</c>.</summary>
    [GeneratedRegex(@"[\w.-]*(?:passw(?:or)?d|passphrase|secret|token|credential|api_?key|access_?key|private_?key|signature)[\w-]*(?:[""']?\s*=\s*|[""']\s*[:,]\s*|(?<=(?:^|[\s""'])--[\w.-]+)\s+)(?<value>[brufBRUF]{0,2}""[^""]*""?|[brufBRUF]{0,2}'[^']*'?|[^\s&,;]+)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Named();

    /// <summary>What is told: of a password any word, of a token what is too long for one: "RunDB token: expired" is no secret.</summary>
    [GeneratedRegex(@"(?<name>\b\w*passw(?:or)?d\w*\s*:\s*|\b\w*(?:secret|token|key)\s*(?::|\bis\b)\s*(?=\S{16}))\S+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SpokenOf();

    /// <summary>A JSON Web Token, wherever it stands.</summary>
    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}", RegexOptions.CultureInvariant)]
    private static partial Regex WebToken();

    /// <summary>A line of a key or proxy in PEM.</summary>
    [GeneratedRegex(@"^\s*(?=\S*[a-z])(?=\S*[A-Z])(?=\S*[0-9])[A-Za-z0-9+/]{60,76}={0,2}\s*\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyLine();
}
