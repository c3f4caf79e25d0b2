using Outsource.Operator.Analyze;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Options;
using Outsource.Tests.Engines.Records;
using Outsource.Workflows;

namespace Outsource.Tests.Operator.Analyze;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class NextStepTests
{
    private readonly SubmitFixture _fixture = new SubmitFixture().Ended(SubmitFixture.Added);

    [TestCase(40, "To")]
    [TestCase(20, "When the cause above is fixed too, to")]
    public void Should_name_the_factor_that_covers_the_use_if_a_job_used_too_much(int code, string to)
    {
        _ = _fixture.Ended(SubmitFixture.First, code).Ended(SubmitFixture.First, code, minute: 50).DagmanEnded(1);
        _ = _fixture.Rescued([SubmitFixture.Added], [SubmitFixture.First]);

        Assert.That(
            Lines("--config=/my own.ini"),
            Is.EqualTo(
                new[]
                {
                    "",
                    $"Jobs used up to 2,400 MB of memory and requested 2,000 MB. {to} continue with more memory:",
                    "  ./build.sh --target=Resubmit --name=test --memory-factor=1.5 --config='/my own.ini'",
                }
            )
        );
        Assert.That(Lines("--only=43000")[2], Is.EqualTo("  ./build.sh --target=Resubmit --name=test --memory-factor=1.5 --only=43000"));
    }

    [Test]
    public void Should_remove_it_first_if_a_job_is_held_for_its_memory()
    {
        _ = _fixture.Held(SubmitFixture.First);

        Assert.That(
            Lines(),
            Is.EqualTo(
                new[]
                {
                    "",
                    "Jobs were stopped because they used more memory than the 2,000 MB that they requested. To continue with more memory:",
                    "  ./build.sh --target=Remove --name=test",
                    "  ./build.sh --target=Resubmit --name=test --memory-factor=1.5",
                }
            )
        );
    }

    [Test]
    public void Should_release_if_jobs_are_held_for_another_cause()
    {
        _ = _fixture.Held(SubmitFixture.First, "no space", code: "Code 12 Subcode 28");

        Assert.That(
            Lines(),
            Is.EqualTo(
                new[] { "", "When the cause is fixed, to let the held jobs run again:", "  ./build.sh --target=Release --name=test" }
            )
        );
    }

    [Test]
    public void Should_continue_the_runs_of_hungry_jobs_alone_if_others_fail_for_another_cause()
    {
        _ = _fixture.Ended(SubmitFixture.First, 137).Ended(SubmitFixture.First, 137, minute: 50);
        var other = _fixture.Executing(SubmitFixture.Other, 52);
        _ = _fixture
            .Event(5, other, 53, "Job terminated.", "\t(1) Normal termination (return value 40)")
            .Event(16, other, 53, "POST Script terminated.", "\t(1) Normal termination (return value 40)", $"    DAG Node: {SubmitFixture.Other}")
            .DagmanEnded(1);
        _ = _fixture.Rescued([SubmitFixture.Added], [SubmitFixture.First, SubmitFixture.Other]);

        Assert.That(
            Lines().Skip(1),
            Is.EqualTo(
                new[]
                {
                    "Jobs used up to 2,400 MB of memory and requested 2,000 MB. To continue their runs with more memory:",
                    "  ./build.sh --target=Resubmit --name=test --memory-factor=1.5 --only=43000",
                }
            )
        );
    }

    [Test]
    public void Should_say_nothing_if_nothing_is_wrong() => Assert.That(Lines(), Is.Empty);

    private List<string> Lines(params string[] typed)
    {
        var invocation = CommandLineParser.Parse(["--target=Analyze", .. typed], [new TaskInfo("Analyze", "")]);
        var status = _fixture.Read();
        var only = OnlyRuns.Read(invocation, status.Runs.Select(r => r.Run));
        var reader = new FailureReader(_fixture.Disk, _fixture.Submit);
        var wrong = new TroubledJobs(status.Nodes.Where(n => only.Has(n.Name))).Wrong;
        _ = reader.Read(wrong, CancellationToken.None);
        return [.. new NextStep(status, reader, invocation).Lines(wrong, only)];
    }
}
