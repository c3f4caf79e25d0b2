using Outsource.Model.ClassAds;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Planning;

/// <summary>
/// Where jobs run whose input is at an RSE in the EU, with <c>eu_only</c> or <c>site_only</c> (XENONnT/outsource, config.py, 2b37fc9).
/// <c>site_only</c> goes first.
/// </summary>
/// <param name="settings">The settings.</param>
internal sealed class EuropeanSites(OutsourceSettings settings)
{
    private readonly string _countries = string.Join(
        " || ",
        settings.EuOnlyCountries.Select(c => $"GLIDEIN_Country == {ClassAd.Quote(c)}")
    );

    private readonly string _rank = string.Join(
        " + ",
        settings.EuOnlyCountries.Select((c, i) => $"(GLIDEIN_Country == {ClassAd.Quote(c)}) * {(i == 0 ? 999 : 9)}")
    );

    /// <summary>ClassAd expression of the sites, without parentheses; null if no switch concerns this RSE.</summary>
    public string? Clause(Rse? rse) =>
        SiteOf(rse) is { } site ? $"GLIDEIN_Site == {ClassAd.Quote(site)}"
        : IsByCountry(rse) ? _countries
        : null;

    /// <summary>The one site of <c>site_only</c>, or null.</summary>
    public string? SiteOf(Rse? rse) => settings.SiteOnly && rse is { Group: RseGroup.Eu } ? rse.LevelSite : null;

    /// <summary>ClassAd expression of preference among the countries; null if <c>eu_only</c> concerns none of the RSEs.</summary>
    public string? Rank(IEnumerable<Rse?> rses) => _rank.Length > 0 && rses.Any(IsByCountry) ? _rank : null;

    private bool IsByCountry(Rse? rse) => settings.EuOnly && !settings.SiteOnly && rse is { Group: RseGroup.Eu };
}
