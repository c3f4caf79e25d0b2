using Outsource.Engines;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines;

internal sealed class QueueAnswerTests
{
    [Test]
    public void Should_know_nothing_if_queue_does_not_answer()
    {
        var answer = QueueAnswer.Read(new CommandOutput(7, [], ["Error: unknown host nohost", "", "Extra Info: …"]));

        Assert.That(answer.Jobs, Is.Null);
        Assert.That(answer.Silence, Is.EqualTo("condor_q failed with exit code 7: Error: unknown host nohost"));
        Assert.That(answer.Of("a").Jobs, Is.Null);
        Assert.That(
            () => answer.Needed,
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.EqualTo(
                    "condor_q failed with exit code 7: Error: unknown host nohost. Nothing was changed. Try again when condor_q answers."
                )
                .And.Property("ExitCode")
                .EqualTo(7)
        );
    }

    [TestCase("-- Schedd: vm")]
    [TestCase("{}")]
    [TestCase("[1]")]
    [TestCase("""[{"ClusterId": 99999999999, "JobStatus": 2}]""")]
    [TestCase("""[{"ClusterId": 9, "JobStatus": 2}, {"ClusterId": 10}]""")]
    public void Should_know_nothing_if_answer_is_not_jobs(string text)
    {
        var answer = QueueAnswer.Read(new CommandOutput(0, [text], []));

        Assert.That(answer.Jobs, Is.Null, "one job that cannot be told may be the one that matters");
        Assert.That(answer.Silence, Does.StartWith("condor_q printed something other than jobs ("));
    }

    [Test]
    public void Should_find_the_jobs_if_queue_answers()
    {
        Assert.That(QueueAnswer.Read(new CommandOutput(0, [], [])).Needed, Is.Empty, "it says nothing when there is nothing");
        var answer = QueueAnswer.Read(
            new CommandOutput(
                0,
                [
                    "[",
                    """{"ClusterId": 95, "Iwd": "/x", "JobStatus": 5, "Owner": "xenon", "HoldReason": "by hand"},""",
                    """{"ClusterId": 9, "JobStatus": 1, "pegasus_root_wf_uuid": "u"}""",
                    "]",
                ],
                []
            )
        );

        Assert.That(answer.Needed.Select(j => j.Description), Is.EqualTo(new[] { "cluster 9, idle", "cluster 95 of xenon, held (by hand)" }));
        Assert.That(answer.Of("u").Needed.Single().Cluster, Is.EqualTo(9));
        Assert.That(answer.Of(null).Jobs, Is.Null, "whose id is lost may have jobs all the same");
    }
}
