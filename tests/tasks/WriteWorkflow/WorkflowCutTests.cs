using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.WriteWorkflow;

namespace Outsource.Tests.WriteWorkflow;

[TestFixture]
internal sealed class WorkflowCutTests
{
    [TestCase(5000, 5000, false)]
    [TestCase(5000, 5001, true)]
    [TestCase(0, 1_000_000, false)]
    public void Should_cut_only_a_plan_of_more_jobs_than_a_part_holds(int most, long jobs, bool cut) =>
        Assert.That(WorkflowCut.IsCut(Given.Settings with { JobsPerPart = most }, jobs), Is.EqualTo(cut));

    [Test]
    public void Should_keep_runs_whole_and_in_order_if_it_is_cut()
    {
        // Runs of 3, 3, 1, 7 and 2 jobs.
        var plan = new JobPlan
        {
            Fingerprint = "f",
            Groups = [Group(1, 2), Group(2, 1), Group(2, 0), Group(3, 0), Group(4, 6), Group(5, 1)],
        };

        var parts = WorkflowCut.Parts(plan, 6, g => g.Jobs).ToList();

        Assert.That(
            parts.Select(p => (p.Id, p.Jobs, string.Join(' ', p.Groups.Select(g => g.Run).Distinct()))),
            Is.EqualTo(new[] { ("part-0000", 6L, "1 2"), ("part-0001", 1L, "3"), ("part-0002", 7L, "4"), ("part-0003", 2L, "5") }),
            "a run of more jobs is a part of its own"
        );
        Assert.That(parts.SelectMany(p => p.Groups), Is.EqualTo(plan.Groups));
    }

    [Test]
    public void Should_make_no_part_if_there_is_no_job() =>
        Assert.That(WorkflowCut.Parts(new JobPlan { Fingerprint = "f", Groups = [] }, 6, g => g.Jobs), Is.Empty);

    private static JobGroup Group(int run, int chunkJobs) =>
        new()
        {
            Run = run,
            Type = chunkJobs > 0 ? "peaklets" : "events",
            JobName = "peaklets",
            Chunks = chunkJobs,
            ChunksPerJob = chunkJobs > 0 ? 1 : 0,
            Resources = new Resources(1, 1),
            CombineResources = chunkJobs > 0 ? new Resources(1, 1) : null,
            Requirements = "true",
            Input = new PlannedInput(InputKind.Raw, "raw_records", "x:y", []),
            Hashes = ImmutableSortedDictionary<string, string>.Empty,
        };
}
