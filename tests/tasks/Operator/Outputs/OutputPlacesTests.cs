using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Engines.Records;
using Outsource.Operator.Outputs;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Planning;
using Spectre.Console;

namespace Outsource.Tests.Operator.Outputs;

/// <summary>Where results are: uploaded as datasets, or come back as files, or not there.</summary>
internal sealed class OutputPlacesTests
{
    private const string Folder = "/work/generated/test";

    private static readonly JobPlan Plan = new()
    {
        Fingerprint = "f",
        Groups =
        [
            JobGroupTests.Group(20, 10, run: 43000) with
            {
                Hashes = System
                    .Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("peaklets", "abc")
                    .Add("lone_hits", "def"),
            },
            JobGroupTests.Group(20, 10, run: 43001, type: "event_basics") with
            {
                Chunks = 0,
                ChunksPerJob = 0,
                CombineResources = null,
                CombineRequirements = null,
            },
        ],
    };

    [Test]
    public void Should_name_the_datasets_of_what_is_made_if_jobs_upload()
    {
        var fixture = Finished();
        fixture.Disk.AddFile(Folder + "/workflow.yml", new MockFileData("    arguments: [\"--run\", \"43000\", \"--upload\"]\n"));

        var places = Read(fixture, Plan);

        Assert.That(
            places.Select(p => (p.Run, p.Type, p.State, p.File, p.Done)),
            Is.EqualTo(
                new[]
                {
                    (43000, "peaklets", (NodeState?)NodeState.Done, (string?)null, true),
                    (43001, "event_basics", (NodeState?)NodeState.Ready, null, false),
                }
            )
        );
        Assert.That(
            places[0].Datasets,
            Is.EqualTo(Plan.Groups[0].Hashes.Select(h => $"xnt_043000:{h.Key}-{h.Value}")).And.Length.EqualTo(2)
        );
        Assert.That(places[1].Datasets, Is.Empty, "it is not made yet");
    }

    [Test]
    public void Should_name_the_file_if_nothing_is_uploaded()
    {
        var fixture = Finished();
        fixture.Disk.AddFile(Folder + "/workflow.yml", new MockFileData("    arguments: [\"--run\", \"43000\"]\n"));
        fixture.Disk.AddFile("/work/outputs/test/00/043000-peaklets-combined.tar.gz", new MockFileData(new byte[1_500_000]));

        var places = Read(fixture, Plan);

        Assert.That(
            (places[0].File, places[0].Bytes, places[0].Datasets.Length),
            Is.EqualTo(("/work/outputs/test/00/043000-peaklets-combined.tar.gz", (long?)1_500_000, 0))
        );
    }

    [TestCase("", true, "not transferred yet (stage-out)")]
    [TestCase(", \"--upload\"", false, "xnt_043000:peaklets-abc")]
    public void Should_say_what_the_stage_out_is_to_bring_if_it_has_not(string upload, bool awaited, string where)
    {
        var fixture = Finished();
        fixture.Disk.AddFile(Folder + "/workflow.yml", new MockFileData($"    arguments: [\"--run\", \"43000\"{upload}]\n"));

        var places = Read(fixture, Plan);
        using var console = new StringWriter();
        OutputPlaces.Draw(
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console), Ansi = AnsiSupport.No }),
            places
        );

        Assert.That(places.Select(p => p.Awaited), Is.EqualTo(new[] { awaited, false }));
        Assert.That(console.ToString(), Does.Contain(where));
    }

    [Test]
    public void Should_report_by_the_jobs_if_the_plan_is_gone() =>
        Assert.That(
            Read(Finished(), null).Select(p => (p.Run, p.Type, p.Done)),
            Is.EqualTo(new[] { (43000, "peaklets", true), (43001, "event_basics", false) })
        );

    [Test]
    public void Should_report_only_of_the_runs_that_are_asked_for() =>
        Assert.That(Read(Finished(), Plan, 43001).Select(p => p.Run), Is.EqualTo(new[] { 43001 }));

    [Test]
    public void Should_count_its_rows_if_progress_is_shown()
    {
        var (fixture, progress) = (Finished(), new Said.Counted("results"));

        new OutputPlaces(fixture.Disk, fixture.Workflow, Plan, fixture.Read()).Read([43001], progress);

        Assert.That(progress.ToString(), Is.EqualTo("1 of 1 results, going on"));
    }

    [TestCase("strax", true)]
    [TestCase("canary", false)]
    public void Should_name_datasets_only_if_they_are_uploaded(string payload, bool uploaded)
    {
        var fixture = Finished();
        fixture.Disk.AddFile(Path.Combine(fixture.Workflow.Folder, "workflow.yml"), new MockFileData("    arguments: [\"--upload\"]\n"));
        fixture.Disk.AddFile(
            Path.Combine(fixture.Workflow.Folder, "settings.yml"),
            new MockFileData($"settings:\n  payload: {{value: {payload}, origin: default}}\ncontext_document: {{name: c}}\n")
        );

        Assert.That(Read(fixture, Plan, 43000).Any(p => !p.Datasets.IsEmpty), Is.EqualTo(uploaded));
    }

    private static SubmitFixture Finished() =>
        new SubmitFixture().Ended(SubmitFixture.Added).Ended(SubmitFixture.First).Ended(SubmitFixture.Second).Ended(SubmitFixture.Combine);

    private static IReadOnlyList<OutputPlace> Read(SubmitFixture fixture, JobPlan? plan, params int[] only) =>
        new OutputPlaces(fixture.Disk, fixture.Workflow, plan, fixture.Read()).Read(only.Length == 0 ? null : [.. only]);
}
