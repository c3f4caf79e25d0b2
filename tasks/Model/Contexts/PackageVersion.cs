using System.Globalization;
using System.Text.RegularExpressions;

namespace Outsource.Model.Contexts;

/// <summary>
/// A version of a Python package, in the order of PEP 440: <c>2.0.dev1 &lt; 2.0a1 &lt; 2.0rc1 &lt; 2.0 = 2.0.0 &lt; 2.0.post1 &lt; 2.1</c>.
/// The part after a <c>+</c> (a local build) does not count.
/// </summary>
public sealed partial class PackageVersion
{
    /// <summary>The place of a release among its pre- and post-releases.</summary>
    private enum Phase
    {
        Dev,
        Alpha,
        Beta,
        Candidate,
        Release,
        Post,
    }

    private readonly long[] _numbers;
    private readonly (Phase Phase, long Number) _phase;
    private readonly long? _dev;

    private PackageVersion(long[] numbers, (Phase, long) phase, long? dev) => (_numbers, _phase, _dev) = (numbers, phase, dev);

    /// <summary>Whether it comes before the release of its numbers.</summary>
    public bool IsPreRelease => _dev is not null || _phase.Phase < Phase.Release;

    /// <summary>The version, or null when the text is not a version (<c>master</c>, a commit).</summary>
    public static PackageVersion? Parse(string? text)
    {
        if (text is null || Pattern().Match(text.Trim()) is not { Success: true } match)
        {
            return null;
        }

        static long Number(Group group) => group.Success && group.Length > 0 ? long.Parse(group.Value, CultureInfo.InvariantCulture) : 0;
        var phase = match.Groups["pre"].Value.ToLowerInvariant() switch
        {
            "" => match.Groups["post"].Success ? (Phase.Post, Number(match.Groups["postn"])) : (Phase.Release, 0),
            "a" or "alpha" => (Phase.Alpha, Number(match.Groups["pren"])),
            "b" or "beta" => (Phase.Beta, Number(match.Groups["pren"])),
            _ => (Phase.Candidate, Number(match.Groups["pren"])),
        };
        long? dev = match.Groups["dev"].Success ? Number(match.Groups["devn"]) : null;
        return new PackageVersion(
            [.. match.Groups["release"].Value.Split('.').Select(n => long.Parse(n, CultureInfo.InvariantCulture))],
            phase,
            dev
        );
    }

    /// <summary>Below 0: before the other; 0: equal to it; above 0: after it.</summary>
    public int CompareTo(PackageVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        if (CompareNumbers(other) is var numbers and not 0)
        {
            return numbers;
        }

        // 2.0.dev1 comes before 2.0a1; 2.0a1.dev1 before 2.0a1.
        var (mine, theirs) = (Place(this), Place(other));
        return mine.CompareTo(theirs) is var place and not 0 ? place : (_dev ?? long.MaxValue).CompareTo(other._dev ?? long.MaxValue);
    }

    /// <summary>Whether both have the same numbers, whatever their pre- or post-releases are.</summary>
    public bool SameNumbers(PackageVersion other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CompareNumbers(other) == 0;
    }

    private static (Phase, long) Place(PackageVersion version) =>
        version._dev is not null && version._phase.Phase == Phase.Release ? (Phase.Dev, 0) : version._phase;

    private int CompareNumbers(PackageVersion other)
    {
        for (var i = 0; i < Math.Max(_numbers.Length, other._numbers.Length); i++)
        {
            if (_numbers.ElementAtOrDefault(i).CompareTo(other._numbers.ElementAtOrDefault(i)) is var order and not 0)
            {
                return order;
            }
        }

        return 0;
    }

    [GeneratedRegex(
        @"^v?(?<release>[0-9]{1,12}(?:\.[0-9]{1,12}){0,7})"
            + @"(?:[._-]?(?<pre>a|alpha|b|beta|rc|c|pre|preview)[._-]?(?<pren>[0-9]{0,12}))?"
            + @"(?<post>[._-]?(?:post|rev|r)[._-]?(?<postn>[0-9]{0,12})|-(?<postn>[0-9]{1,12}))?"
            + @"(?<dev>[._-]?dev[._-]?(?<devn>[0-9]{0,12}))?(?:\+[A-Za-z0-9._-]*)?\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
