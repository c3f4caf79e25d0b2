using Cake.Core;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Engines.Tools;

namespace Outsource.Tests.Engines.Pegasus.Condor;

/// <summary>The argument vectors of the operator's tools, and what they answer.</summary>
[TestFixture]
internal sealed class ArgumentTests
{
    private static readonly CakeEnvironment Environment = new(new CakePlatform(), new CakeRuntime());

    [Test]
    public void Should_pass_whole_vector_if_queue_asked() =>
        Assert.That(
            CommandWords.Vector(CondorQRunner.Arguments(new CondorQSettings { Constraint = "pegasus_root_wf_uuid == \"a-b\"" })).Render(),
            Is.EqualTo(
                "\"-allusers\" \"-json\" \"-attributes\" "
                    + "\"ClusterId,ProcId,JobStatus,DAGNodeName,pegasus_root_wf_uuid,pegasus_wf_uuid,Owner,"
                    + "HoldReason,HoldReasonCode,HoldReasonSubCode,ResidentSetSize,DiskUsage\" "
                    + "\"-constraint\" \"pegasus_root_wf_uuid == \\\"a-b\\\"\""
            )
        );

    [Test]
    public void Should_pass_whole_vector_if_jobs_released() =>
        Assert.That(JobAction.Arguments(["10.0", "11.0"], "by \"me\"").Render(), Is.EqualTo("""-reason "by \"me\"" 10.0 11.0"""));

    [Test]
    public void Should_pass_whole_vector_if_workflow_removed() =>
        Assert.That(PegasusRemove.Arguments(new PegasusRemoveSettings { Cluster = 193 }).Render(), Is.EqualTo("--dag-id 193.0"));

    [Test]
    public void Should_pass_whole_vector_if_statistics_asked() =>
        Assert.That(
            DirectoryTool
                .Arguments(PegasusStatistics.Switches, new DirectoryToolSettings { SubmitDirectory = "/a run/x" }, Environment)
                .Render(),
            Is.EqualTo("""-s all "/a run/x" """.TrimEnd())
        );

    [Test]
    public void Should_pass_whole_vector_if_started() =>
        Assert.That(
            DirectoryTool
                .Arguments(PegasusRunRunner.Switches, new DirectoryToolSettings { SubmitDirectory = "/w/runs/n" }, Environment)
                .Render(),
            Is.EqualTo("--json \"/w/runs/n\"")
        );

    [TestCase("a", "\"a\"")]
    [TestCase("a\"b", "\"a\\\"b\"")]
    [TestCase("a\\\"b", "\"a\\\\\\\"b\"")]
    [TestCase("a\\", "\"a\\\\\"")]
    [TestCase("a\\b", "\"a\\b\"")]
    public void Should_escape_quotes_if_word_has_some(string word, string expected) =>
        Assert.That(CommandWords.Quote(word), Is.EqualTo(expected));

    [Test]
    public void Should_read_jobs_if_queue_answered()
    {
        var jobs = QueueJob.Parse(
            """
            [
            {"ClusterId": 54, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "u"},
            {"ClusterId": 61, "JobStatus": 5, "DAGNodeName": "step2_ID0002", "HoldReason": "Transfer output files failure", "HoldReasonCode": 12, "HoldReasonSubCode": 2, "ResidentSetSize": 4420, "Owner": "xenon", "DiskUsage": "\/Expr(x)\/"}
            ]
            """
        );

        Assert.That(
            jobs,
            Is.EqualTo(
                new[]
                {
                    new QueueJob(54, 0, QueueJob.Running) { RootId = "u" },
                    new QueueJob(61, 0, QueueJob.Held)
                    {
                        Node = "step2_ID0002",
                        Owner = "xenon",
                        HoldReason = "Transfer output files failure",
                        HoldCode = 12,
                        HoldSubcode = 2,
                        MemoryMb = 5,
                    },
                }
            )
        );
        Assert.That(jobs[1].Id, Is.EqualTo("61.0"));
    }

    [Test]
    public void Should_be_empty_if_queue_has_nothing() => Assert.That(QueueJob.Parse(" \n"), Is.Empty);
}
