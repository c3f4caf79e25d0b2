using System.IO.Abstractions.TestingHelpers;
using CsCheck;
using Outsource.PegasusPlan;

namespace Outsource.Tests.PegasusPlan;

/// <summary>What the planner says, covered; and that explaining it is never what fails.</summary>
internal sealed class PlannerWordsTests
{
    private const string Properties = """
        # not.a.password=nothing
        pegasus.catalog.replica.db.password=hunter2hunter2
        pegasus.catalog.workflow.url=mysql://operator:pw%20123456@db.example/x
        pegasus.catalog.master.url = jdbc:postgresql://o:slashed/pw@db.example/y
        some.token : eyeforaneye
        pegasus.transfer.threads=4
        short.password=ab
        """;

    [TestCase("Access denied for 'operator' using hunter2hunter2 at db", "Access denied for 'operator' using *** at db")]
    [TestCase("mysql://operator:pw%20123456@db.example/x is not reachable", "mysql://***@db.example/x is not reachable")]
    [TestCase("driver said pw 123456", "driver said ***")]
    [TestCase("the broker refuses eyeforaneye", "the broker refuses ***")]
    [TestCase("Caused by: x password=other", "Caused by: x password=***")]
    [TestCase("cannot connect to amqp://u:pw1234567@host/x", "cannot connect to amqp://***@host/x")]
    [TestCase("4 threads, ab", "4 threads, ab")]
    public void Should_cover_what_the_properties_hold_if_the_planner_repeats_it(string line, string shown)
    {
        var disk = new MockFileSystem();
        disk.AddFile("/p", new MockFileData(Properties));
        Assert.That(PlannerOutput.Of(disk, "/p").Shown(line), Is.EqualTo(shown));
    }

    [Test]
    public void Should_cover_what_is_known_by_its_neighbours_if_there_are_no_properties() =>
        Assert.That(PlannerOutput.Of(new MockFileSystem(), "/nowhere").Shown("token=abcdefgh"), Is.EqualTo("token=***"));

    [Test]
    public void Should_cover_the_sentence_too_if_a_fault_quotes_a_secret()
    {
        var (why, words) = new PlannerOutput(["s3cretname"]).Explain([
            "[FATAL ERROR] File does not exist or with read bit set to false mysql://u:pw1234567@host/s3cretname",
        ]);

        Assert.That(why, Does.StartWith("'mysql://***@host/***' is missing or cannot be read."));
        Assert.That(words, Is.EqualTo(new[] { "[FATAL ERROR] File does not exist or with read bit set to false mysql://***@host/***" }));
    }

    [TestCase("x")]
    [TestCase("\"")]
    [TestCase(" at edu.isi(")]
    [TestCase("File  is listed as input and output for job ")]
    [TestCase("proxy ")]
    [TestCase("Unable to find condor ")]
    [TestCase("Error 1:{")]
    [TestCase("There are no entries for the transformation \"")]
    public void Should_keep_its_words_if_one_of_them_never_ends(string part)
    {
        var (_, words) = new PlannerOutput([]).Explain([
            string.Concat(Enumerable.Repeat(part, 2_000_000 / part.Length)),
            "[ERROR] Permission denied",
        ]);
        Assert.That(words, Has.Some.EqualTo("[ERROR] Permission denied"));
    }

    [Test]
    public void Should_find_the_cause_at_the_end_if_it_said_a_million_lines_before()
    {
        var lines = Enumerable.Repeat("it goes on and on", 1_000_000).Append("[FATAL ERROR] Abstract Workflow has cycles").ToList();
        var (why, words) = new PlannerOutput([]).Explain(lines);

        Assert.That(why, Does.StartWith("The dependencies of the jobs form a cycle."));
        Assert.That(words, Has.Length.EqualTo(1));
    }

    [Test]
    public void Should_never_fail_whatever_it_said() =>
        Gen.String[Gen.Char["ab\"'\\{}[]()/:@=.*$\t \u0000\u001b[ERROR]FATAL at edu.isi.java:1é\ud800"], 0, 200]
            .List[0, 20]
            .Sample(
                lines => new PlannerOutput(["ab", "aaaa"]).Explain(lines).Description.All(w => !w.Contains('\u001b', StringComparison.Ordinal)),
                iter: 500
            );
}
