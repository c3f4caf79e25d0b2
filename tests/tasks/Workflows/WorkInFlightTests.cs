using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Engines;
using Outsource.Model.Ledger;
using Outsource.Settings.Keys;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Planning;
using Outsource.Tests.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.Tests.Workflows;

/// <summary>What a running workflow makes now. What it had done before the run database was asked, the database knows.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class WorkInFlightTests
{
    private static readonly ImmutableSortedDictionary<string, string> Peaklets = ImmutableSortedDictionary<string, string>.Empty.Add(
        "peaklets",
        "aaaaaaaaaa"
    );

    private readonly SubmitFixture _submit = new();

    /// <summary>The last job of peaklets ended at 16:50.</summary>
    [TestCase(51, false, TestName = "Should_not_count_if_it_was_done_before_the_database_was_asked")]
    [TestCase(50, true, TestName = "Should_count_if_it_was_done_in_the_moment_of_asking")]
    [TestCase(40, true, TestName = "Should_count_if_it_was_done_after_the_database_was_asked")]
    public void Should_compare_times(int minute, bool counts)
    {
        var work = Read(At(minute));

        Assert.That(work.DetailOf(43000, "peaklets", Peaklets) is not null, Is.EqualTo(counts));
        Assert.That(work.DetailOf(43001, "event_basics", Peaklets), Is.Not.Null, "its job has not ended");
    }

    [Test]
    public void Should_count_if_the_database_was_not_asked() => Assert.That(Read(null).DetailOf(43000, "peaklets", Peaklets), Is.Not.Null);

    [TestCase("--debug")]
    [TestCase("--payload=canary")]
    public void Should_count_if_it_enters_nothing(string argument) =>
        Assert.That(Read(At(59), argument).DetailOf(43000, "peaklets", Peaklets), Is.Not.Null);

    [Test]
    public void Should_count_if_only_the_chunks_are_done()
    {
        var work = Read(At(59), chunksAlone: true);

        Assert.That(work.DetailOf(43000, "peaklets", Peaklets), Is.Not.Null);
    }

    /// <summary>The DAG has ended at 16:55, and peaklets at 16:50.</summary>
    [TestCase(49, null, true, TestName = "Should_count_if_it_was_made_since_the_plan_and_has_ended")]
    [TestCase(50, null, true, TestName = "Should_count_if_it_was_made_in_the_moment_of_the_plan_and_has_ended")]
    [TestCase(52, null, false, TestName = "Should_not_count_if_it_was_made_before_the_plan_and_ended_later")]
    [TestCase(56, null, false, TestName = "Should_not_count_if_it_ended_before_the_plan")]
    [TestCase(49, "--payload=canary", false, TestName = "Should_not_count_if_stand_ins_made_it")]
    [TestCase(49, "--debug", false, TestName = "Should_not_count_if_it_entered_nothing")]
    public void Should_compare_what_has_ended_with_the_age_of_the_plan(int minute, string? argument, bool counts)
    {
        var work = Read(At(minute), argument, ended: true);

        Assert.That(work.DetailOf(43000, "peaklets", Peaklets) is { } why ? why : "", counts ? Does.Contain("has made it since") : Is.Empty);
        Assert.That(work.DetailOf(43001, "event_basics", Peaklets), Is.Null, "its job never ended");
    }

    private static DateTimeOffset At(int minute) =>
        new(2026, 11, 22, 16, minute, 0, TimeZoneInfo.Local.GetUtcOffset(new DateTime(2026, 11, 22, 16, minute, 0)));

    private Outsource.Model.Selection.InFlightWork Read(DateTimeOffset? askedAt, string? argument = null, bool chunksAlone = false, bool ended = false)
    {
        var loader = new LoaderFixture { Arguments = ["--name=test", .. argument is null ? Array.Empty<string>() : [argument]] };
        var loaded = loader.Load();
        foreach (var file in loader.Disk.AllFiles.Where(f => f.StartsWith(LoaderFixture.Data, StringComparison.Ordinal)))
        {
            _submit.Disk.AddFile(file, new MockFileData(loader.Disk.File.ReadAllText(file)));
        }

        _submit.Disk.AddFile(
            "/work/generated/test/settings.yml",
            new MockFileData(loader.Disk.File.ReadAllText(SettingsArtifact.Write(loader.Host(), loaded)))
        );
        var plan = new JobPlan
        {
            Fingerprint = "f",
            Groups =
            [
                JobGroupTests.Group(20, 10, run: 43000) with
                {
                    Hashes = Peaklets,
                },
                JobGroupTests.Group(20, 0, run: 43001, type: "event_basics") with
                {
                    Hashes = Peaklets,
                    Input = Input,
                },
            ],
        };
        plan.Write(_submit.Disk, "/work/generated/test", loaded);
        _ = _submit.Ended(SubmitFixture.First, minute: 45).Ended(SubmitFixture.Second, minute: 46);
        _ = chunksAlone ? _submit : _submit.Ended(SubmitFixture.Combine, minute: 50);
        _ = _submit.Read();
        _submit.Disk.AddFile(
            _submit.Submit.DagmanLog,
            new MockFileData(
                "000 (009.000.000) 2026-11-22 16:40:53 Job submitted from host: <127.0.0.1:9618>\n...\n"
                    + "001 (009.000.000) 2026-11-22 16:40:54 Job executing on host: <127.0.0.1:9618>\n...\n"
                    + (
                        ended
                            ? "005 (009.000.000) 2026-11-22 16:55:00 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
                            : ""
                    )
            )
        );
        var queue = new QueueAnswer(ended ? [] : [new QueueJob(9, 0, QueueJob.Running) { RootId = SubmitFixture.Id }]);
        return new WorkInFlight(_submit.Host with { DataFolder = LoaderFixture.Data }, new QueueOnlyGrid(queue), "/work").Read(
            "another",
            askedAt,
            askedAt is { } asked ? new PlanAge(asked, JobPayload.Strax) : null,
            CancellationToken.None
        );
    }

    private static PlannedInput Input => JobGroupTests.Group(20, 10).Input;
}
