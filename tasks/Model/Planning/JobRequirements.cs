using System.Collections.Immutable;
using Outsource.Model.ClassAds;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Planning;

/// <summary>The <c>requirements</c> expression of jobs (docs/domain.md §8).</summary>
public sealed class JobRequirements(OutsourceSettings settings, DataTables tables)
{
    private const string UsOnly = "GLIDEIN_Country == \"US\"";

    private static readonly string[] Base =
    [
        "HAS_SINGULARITY",
        "HAS_CVMFS_xenon_opensciencegrid_org",
        "PORT_2880",
        "PORT_8000",
        "PORT_27017",
        "(HAS_AVX2 || HAS_AVX)",
    ];

    private readonly string[] _everyJob =
    [
        settings.Hs06TestRun ? "GLIDEIN_ResourceName == \"MWT2\" && regexp(\"uct2-c4[1-7]\", Machine)" : "",
        settings.ThisSiteOnly is { } site ? $"GLIDEIN_ResourceName == {ClassAd.Quote(site)}" : "",
    ];

    private readonly string _exclusions = settings.ExcludeSites.IsEmpty
        ? ""
        : "("
            + (
                string.Join(
                    " && ",
                    settings.ExcludeSites.Distinct(StringComparer.Ordinal).Select(s => $"GLIDEIN_Site =!= {ClassAd.Quote(s)}")
                )
            )
            + ")";

    private readonly EuropeanSites _europe = new(settings);

    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Of a job that reads from these RSEs; with none whose sites are known it stays in the US. Not thread safe.</summary>
    public string For(ImmutableArray<string> rses)
    {
        var key = string.Join(',', rses);
        if (_known.TryGetValue(key, out var known))
        {
            return known;
        }

        var sites = ClassAd.Or(At(rses).Select(rse => _europe.Clause(rse) ?? rse?.SiteExpression));
        return _known[key] = ClassAd.And([.. Base, settings.UsOnly || sites is null ? UsOnly : null, sites, .. _everyJob, _exclusions]);
    }

    /// <summary>Of a combine job, which always stays in the US.</summary>
    public string Combine => For([]);

    /// <summary>Value of <c>+XENON_DESIRED_Sites</c>, quotes included: the sites of these RSEs, or <c>"NONE"</c>.</summary>
    public string DesiredSites(ImmutableArray<string> rses)
    {
        var sites = At(rses)
            .Select(rse => _europe.SiteOf(rse) ?? (_europe.Clause(rse) is null ? rse?.DesiredSite : null))
            .Where(s => s is not null)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return ClassAd.Quote(sites.Count == 0 ? "NONE" : string.Join(',', sites));
    }

    /// <summary>ClassAd expression of preference of the jobs that read from these RSEs, or null.</summary>
    public string? Rank(ImmutableArray<string> rses) => _europe.Rank(At(rses));

    private IEnumerable<Rse?> At(ImmutableArray<string> rses) => rses.Select(rse => tables.Rses.GetValueOrDefault(rse));
}
