using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.FilterModes;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.PlanChunks;
using Outsource.QueryRuns;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;
using Outsource.Tests.FilterModes;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Levels;

namespace Outsource.Tests.PlanChunks;

internal sealed class LevelPlannerTests
{
    private const string Raw = "raw_records-rfzvpzj4mf",
        Did = "xnt_007157:" + Raw;

    private static readonly OutsourceSettings Settings = Given.Settings with
    {
        Plan = PlanKind.ByLevel,
        RawRecordsRse = ["UC_OSG_USERDISK"],
        IncludeDataTypes = ["peaklets", "event_info_double"],
        ChunksPerJob = 1,
    };

    [Test]
    public void Should_list_a_dataset_once_for_all_levels()
    {
        var source = new Listing((0, 40_000_000), (1, 80_000_000));

        var (plan, _) = Plan(source);

        Assert.That(plan.Groups.Select(g => g.Type), Is.EqualTo(new[] { "lower_tpc", "upper_tpc" }));
        Assert.That(source.Asked, Is.EqualTo(new[] { Did }));
    }

    /// <summary>400 MB without compression in 120 MB: 133 and 267 MB, 1600 MB besides, times 1.2.</summary>
    [Test]
    public void Should_take_the_sizes_in_the_order_of_the_chunks_however_they_are_listed()
    {
        var (sorted, _) = Plan(new Listing((0, 40_000_000), (1, 80_000_000)));
        var (turned, _) = Plan(new Listing((1, 80_000_000), (0, 40_000_000)));

        Assert.That(sorted.Groups[0].Level!.PerJob.Select(r => r.MemoryMb), Is.EqualTo(new[] { 2080L, 2240L }));
        Assert.That(turned.Groups[0].Level!.PerJob, Is.EqualTo(sorted.Groups[0].Level!.PerJob));
    }

    [Test]
    public void Should_not_know_the_size_if_all_chunks_are_listed_as_empty()
    {
        var (plan, ledger) = Plan(new Listing((0, 0), (1, 0)));

        Assert.That(plan.Groups, Is.Empty);
        Assert.That(
            ledger.Where(l => l.Type is "lower_tpc" or "upper_tpc").Select(l => l.Verdict),
            Is.All.EqualTo(new Verdict(Reason.SizeUnknown, $"Rucio lists all chunk files of {Did} with a size of 0 bytes"))
        );
    }

    [Test]
    public void Should_cost_the_run_if_a_chunk_is_missing()
    {
        var (plan, ledger) = Plan(new Listing((0, 40_000_000), (2, 80_000_000)));

        Assert.That(plan.Groups, Is.Empty);
        Assert.That(ledger.Single(l => l.Type == "lower_tpc").Verdict.Reason, Is.EqualTo(Reason.ChunksMissing));
    }

    [Test]
    public void Should_name_once_the_kinds_without_an_entry_in_the_table()
    {
        var (disk, said) = (Given.Disk(), new Said());

        var (plan, _) = Plan(new Listing((0, 40_000_000), (1, 80_000_000)), disk, said);

        Assert.That(plan.Groups, Has.Length.EqualTo(2), "the lower and the upper level");
        Assert.That(
            said.Notes.Where(n => n.Contains("levels.yml", StringComparison.Ordinal)),
            Is.EqualTo(
                new[]
                {
                    "The predictions of disk count nothing for data kinds without an entry in levels.yml: "
                        + "pulse_counts, veto_regions (tpc).",
                }
            )
        );
        Assert.That(
            disk.File.ReadAllText("/g/plan.yml"),
            Does.Contain("\nkinds_without_disk:\n  tpc: [\"pulse_counts\", \"veto_regions\"]\nruns: 1\n")
        );
        Assert.That(JobPlan.Read(disk, "/g").Groups, Has.Length.EqualTo(2));
    }

    [Test]
    public void Should_keep_the_groups_of_the_workflow_that_is_continued()
    {
        var disk = Given.Disk();
        Earlier((0, 2), (2, 3)).Write(disk, "/g");

        var (plan, _) = Plan(new Listing((0, 40_000_000), (1, 80_000_000), (2, 10_000_000)), disk, new Said());

        Assert.That(plan.Groups[0].Level!.Stops, Is.EqualTo(new[] { 2, 3 }));
        Assert.That(plan.Groups[0].Level!.PerJob, Has.Length.EqualTo(2));
    }

    [TestCase(0, 2, 2, 4, TestName = "Should_refuse_groups_of_more_chunks_than_there_are")]
    [TestCase(0, 1, 2, 3, TestName = "Should_refuse_groups_with_a_gap")]
    [TestCase(0, 1, 1, 2, TestName = "Should_refuse_groups_of_fewer_chunks_than_there_are")]
    public void Should_refuse_groups(int first, int second, int third, int fourth)
    {
        var disk = Given.Disk();
        Earlier((first, second), (third, fourth)).Write(disk, "/g");

        var (plan, ledger) = Plan(new Listing((0, 40_000_000), (1, 80_000_000), (2, 10_000_000)), disk, new Said());

        Assert.That(plan.Groups, Is.Empty);
        Assert.That(
            ledger.Single(l => l.Type == "lower_tpc").Verdict,
            Is.EqualTo(
                new Verdict(
                    Reason.ChunksMissing,
                    $"the lower jobs of workflow w have chunks {first}-{second - 1}, {third}-{fourth - 1}, but the raw data has 3 chunks"
                )
            )
        );
    }

    private static EarlierFile Earlier(params (int, int)[] groups) =>
        new()
        {
            Workflow = "w",
            Folder = "/w",
            Groups = [new EarlierGroups(7157, "tpc", [.. groups])],
        };

    private static (JobPlan Plan, List<LedgerLine> Ledger) Plan(Listing source) => Plan(source, Given.Disk(), new Said());

    private static (JobPlan Plan, List<LedgerLine> Ledger) Plan(Listing source, MockFileSystem disk, Said said)
    {
        var loaded = new LoadedConfiguration(Settings, Today.Description.Document, ImageProof.Proven, Given.Tables, [], [])
        {
            Levels = LevelContextFile.Of(Settings, Today.Description, Today.Table),
        };
        var run = Given.Run() with
        {
            Data = [new DataEntry("raw_records", DataEntry.RucioHost, "UC_OSG_USERDISK", Did, DataEntry.Transferred, 400)],
        };
        var runs = new RunQuery(disk, said).RunAsync(loaded, new RunFilterTests.Listed([run]), "/g", default).GetAwaiter().GetResult();
        var selection = new RunFilter(disk).Filter(loaded, runs, "/g", default);
        var plan = new ChunkPlanner(disk, said).PlanAsync(loaded, selection.Ledger, source, "/g", default).GetAwaiter().GetResult();
        return (plan, [.. new LedgerView(disk, "/g").Read()]);
    }

    private sealed class Listing(params (int Number, long Bytes)[] chunks) : IDatasetSource
    {
        public List<string> Asked { get; } = [];

        public string Name => "listing";

        public Task<DatasetListing?> ListAsync(string did, CancellationToken cancel)
        {
            Asked.Add(did);
            var listing = new DatasetListing(did);
            foreach (var (number, bytes) in chunks)
            {
                listing.Add($"{Raw}-{number:D6}", bytes);
            }

            return Task.FromResult<DatasetListing?>(listing);
        }
    }
}
