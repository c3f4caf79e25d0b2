using Outsource.Model.Planning;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Planning;

[TestFixture]
internal sealed class LevelRequirementsTests
{
    private const string Base =
        "HAS_SINGULARITY && HAS_CVMFS_xenon_opensciencegrid_org && PORT_2880 && PORT_8000 && PORT_27017 && Microarch >= \"x86_64-v3\"";

    private static readonly OutsourceSettings Plain = Given.Settings with { ExcludeSites = [] };

    [Test]
    public void Should_bind_to_no_site_without_a_switch()
    {
        var match = Match(Plain, "NIKHEF2_USERDISK", "UC_OSG_USERDISK");

        Assert.That(match, Is.EqualTo(new LevelMatch(Base, null, "\"NONE\"")));
    }

    [Test]
    public void Should_put_every_choice_of_places_in_parentheses()
    {
        var match = Match(Plain with { EuOnly = true, UsOnly = true, ExcludeSites = ["A", "B"] }, "NIKHEF2_USERDISK", "UC_OSG_USERDISK");

        Assert.That(
            match.Requirements,
            Is.EqualTo(
                Base
                    + " && ((GLIDEIN_Country == \"NL\" || GLIDEIN_Country == \"FR\" || GLIDEIN_Country == \"IT\") || GLIDEIN_Country == \"US\")"
                    + " && GLIDEIN_Site =!= \"A\" && GLIDEIN_Site =!= \"B\""
            )
        );
        Assert.That(
            match.Rank,
            Is.EqualTo("(GLIDEIN_Country == \"NL\") * 999 + (GLIDEIN_Country == \"FR\") * 9 + (GLIDEIN_Country == \"IT\") * 9")
        );
    }

    [Test]
    public void Should_rank_the_countries_that_are_configured()
    {
        var match = Match(Plain with { EuOnly = true, EuOnlyCountries = ["IT"] }, "CNAF_USERDISK");

        Assert.That(match.Requirements, Does.EndWith(" && GLIDEIN_Country == \"IT\""));
        Assert.That(match.Rank, Is.EqualTo("(GLIDEIN_Country == \"IT\") * 999"));
    }

    [Test]
    public void Should_bind_to_the_site_beside_the_data()
    {
        var match = Match(
            Plain with
            {
                SiteOnly = true,
                EuOnly = true,
                ThisSiteOnly = "MWT2",
                Hs06TestRun = true,
            },
            "NIKHEF2_USERDISK",
            "CNAF_USERDISK"
        );

        Assert.That(
            match,
            Is.EqualTo(
                new LevelMatch(
                    Base
                        + " && GLIDEIN_ResourceName == \"MWT2\" && regexp(\"uct2-c4[1-7]\", Machine) && GLIDEIN_ResourceName == \"MWT2\""
                        + " && GLIDEIN_Site == \"SURFsara\"",
                    null,
                    "\"SURFsara\""
                )
            )
        );
    }

    private static LevelMatch Match(OutsourceSettings settings, params string[] rses) =>
        new LevelRequirements(settings, Given.Tables).For([.. rses]);
}
