using Outsource.Engines.Pegasus;

namespace Outsource.Tests.Engines.Pegasus;

/// <summary>What the real tools printed (tests/transcripts), and what we read in it.</summary>
internal sealed class PegasusCountsTests
{
    [TestCase("09-failing-then-rescue-nonsharedfs", "pegasus-status: failure, 6 of 14 nodes done, 1 failed")]
    [TestCase("13-failing-then-rescue-succeeds", "pegasus-status: success, 14 of 14 nodes done, 0 failed")]
    [TestCase("23-failing-job-condorio-goes-held", "pegasus-status: running, 6 of 14 nodes done, 0 failed")]
    public void Should_read_the_json_of_pegasus_status(string transcript, string words)
    {
        var lines = Lines(transcript)
            .SkipWhile(l => !l.StartsWith("$ pegasus-status", StringComparison.Ordinal) || !l.Contains(" -j", StringComparison.Ordinal))
            .Skip(1);
        var json = string.Join(
            '\n',
            lines.SkipWhile(l => !l.StartsWith('{')).TakeWhile(l => !l.StartsWith("[exit code", StringComparison.Ordinal))
        );

        Assert.That(PegasusCounts.OfStatus(json).Description, Is.EqualTo(words));
    }

    [Test]
    public void Should_know_no_state_before_dag_man_wrote_one() =>
        Assert.That(
            PegasusCounts
                .OfStatus(
                    """{"totals": {}, "dags": {"root": {"unready": 0, "succeeded": 0, "failed": 0, "percent_done": 0.0, "total": 0, "state": null}}}"""
                )
                .Description,
            Is.EqualTo("pegasus-status: no state yet, 0 of 0 nodes done, 0 failed")
        );

    [TestCase("")]
    [TestCase("(no matching jobs found in Condor Q)")]
    [TestCase("[]")]
    [TestCase("""{"dags": {}}""")]
    [TestCase("""{"dags": {"root": {"total": "many"}}}""")]
    public void Should_say_that_it_is_no_such_json(string text) =>
        Assert.That(
            () => PegasusCounts.OfStatus(text),
            Throws.TypeOf<FormatException>().With.Message.StartsWith("it printed something other than its JSON (")
        );

    [TestCase("04-analyzer-condorio", "pegasus-analyzer: success, 14 of 14 nodes done, 0 failed, 0 held")]
    [TestCase("08-analyzer-nonsharedfs", "pegasus-analyzer: success, 14 of 14 nodes done, 0 failed, 0 held")]
    [TestCase("09-failing-then-rescue-nonsharedfs", "pegasus-analyzer: failure, 6 of 14 nodes done, 1 failed, 0 held")]
    [TestCase("21-analyzer-held-job", "pegasus-analyzer: running, 4 of 14 nodes done, 0 failed, 1 held")]
    [TestCase("22-remove", "pegasus-analyzer: failure, 4 of 14 nodes done, 0 failed, 1 held")]
    public void Should_read_the_summary_of_pegasus_analyzer(string transcript, string words) =>
        Assert.That(PegasusCounts.OfAnalyzer(Lines(transcript)).Description, Is.EqualTo(words));

    [Test]
    public void Should_say_that_there_is_no_summary() =>
        Assert.That(
            () =>
                PegasusCounts.OfAnalyzer(
                    Lines("09-failing-then-rescue-nonsharedfs").SkipWhile(l => !l.Contains("nosuchdir", StringComparison.Ordinal)).Take(2)
                ),
            Throws.TypeOf<FormatException>().With.Message.EqualTo("its output contains no summary")
        );

    private static IEnumerable<string> Lines(string transcript) =>
        File.ReadLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "transcripts", transcript + ".txt"));
}
