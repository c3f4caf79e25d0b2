using CsCheck;
using Outsource.Model.ClassAds;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Planning;

public sealed class JobRequirementsTests
{
    private const string Base =
        "HAS_SINGULARITY && HAS_CVMFS_xenon_opensciencegrid_org && PORT_2880 && PORT_8000 && PORT_27017 && (HAS_AVX2 || HAS_AVX)";

    private static JobRequirements With(Func<OutsourceSettings, OutsourceSettings>? change = null)
    {
        var loaded = Given.Loaded(change);
        return new JobRequirements(loaded.Settings, loaded.Tables);
    }

    [Test]
    public void Should_stay_in_the_us_if_no_rse_is_known()
    {
        Assert.That(With().For([]), Is.EqualTo($"{Base} && GLIDEIN_Country == \"US\""));
        Assert.That(With().For(["A_NEW_USERDISK"]), Is.EqualTo($"{Base} && GLIDEIN_Country == \"US\""));
        Assert.That(With().Combine, Is.EqualTo($"{Base} && GLIDEIN_Country == \"US\""));
    }

    [Test]
    public void Should_join_sites_by_or_and_say_each_once()
    {
        Assert.That(With().For(["NIKHEF2_USERDISK", "NIKHEF_USERDISK"]), Is.EqualTo($"{Base} && GLIDEIN_Site == \"NIKHEF\""));
        Assert.That(
            With().For(["SURFSARA_USERDISK", "UC_OSG_USERDISK"]),
            Is.EqualTo($"{Base} && (GLIDEIN_Site == \"SURFsara\" || GLIDEIN_Country == \"US\")")
        );
        Assert.That(With(s => s with { UsOnly = true }).For(["UC_OSG_USERDISK"]), Is.EqualTo($"{Base} && GLIDEIN_Country == \"US\""));
    }

    [Test]
    public void Should_bind_input_in_the_eu_to_the_countries_that_are_configured()
    {
        var requirements = With(s => s with { EuOnly = true, EuOnlyCountries = ["FR", "NL"] });
        const string countries = "GLIDEIN_Country == \"FR\" || GLIDEIN_Country == \"NL\"";

        Assert.That(requirements.For(["CCIN2P3_USERDISK", "NIKHEF2_USERDISK"]), Is.EqualTo($"{Base} && ({countries})"));
        Assert.That(
            requirements.For(["UC_OSG_USERDISK", "SURFSARA2_USERDISK"]),
            Is.EqualTo($"{Base} && (GLIDEIN_Country == \"US\" || {countries})")
        );
        Assert.That(
            requirements.Rank(["UC_OSG_USERDISK", "NIKHEF2_USERDISK"]),
            Is.EqualTo("(GLIDEIN_Country == \"FR\") * 999 + (GLIDEIN_Country == \"NL\") * 9")
        );
        Assert.That(requirements.DesiredSites(["CCIN2P3_USERDISK"]), Is.EqualTo("\"NONE\""));
        Assert.That(requirements.Rank(["UC_OSG_USERDISK", "A_NEW_USERDISK"]), Is.Null);
        Assert.That(requirements.For(["UC_OSG_USERDISK"]), Is.EqualTo(With().For(["UC_OSG_USERDISK"])));
        Assert.That(requirements.Combine, Is.EqualTo(With().Combine));
    }

    [Test]
    public void Should_bind_input_in_the_eu_to_the_one_site_near_it()
    {
        var requirements = With(s => s with { SiteOnly = true, EuOnly = true });

        Assert.That(requirements.For(["CCIN2P3_USERDISK"]), Is.EqualTo($"{Base} && GLIDEIN_Site == \"SURFsara\""));
        Assert.That(requirements.DesiredSites(["CCIN2P3_USERDISK", "NIKHEF2_USERDISK"]), Is.EqualTo("\"SURFsara\""));
        Assert.That(requirements.For(["CNAF_USERDISK"]), Is.EqualTo(With().For(["CNAF_USERDISK"])));
        Assert.That(requirements.DesiredSites(["CNAF_USERDISK"]), Is.EqualTo("\"CNAF\""));
        Assert.That(requirements.Rank(["CCIN2P3_USERDISK"]), Is.Null);
    }

    [Test]
    public void Should_hold_for_every_job_if_a_site_or_a_test_is_asked_for()
    {
        var text = With(s => s with { ThisSiteOnly = "My \"Site\"\\", Hs06TestRun = true }).For(["NIKHEF_USERDISK"]);

        Assert.That(
            text,
            Is.EqualTo(
                $"{Base} && GLIDEIN_Site == \"NIKHEF\" && GLIDEIN_ResourceName == \"MWT2\" && regexp(\"uct2-c4[1-7]\", Machine) && "
                    + "GLIDEIN_ResourceName == \"My \\\"Site\\\"\\\\\""
            )
        );
    }

    [Test]
    public void Should_parse_whatever_the_site_is_called() =>
        Gen.String[Gen.Char["abAZ09 \"'\\()[]{}&|=!?:;,.#$%\t-_é中"], 0, 20]
            .Select(Gen.String[Gen.Char["a\"\\' "], 1, 8])
            .Sample(
                (site, excluded) =>
                    ClassAdSyntax.ErrorIn(
                        With(s => s with { ThisSiteOnly = site, ExcludeSites = [excluded], Hs06TestRun = true }).For(["NIKHEF_USERDISK"])
                    )
                        is null
            );

    [Test]
    public void Should_exclude_sites_and_nothing_if_none_is_named()
    {
        Assert.That(
            With(s => s with { ExcludeSites = ["SU-ITS", "Purdue Geddes"] }).For([]),
            Is.EqualTo($"{Base} && GLIDEIN_Country == \"US\" && (GLIDEIN_Site =!= \"SU-ITS\" && GLIDEIN_Site =!= \"Purdue Geddes\")")
        );
        Assert.That(With().For([]), Does.Not.Contain("=!="));
    }

    [Test]
    public void Should_name_desired_sites_or_none()
    {
        Assert.That(With().DesiredSites(["CNAF_USERDISK", "NIKHEF_USERDISK", "UC_OSG_USERDISK"]), Is.EqualTo("\"CNAF,NIKHEF\""));
        Assert.That(With().DesiredSites(["UC_OSG_USERDISK"]), Is.EqualTo("\"NONE\""));
    }
}
