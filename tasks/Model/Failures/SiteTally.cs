using System.Collections.Immutable;

namespace Outsource.Model.Failures;

/// <summary>Finished attempts at a site.</summary>
/// <param name="Site">GLIDEIN_Site.</param>
/// <param name="Attempts">How many ended.</param>
/// <param name="Failed">How many of them failed.</param>
public sealed record SiteCount(string Site, int Attempts, int Failed)
{
    /// <summary>The part that failed, 0 to 1.</summary>
    public double Share => Attempts == 0 ? 0 : (double)Failed / Attempts;
}

/// <summary>Counts attempts by site, and says which site to keep away from.</summary>
public sealed class SiteTally
{
    /// <summary>With fewer attempts nothing is said of a site: one bad job would condemn it.</summary>
    public const int LeastAttempts = 5;

    private readonly Dictionary<string, (int Attempts, int Failed)> _sites = new(StringComparer.Ordinal);

    /// <summary>Counts an attempt.</summary>
    /// <param name="site">Where it was.</param>
    /// <param name="failures">1 if it failed, else 0.</param>
    public void Add(string site, int failures)
    {
        var before = _sites.GetValueOrDefault(site);
        _sites[site] = (before.Attempts + 1, before.Failed + failures);
    }

    /// <summary>All sites, those with most failures first.</summary>
    public ImmutableArray<SiteCount> Sites =>
        [
            .. _sites
                .Select(s => new SiteCount(s.Key, s.Value.Attempts, s.Value.Failed))
                .OrderByDescending(s => s.Failed)
                .ThenBy(s => s.Site, StringComparer.Ordinal),
        ];

    /// <summary>
    /// The sites where more than a share of the attempts failed. If that is all sites, none: then the sites are not the cause.
    /// </summary>
    /// <param name="share">0 to 1.</param>
    public ImmutableArray<SiteCount> Bad(double share)
    {
        var bad = Sites.Where(s => s.Attempts >= LeastAttempts && s.Share > share).ToImmutableArray();
        return bad.Length == _sites.Count ? [] : bad;
    }
}
