using System.Collections.Immutable;
using Outsource.Model.ClassAds;
using Outsource.Model.Tables;
using Outsource.Settings.Keys;

namespace Outsource.Model.Planning;

/// <summary>Where a job of a plan by level may run.</summary>
/// <param name="Requirements">ClassAd expression.</param>
/// <param name="Rank">ClassAd expression of preference, or null.</param>
/// <param name="DesiredSites">Value of <c>+XENON_DESIRED_Sites</c>, quotes included.</param>
public sealed record LevelMatch(string Requirements, string? Rank, string DesiredSites);

/// <summary>Matches the jobs of a plan by level to sites (XENONnT/outsource, config.py, 2b37fc9). Not thread safe.</summary>
/// <param name="settings">The settings.</param>
/// <param name="tables">The storage elements.</param>
public sealed class LevelRequirements(OutsourceSettings settings, DataTables tables)
{
    private static readonly string[] Base =
    [
        "HAS_SINGULARITY",
        "HAS_CVMFS_xenon_opensciencegrid_org",
        "PORT_2880",
        "PORT_8000",
        "PORT_27017",
        "Microarch >= \"x86_64-v3\"",
    ];

    private readonly Dictionary<string, LevelMatch> _known = new(StringComparer.Ordinal);

    private readonly EuropeanSites _europe = new(settings);

    /// <summary>Of a job that reads from these RSEs; none: it may run anywhere.</summary>
    public LevelMatch For(ImmutableArray<string> rses)
    {
        var key = string.Join(',', rses);
        if (!_known.TryGetValue(key, out var match))
        {
            _known[key] = match = Make(rses);
        }

        return match;
    }

    private LevelMatch Make(ImmutableArray<string> rses)
    {
        var at = rses.Select(r => tables.Rses.GetValueOrDefault(r)).OfType<Rse>().ToList();
        var sites = Distinct(at.Select(Expression));
        var site = sites.Count == 0 ? null
            : sites.Count == 1 ? sites[0]
            : $"({string.Join(" || ", sites)})";
        var desired = Distinct(at.Select(_europe.SiteOf));
        string?[] clauses =
        [
            .. Base,
            settings.Hs06TestRun ? "GLIDEIN_ResourceName == \"MWT2\" && regexp(\"uct2-c4[1-7]\", Machine)" : null,
            settings.ThisSiteOnly is { } only ? $"GLIDEIN_ResourceName == {ClassAd.Quote(only)}" : null,
            site,
            .. settings.ExcludeSites.Distinct(StringComparer.Ordinal).Select(s => $"GLIDEIN_Site =!= {ClassAd.Quote(s)}"),
        ];
        return new LevelMatch(
            ClassAd.And(clauses),
            _europe.Rank(at),
            ClassAd.Quote(desired.Count == 0 ? "NONE" : string.Join(", ", desired))
        );
    }

    private string? Expression(Rse rse) =>
        rse.Group == RseGroup.Us && settings.UsOnly ? "GLIDEIN_Country == \"US\"" : ClassAd.Or([_europe.Clause(rse)]);

    private static List<string> Distinct(IEnumerable<string?> texts) =>
        [.. texts.OfType<string>().Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
