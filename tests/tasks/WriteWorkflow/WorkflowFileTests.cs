using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Sites;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.WriteWorkflow;

namespace Outsource.Tests.WriteWorkflow;

[TestFixture]
internal sealed class WorkflowFileTests
{
    [Test]
    public void Should_count_to_the_jobs_of_the_plan_if_progress_is_shown()
    {
        var plan = new JobPlan { Fingerprint = "f", Groups = [Group(7157, 23), Group(7158, 5)] };
        var progress = new Said.Counted("jobs written") { Total = plan.Jobs };
        using var stream = new MemoryStream();

        // What was made before is not written, and done.
        File(Given.Settings).Write(
            stream,
            plan,
            ["007157-output-peaklets-0000.tar.gz"],
            [],
            default,
            progress
        );

        Assert.That(progress.ToString(), Is.EqualTo("6 of 6 jobs written, going on"));
    }

    [Test]
    public void Should_hand_on_the_version_of_the_corrections_and_the_wish_to_stage_if_they_are_asked_for()
    {
        Assert.Multiple(() =>
        {
            Assert.That(
                Arguments(s => s with { XedocsVersion = "global_v15", Stage = true }),
                Has.Count.EqualTo(4)
                    .And.All.Contains("\"--context\", \"xenonnt_v14\", \"--xedocs-version\", \"global_v15\", ")
                    .And.All.Contains(", \"--stage\"")
            );
            Assert.That(Arguments(s => s), Has.Count.EqualTo(4).And.None.Contains("--xedocs-version").And.None.Contains("--stage"));
        });
    }

    [Test]
    public void Should_report_the_last_job_and_the_one_that_combines_that_the_end_is_open()
    {
        var arguments = Arguments(s => s);

        Assert.That(
            arguments.Select(a => a.Contains(", \"--open-end\"", StringComparison.Ordinal)),
            Is.EqualTo(new[] { false, false, true, true })
        );
        Assert.That(arguments[2], Does.Contain("\"--chunk-start\", \"20\", \"--chunk-stop\", \"23\", \"--open-end\""));
        Assert.That(arguments[3], Does.Contain("\"--chunk-stops\", \"10,20,23\", \"--open-end\""));
    }

    private static IReadOnlyList<string> Arguments(Func<OutsourceSettings, OutsourceSettings> change)
    {
        using var stream = new MemoryStream();
        File(change(Given.Settings)).Write(
            stream,
            new JobPlan { Fingerprint = "f", Groups = [Group(7157, 23)] },
            [],
            [],
            default
        );
        return
        [
            .. System
                .Text.Encoding.UTF8.GetString(stream.ToArray())
                .Split('\n')
                .Where(l => l.Contains("arguments:", StringComparison.Ordinal)),
        ];
    }

    private static JobGroup Group(int run, int chunks) =>
        new()
        {
            Run = run,
            Type = "peaklets",
            JobName = "peaklets",
            Chunks = chunks,
            ChunksPerJob = 10,
            Resources = new Resources(1, 1),
            CombineResources = new Resources(1, 1),
            Requirements = "true",
            CombineRequirements = "true",
            Input = new PlannedInput(InputKind.Raw, "raw_records", $"xnt_{run:D6}:raw_records-a", ["UC_OSG_USERDISK"]),
            Hashes = ImmutableSortedDictionary<string, string>.Empty,
        };

    private static WorkflowFile File(OutsourceSettings settings) =>
        new(settings, new TypeJobs(settings, PayloadChoice.Real, SiteProfile.Of(new MockFileSystem(), null)));
}
