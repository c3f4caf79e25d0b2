using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Model.Planning;
using Outsource.PegasusPlan.Preflight;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Planning;

namespace Outsource.Tests.PegasusPlan.Preflight;

/// <summary>How long a workflow takes, by an earlier one.</summary>
internal sealed class WorkflowLengthTests
{
    [Test]
    public void Should_add_up_the_longest_chain_of_a_run()
    {
        // In the fixture each job ran for two minutes.
        var plan = Plan(Chunked(43000), Chunked(43001), After(43001));

        Assert.That(Estimate(plan), Is.EqualTo((TimeSpan.FromMinutes(6), "test")));
        Assert.That(Estimate(Plan(Chunked(43000))), Is.EqualTo((TimeSpan.FromMinutes(4), "test")));
    }

    [Test]
    public void Should_not_guess_if_a_job_was_never_measured() =>
        Assert.That(Estimate(Plan(Chunked(43000) with { JobName = "nv_hitlets" })), Is.Null);

    [Test]
    public void Should_not_be_measured_on_itself() => Assert.That(Estimate(Plan(Chunked(43000)), name: "test"), Is.Null);

    [Test]
    public void Should_not_be_measured_on_stand_ins() => Assert.That(Estimate(Plan(Chunked(43000)), payload: "canary"), Is.Null);

    private static (TimeSpan Length, string MeasuredOn)? Estimate(JobPlan plan, string name = "new", string payload = "strax")
    {
        var fixture = new SubmitFixture()
            .Ended(SubmitFixture.Added)
            .Ended(SubmitFixture.First)
            .Ended(SubmitFixture.Second)
            .Ended(SubmitFixture.Combine)
            .Ended(SubmitFixture.Other)
            .DagmanEnded(0);
        _ = fixture.Read();
        fixture.Disk.AddFile(
            "/work/generated/test/settings.yml",
            new MockFileData(
                $"schema: outsource/settings/1\nsettings:\n  payload:\n    value: \"{payload}\"\n    origin: "
                    + "\"default\"\ncontext_document:\n  name: \"x\"\n  hashes: {}\n"
            )
        );
        return new WorkflowLength(fixture.Host, Given.Settings with { Name = name }).Estimate(plan);
    }

    private static JobPlan Plan(params JobGroup[] groups) => new() { Fingerprint = "f", Groups = [.. groups] };

    private static JobGroup Chunked(int run) => JobGroupTests.Group(20, 10, run);

    private static JobGroup After(int run) =>
        JobGroupTests.Group(20, 10, run, "event_basics") with
        {
            JobName = "events",
            Chunks = 0,
            ChunksPerJob = 0,
            CombineResources = null,
            CombineRequirements = null,
            Parents = ["peaklets"],
        };
}
