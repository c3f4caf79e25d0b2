using System.IO.Abstractions.TestingHelpers;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Model.Tables;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Tables;

/// <summary>The table of what the jobs' packages read.</summary>
internal sealed class JobKeysTests
{
    private const string Entry =
        "  - {section: RunDB, key: a_key, travels: given, form: line, when: use, read_by: x, accepts: x, otherwise: x}\n";

    private static JobKey Key(string name) => Given.JobKeys.Config.Single(k => k.Name == name);

    [TestCase("logging_level", "NOTSET DEBUG INFO WARNING ERROR CRITICAL", "debug|Warning|WARN|DEBUG # loud|DEBUG ; loud|TRACE|10| DEBUG")]
    [TestCase(
        "xent_url",
        "a:1 a a:27017 a.b-c:1,d:2 [::1]:1 not-configured.invalid:27017 10.0.0.1:27017",
        "a:|a:x|a:0|a:65536|,|a,|mongodb://a:1|a b:1|u@a:1"
    )]
    [TestCase("xent_password", "p p%40q %2F p#x p=x p;x ü ~!*()", "p@q|p:q|p/q|p?q|p%|p%4|p%zz|")]
    [TestCase("xe1t_user", "1t_bookkeeping", "a@b")]
    [TestCase("direct_connection", "true false True OFF 1 no", "maybe|true # yes|2")]
    [TestCase("read_preference", "primary primaryPreferred secondary secondaryPreferred nearest", "Secondary|any")]
    [TestCase("max_pool_size", "1 100", "0|-1|1.5|x|# many")]
    [TestCase("socket_timeout", "0 60000 1.5", "-1|x|1e3|60 s")]
    [TestCase("rundb_api_url", "http://a https://a.b:5000/c", "a|ftp://a|a:5000|http://")]
    public void Should_accept_what_the_package_accepts_and_no_more(string key, string good, string bad)
    {
        Assert.Multiple(() =>
        {
            foreach (var value in good.Split(' '))
            {
                Assert.That(JobKeyValue.ErrorIn(Key(key), value), Is.Null, value);
            }

            foreach (var value in bad.Split('|'))
            {
                Assert.That(JobKeyValue.ErrorIn(Key(key), value), Is.Not.Null.And.Not.Contain("zz"), value);
            }

            Assert.That(JobKeyValue.ErrorIn(Key(key), "a\nb"), Is.Not.Null);
            Assert.That(JobKeyValue.ErrorIn(Key(key), "a\u001b[1m"), Is.Not.Null);
        });
    }

    [Test]
    public void Should_have_all_that_ends_a_job_at_import_and_never_rundb_retry()
    {
        var always = Given.JobKeys.Config.Where(k => k.Travel is Travel.Always or Travel.Hidden).Select(k => k.Name);
        Assert.That(
            always,
            Is.EquivalentTo(
                new[] { "xent", "xe1t" }.SelectMany(e => new[] { "url", "user", "password", "database" }.Select(k => $"{e}_{k}"))
            )
        );
        Assert.That(Key("rundb_retry").Travel, Is.EqualTo(Travel.Never));
    }

    [TestCase("a: 1\n", "schema")]
    [TestCase("schema: outsource/job-keys/2\n", "schema")]
    [TestCase("{", "not YAML")]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {section: RunDB, key: A, travels: given, form: line, when: use, read_by: x, "
            + "accepts: x, otherwise: x}\n",
        "lower case"
    )]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {section: RunDB, key: a, travels: sometimes, form: line, when: use, "
            + "read_by: x, accepts: x, otherwise: x}\n",
        "'travels'"
    )]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {section: RunDB, key: a, travels: always, form: line, when: use, read_by: "
            + "x, accepts: x, otherwise: x}\n",
        "'stand_in'"
    )]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {section: RunDB, key: a, travels: always, stand_in: 'a:b', form: user-info, "
            + "when: use, read_by: x, accepts: x, otherwise: x}\n",
        "its stand_in"
    )]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {section: RunDB, key: a, travels: given, form: odd, when: use, read_by: x, "
            + "accepts: x, otherwise: x}\n",
        "'form'"
    )]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {section: RunDB, key: a, travels: given, form: line, when: later, read_by: "
            + "x, accepts: x, otherwise: x}\n",
        "'when'"
    )]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {section: RunDB, key: a, traveles: given, form: line, when: use, read_by: "
            + "x, accepts: x, otherwise: x}\n",
        "unknown 'traveles'"
    )]
    [TestCase(
        "schema: outsource/job-keys/1\nxenon_config:\n  - {key: a, travels: given, form: line, when: use, accepts: x, otherwise: x}\n",
        "'section'"
    )]
    [TestCase("schema: outsource/job-keys/1\nxenon_config:\n" + Entry + Entry, "twice")]
    [TestCase("schema: outsource/job-keys/1\nxenon_config:\n  - word\n", "mapping")]
    public void Should_refuse_a_table_of_the_operators_that_cannot_be(string text, string words)
    {
        var disk = new MockFileSystem();
        disk.AddFile("/own/job-keys.yml", new MockFileData(text));

        var error = Assert.Throws<UsageException>(() => JobKeys.Read(disk, "/own"));

        Assert.That(error!.Message, Does.Contain("/own/job-keys.yml").And.Contain(words));
    }

    [Test]
    public void Should_take_the_table_of_the_operator_if_there_is_one()
    {
        var disk = new MockFileSystem();
        disk.AddFile("/own/job-keys.yml", new MockFileData("schema: outsource/job-keys/1\nxenon_config:\n" + Entry));

        Assert.That(JobKeys.Read(disk, "/own").Config.Select(k => k.Name), Is.EqualTo(new[] { "a_key" }));
        Assert.That(JobKeys.Read(disk, "/other").Config, Has.Length.GreaterThan(20));
    }

    [Test]
    public void Should_be_the_page_of_the_documentation()
    {
        // OUTSOURCE_UPDATE_README=1 writes the page anew.
        var path = Path.Combine(Checkout.Root, "docs", "job-keys.md");
        if (Environment.GetEnvironmentVariable("OUTSOURCE_UPDATE_README") == "1")
        {
            File.WriteAllText(path, JobKeyPage.Markdown());
        }

        Assert.That(File.ReadAllText(path), Is.EqualTo(JobKeyPage.Markdown()));
        Assert.That(
            Regex.Count(JobKeyPage.Markdown(), "(?m)^\\| `"),
            Is.EqualTo(Given.JobKeys.Config.Length + Given.JobKeys.Rucio.Length + Given.JobKeys.Environment.Length)
        );
    }
}
