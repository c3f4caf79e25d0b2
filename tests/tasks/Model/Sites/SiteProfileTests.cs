using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Model.Sites;

namespace Outsource.Tests.Model.Sites;

/// <summary>A site profile: how it is merged, and what is said of a faulty one.</summary>
internal sealed class SiteProfileTests
{
    private const string Catalog =
        "# made for a test\npegasus: \"5.0\"\nsites:\n  - name: local\n    profiles:\n      env:\n        PATH: \"/bin\"\n        "
        + "HOME: \"/home/me\"\n"
        + "  - name: staging-davs\n    directories: []\n  - name: condorpool\n    profiles:\n      pegasus:\n        style: \"condor\"\n";

    [Test]
    public void Should_change_nothing_if_it_says_nothing()
    {
        var profile = Read("");

        Assert.That(profile.Merge(Catalog), Is.EqualTo(Catalog));
        Assert.That((profile.ExecutionSite, profile.StagingSite, profile.OutputSite), Is.EqualTo(("condorpool", "staging-davs", "local")));
        Assert.That(profile.Apply("a=1\n"), Is.EqualTo("a=1\n"));
        Assert.That(profile.Jobs, Is.Empty);
    }

    [Test]
    public void Should_merge_replace_and_take_away()
    {
        var profile = Read(
            """
            planner: {staging_site: local, execution_site: mine}
            sites:
              staging-davs: null
              local:
                profiles:
                  env: {PATH: "/usr/bin.", HOME: null, MORE: "a: b"}
                  condor: {gone: null, kept: "yes"}
              mine:
                profiles: {env: {A: null}, pegasus: {style: "glite"}}
            jobs: {condor: {request_memory: "256", requirements: null}}
            properties: {b: "2", a: null}
            """
        );

        Assert.That(
            profile.Merge(Catalog),
            Is.EqualTo(
                "# made for a test\npegasus: \"5.0\"\nsites:\n- name: local\n  profiles:\n    env:\n      PATH: \"/usr/bin.\"\n      "
                    + "MORE: \"a: b\"\n    condor:\n      kept: \"yes\"\n"
                    + "- name: condorpool\n  profiles:\n    pegasus:\n      style: \"condor\"\n- name: mine\n  profiles:\n    env: "
                    + "{}\n    pegasus:\n      style: \"glite\"\n"
            )
        );
        Assert.That((profile.ExecutionSite, profile.StagingSite, profile.OutputSite), Is.EqualTo(("mine", "local", "local")));
        Assert.That(profile.Jobs, Is.EquivalentTo(new Dictionary<string, string?> { ["request_memory"] = "256", ["requirements"] = null }));
        Assert.That(profile.Apply("# head\na=1\nc=3\n"), Is.EqualTo("# head\nc=3\nb=2\n"));
    }

    [Test]
    public void Should_keep_dots_at_the_end_of_the_last_value() =>
        Assert.That(Read("sites: {condorpool: {profiles: {pegasus: {style: end...}}}}").Merge(Catalog), Does.EndWith("style: end...\n"));

    [TestCase("planner: {staging_site: [a, b]}", "2: site profile: 'staging_site' must be a text.")]
    [TestCase(
        "planner: {staging_site: nowhere}",
        "2: site profile: there is no site 'nowhere' (staging_site) once it is merged; there are local, staging-davs, condorpool. "
            + "Declare it in 'sites', or name another in 'planner'."
    )]
    [TestCase(
        "sites: {staging-davs: null}",
        "2: site profile: there is no site 'staging-davs' (staging_site) once it is merged; there are local, condorpool. Declare it "
            + "in 'sites', or name another in 'planner'."
    )]
    [TestCase(
        "planner: {stageing_site: local}",
        "2: site profile: unknown key 'stageing_site' in 'planner' (did you mean 'staging_site'?): allowed are execution_site, "
            + "staging_site, output_site."
    )]
    [TestCase(
        "jobs: {condr: {request_memory: \"1\"}}",
        "2: site profile: unknown key 'condr' in 'jobs' (did you mean 'condor'?): allowed are condor."
    )]
    [TestCase("jobs: {condor: [a]}", "2: site profile: 'condor' must be a mapping.")]
    [TestCase("jobs: {condor: {a: [b]}}", "2: site profile: 'a' in 'jobs, condor' must be a text, or null to leave it out.")]
    [TestCase("jobs: {condor: {[a]: b}}", "2: site profile: a key in 'jobs, condor' is not a text.")]
    [TestCase("sites: {local: here}", "2: site profile: site 'local' must be a mapping, or null to leave it out.")]
    [TestCase("sites: {local: {profiles: {[a]: b}}}", "2: site profile: a key in 'sites' is not a text.")]
    [TestCase(
        "sites: {local: &a {profiles: &b {env: *a, condor: *b}}}",
        "2: site profile: 'env' in 'sites' is an alias of what it is part of: write out what is meant.\n/p.yml:2: site profile: "
            + "'condor' in 'sites' is an alias of what it is part of: write out what is meant."
    )]
    [TestCase(
        "propertys: {}",
        "2: site profile: unknown key 'propertys' (did you mean 'properties'?): allowed are schema, planner, sites, jobs, properties."
    )]
    public void Should_say_what_is_wrong(string text, string fault) =>
        Assert.That(Assert.Throws<UsageException>(() => Read(text))!.Message, Is.EqualTo($"/p.yml:{fault}"));

    [Test]
    public void Should_say_all_that_is_wrong_with_lines() =>
        Assert.That(
            Assert
                .Throws<UsageException>(() => Read("planner:\n  staging_site: [a]\njobs:\n  condr: {}\nproperties: none"))!
                .Faults.Select(f => f.Line),
            Is.EqualTo(new int?[] { 3, 5, 6 })
        );

    [TestCase("", "site profile: it is empty. Correct it: it begins with")]
    [TestCase("schema: outsource/sites/2\n", "site profile: its schema is 'outsource/sites/2', expected 'outsource/sites/1'.")]
    [TestCase("a: [b\n", "site profile: it is not YAML (While parsing")]
    public void Should_say_what_it_is_not(string text, string fault)
    {
        var disk = new MockFileSystem(new Dictionary<string, MockFileData> { ["/p.yml"] = new(text) });

        Assert.That(Assert.Throws<UsageException>(() => SiteProfile.Read(disk, "/p.yml"))!.Message, Does.Contain(fault));
    }

    [Test]
    public void Should_read_the_one_that_ships_with_the_program() =>
        Assert.That(
            SiteProfile
                .Read(
                    new System.IO.Abstractions.FileSystem(),
                    Path.Combine(TestContext.CurrentContext.TestDirectory, "tables", "sites-local.yml")
                )
                .StagingSite,
            Is.EqualTo("local")
        );

    private static SiteProfile Read(string text) =>
        SiteProfile.Read(
            new MockFileSystem(new Dictionary<string, MockFileData> { ["/p.yml"] = new($"schema: {SiteProfile.Schema}\n{text}\n") }),
            "/p.yml"
        );
}
