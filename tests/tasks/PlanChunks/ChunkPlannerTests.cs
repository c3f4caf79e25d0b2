using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.PlanChunks;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;
using Outsource.Tests.FilterModes;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.PlanChunks;

public sealed class ChunkPlannerTests
{
    private const string Raw = "xnt_007157:raw_records-aaaaaaaaaa";

    private static (JobPlan Plan, List<LedgerLine> Ledger, MockFileSystem Disk, Said Said) Plan(
        string listing,
        Func<OutsourceSettings, OutsourceSettings>? change = null,
        params RunDocument[] runs
    )
    {
        var (selection, disk) = RunFilterTests.Filter(change, runs.Length > 0 ? runs : [Given.Run()]);
        disk.AddFile("/rucio.json", new MockFileData(listing));
        disk.AddFile(
            "/sites.yml",
            new MockFileData(
                "schema: outsource/sites/1\njobs:\n  condor:\n    request_memory: \"256\"\n    request_disk: ifthenelse(true, 1, 2)\n"
            )
        );
        var said = new Said();
        var plan = new ChunkPlanner(disk, said)
            .PlanAsync(Given.Loaded(change), selection.Ledger, new SnapshotDatasetSource(disk, "/rucio.json"), "/g", default)
            .GetAwaiter()
            .GetResult();
        return (plan, [.. new LedgerView(disk, "/g").Read()], disk, said);
    }

    private static string Listing(int chunks, string did = Raw, bool metadata = true) =>
        $"{{\"{did}\": "
        + "["
        + (
            string.Join(
                ", ",
                Enumerable
                    .Range(0, chunks)
                    .Select(i => $"\"raw_records-aaaaaaaaaa-{i:D6}\"")
                    .Concat(metadata ? ["\"raw_records-aaaaaaaaaa-metadata.json\""] : [])
            )
        )
        + "]}";

    [Test]
    public void Should_plan_chunk_jobs_a_combine_job_and_what_is_made_from_it()
    {
        var (plan, _, _, _) = Plan(Listing(23));

        Assert.That(
            plan.Groups.Select(g => (g.Type, g.Jobs, g.Chunks, string.Join(',', g.Parents))),
            Is.EqualTo(new[] { ("peaklets", 4, 23, ""), ("event_info_double", 1, 0, "peaklets") })
        );
        Assert.That((plan.Runs, plan.Jobs, plan.Chunks), Is.EqualTo((1, 5L, 23L)));
    }

    [Test]
    public void Should_plan_what_is_asked_for_in_the_end_if_a_site_profile_says_it_in_numbers()
    {
        var (plan, _, _, _) = Plan(Listing(23), s => s with { SiteProfile = "/sites.yml" });
        var (without, _, _, _) = Plan(Listing(23));

        Assert.That(plan.Groups[0].Resources, Is.EqualTo(new Resources(256, 50_000_000)), "the disk is an expression: as planned");
        Assert.That(plan.Groups[0].CombineResources, Is.EqualTo(new Resources(256, 120_000_000)));
        Assert.That(plan.Fingerprint, Is.Not.EqualTo(without.Fingerprint));
    }

    [Test]
    public void Should_count_the_files_that_are_not_metadata()
    {
        Assert.That(Plan(Listing(23, metadata: false)).Plan.Chunks, Is.EqualTo(23));
    }

    [Test]
    public void Should_give_the_reason_in_the_ledger_if_there_are_no_chunks()
    {
        var (plan, ledger, disk, _) = Plan(Listing(0));

        Assert.That(plan.Groups, Is.Empty);
        Assert.That(disk.GetFile("/g/ledger.jsonl").TextContents, Does.Not.Contain("no-chunks"), "the ledger has one writer");
        Assert.That(new LedgerView(disk, "/g").ReadHeader().Totals["process"], Is.Zero);
        Assert.That(new LedgerView(disk, "/g").ReadHeader().Totals["input-missing"], Is.EqualTo(2));
        var peaklets = ledger.Single(l => l.Type == "peaklets");
        Assert.That(peaklets.Verdict, Is.EqualTo(new Verdict(Reason.NoChunks, $"{Raw} contains only its metadata, no chunk file")));
        Assert.That(peaklets.Was, Is.EqualTo(new Verdict(Reason.ToBeMade, "peaklets, lone_hits not stored yet")));
        Assert.That(peaklets.Stage, Is.EqualTo("PlanChunks"));
        Assert.That(
            ledger.Single(l => l.Type == "event_info_double").Verdict,
            Is.EqualTo(new Verdict(Reason.ParentMissing, "peaklets is not made in this workflow"))
        );
    }

    [Test]
    public void Should_give_the_reason_in_the_ledger_if_the_did_is_unknown()
    {
        var (_, ledger, _, _) = Plan("{}");

        Assert.That(
            ledger.Single(l => l.Type == "peaklets").Verdict,
            Is.EqualTo(new Verdict(Reason.DidUnknown, $"Rucio does not know {Raw}"))
        );
    }

    [Test]
    public void Should_plan_again_from_the_ledger_as_the_filter_left_it()
    {
        var (selection, disk) = RunFilterTests.Filter(null, Given.Run());
        disk.AddFile("/empty.json", new MockFileData("{}"));
        disk.AddFile("/rucio.json", new MockFileData(Listing(5)));
        var planner = new ChunkPlanner(disk, new Said());
        JobPlan Again(string path) =>
            planner
                .PlanAsync(Given.Loaded(), selection.Ledger, new SnapshotDatasetSource(disk, path), "/g", default)
                .GetAwaiter()
                .GetResult();

        Assert.That(Again("/empty.json").Groups, Is.Empty);
        Assert.That(new LedgerView(disk, "/g").Read().Count(l => l.Was is not null), Is.EqualTo(2));
        Assert.That(Again("/rucio.json").Jobs, Is.EqualTo(3));
        Assert.That(new LedgerView(disk, "/g").Read().Any(l => l.Was is not null), Is.False);
    }

    [Test]
    public void Should_join_only_what_belongs_to_this_ledger_and_this_plan()
    {
        var (_, _, disk, _) = Plan("{}");
        var unplanned = disk.GetFile("/g/unplanned.jsonl").TextContents;

        Assert.That(unplanned.Split('\n')[1], Does.StartWith("{\"run\":7157,\"type\":\"event_info_double\",\"outcome\":\"input-missing\""));
        disk.RemoveFile("/g/unplanned.jsonl");
        Assert.That(() => new LedgerView(disk, "/g").ReadHeader(), Throws.TypeOf<OutsourceException>(), "the plan lacks what it names");
        disk.AddFile("/g/unplanned.jsonl", new MockFileData(unplanned.Replace("unknown", "known", StringComparison.Ordinal)));
        Assert.That(() => new LedgerView(disk, "/g").ReadTotals(), Throws.TypeOf<OutsourceException>(), "it was changed");

        // FilterModes has decided again, and otherwise: what could not be planned before says nothing of this ledger.
        disk.AddFile("/g/unplanned.jsonl", new MockFileData(unplanned));
        var (_, other) = RunFilterTests.Filter(null, Given.Run(), Given.Run(7158));
        disk.AddFile("/g/ledger.jsonl", new MockFileData(other.GetFile("/g/ledger.jsonl").TextContents));
        Assert.That(new LedgerView(disk, "/g").Read().Any(l => l.Was is not null), Is.False);
    }

    [Test]
    public void Should_cost_one_run_if_rucio_fails_on_it_and_the_stage_if_on_many()
    {
        RunDocument Run(int n) => Given.Run(n) with { Data = [Given.Entry("raw_records", run: n)] };
        var (selection, disk) = RunFilterTests.Filter(
            s => s with { DataTypes = ["peaklets"] },
            [.. Enumerable.Range(7000, 20).Select(Run)]
        );
        var planner = new ChunkPlanner(disk, new Said());
        var loaded = Given.Loaded(s => s with { DataTypes = ["peaklets"] });

        var plan = planner.PlanAsync(loaded, selection.Ledger, new Failing(1), "/g", default).GetAwaiter().GetResult();
        Assert.That(plan.Runs, Is.EqualTo(19));
        Assert.That(new LedgerView(disk, "/g").ReadTotals().Of(Outcome.SourceError), Is.EqualTo(1));

        var error = Assert.ThrowsAsync<OutsourceException>(() =>
            planner.PlanAsync(loaded, selection.Ledger, new Failing(2), "/g", default)
        );
        Assert.That(error!.Message, Does.StartWith("Rucio failed on the data of 2 of 20 runs"));
    }

    [Test]
    public void Should_count_the_datasets_that_are_listed() =>
        Assert.That(Plan(Listing(23)).Said.Progresses.Select(p => p.ToString()), Is.EqualTo(new[] { "1 of 1 datasets listed" }));

    [Test]
    public void Should_reach_the_highest_chunk_if_empty_ones_have_no_file()
    {
        var (plan, _, _, said) = Plan($"{{\"{Raw}\": [\"raw_records-aaaaaaaaaa-000000\", \"raw_records-aaaaaaaaaa-000002\"]}}");

        Assert.That(plan.Chunks, Is.EqualTo(3));
        Assert.That(
            said.Warnings.Single(),
            Does.StartWith(
                $"{Raw}: 2 chunk files, numbered up to 2; chunk 1 has no file. It is empty (then strax writes no file) or lost."
            )
        );
    }

    [Test]
    public void Should_count_a_file_once_however_often_it_is_listed()
    {
        var lines = string.Concat(
            Enumerable.Repeat(
                string.Concat(
                    Enumerable
                        .Range(0, 4)
                        .Select(i => $"{{\"did\": \"{Raw}\", \"name\": \"raw_records-aaaaaaaaaa-{i:D6}\", \"bytes\": 1000}}\n")
                ),
                3
            )
        );
        var (plan, _, _, said) = Plan(lines);

        Assert.That((plan.Chunks, plan.Groups[0].InputBytes), Is.EqualTo((4L, 4000L)));
        Assert.That(said.Warnings, Is.Empty);
    }

    [TestCase("raw_records-zzzzzzzzzz-000001", null)]
    [TestCase("peaklets-aaaaaaaaaa-000001", null)]
    [TestCase("raw_records-aaaaaaaaaa-0000001", null)]
    [TestCase("raw_records-aaaaaaaaaa-00001", null)]
    [TestCase("raw_records-aaaaaaaaaa-٠٠٠٠٠١", null)]
    [TestCase("raw_records-aaaaaaaaaa--00001", null)]
    [TestCase("../../raw_records-aaaaaaaaaa-000001", null)]
    [TestCase("raw_records-aaaaaaaaaa", null)]
    [TestCase("xnt_007158:raw_records-aaaaaaaaaa-000001", null)]
    [TestCase("raw_records-aaaaaaaaaa-000001", "-1")]
    [TestCase("raw_records-aaaaaaaaaa-000001", "9223372036854775807")]
    [TestCase("raw_records-aaaaaaaaaa-000001", "1e300")]
    [TestCase("raw_records-aaaaaaaaaa-000001", "1000.5")]
    [TestCase("raw_records-aaaaaaaaaa-000001", "-Infinity")]
    [TestCase("raw_records-aaaaaaaaaa-999999", null)]
    public void Should_cost_the_run_if_its_listing_holds_what_is_not_of_it(string name, string? bytes)
    {
        var lines =
            $"{{\"did\": \"{Raw}\", \"name\": \"raw_records-aaaaaaaaaa-000000\", \"bytes\": 1000}}\n{{\"did\": \"{Raw}\", \"name\": "
            + $"\"{name}\"{(bytes is null ? "" : $", \"bytes\": {bytes}")}}}\n";
        var disk = new MockFileSystem();
        disk.AddFile("/rucio.json", new MockFileData(lines));

        var error = Assert.Throws<SourceErrorException>(() =>
            new SnapshotDatasetSource(disk, "/rucio.json").ListAsync(Raw, default).GetAwaiter().GetResult()
        )!;

        Assert.That(
            error.Message,
            Does.Contain(Raw).And.Contains(name == "raw_records-aaaaaaaaaa-999999" ? "chunk 999999" : name[(name.IndexOf(':') + 1)..])
        );
    }

    [TestCase("NaN")]
    [TestCase("Infinity")]
    [TestCase("null")]
    [TestCase("\"many\"")]
    public void Should_not_know_a_size_that_is_no_number(string bytes)
    {
        var (plan, _, _, _) = Plan(
            $"{{\"did\": \"{Raw}\", \"adler32\": NaN, \"name\": \"raw_records-aaaaaaaaaa-000000\", \"bytes\": {bytes}}}\n"
        );

        Assert.That((plan.Chunks, plan.Groups[0].InputBytes), Is.EqualTo((1L, (long?)null)));
    }

    [Test]
    public void Should_sum_what_is_large_without_end()
    {
        var groups = Plan(Listing(5))
            .Plan.Groups.Take(1)
            .SelectMany(g =>
                Enumerable.Repeat(
                    g with
                    {
                        InputBytes = long.MaxValue / 2,
                        Resources = new Resources(long.MaxValue / 1000, long.MaxValue / 1000),
                    },
                    5
                )
            );
        var plan = new JobPlan { Fingerprint = "x", Groups = [.. groups] };

        Assert.That(plan.InputBytes, Is.EqualTo(long.MaxValue));
        Assert.That(plan.PerJobName.Values.Select(s => s.MemoryMb), Is.All.Positive);
    }

    [Test]
    public void Should_read_listings_as_json_lines_with_bytes()
    {
        var lines =
            string.Concat(
                Enumerable
                    .Range(0, 11)
                    .Select(i => $"{{\"did\": \"{Raw}\", \"name\": \"raw_records-aaaaaaaaaa-{i:D6}\", \"bytes\": 1000}}\n")
            ) + "{\"scope\": \"xnt_007157\", \"name\": \"raw_records-aaaaaaaaaa-metadata.json\", \"bytes\": 5}\n";
        var group = Plan(lines).Plan.Groups[0];

        Assert.That((group.Chunks, group.InputBytes), Is.EqualTo((11, 11005L)));
    }

    [Test]
    public void Should_read_back_the_plan()
    {
        var (plan, _, disk, _) = Plan(Listing(23));
        var back = JobPlan.Read(disk, "/g");

        Assert.That(back.Fingerprint, Is.EqualTo(plan.Fingerprint));
        Assert.That(
            System.Text.Json.JsonSerializer.Serialize(back.Groups),
            Is.EqualTo(System.Text.Json.JsonSerializer.Serialize(plan.Groups))
        );
    }

    [Test]
    public void Should_depend_on_a_single_job_as_on_a_combine_job()
    {
        var (plan, _, _, _) = Plan(Listing(5), s => s with { DataTypes = ["event_info_double", "peak_basics", "peaklets"] });

        Assert.That(
            plan.Groups.Select(g => (g.Type, string.Join(',', g.Parents))),
            Is.EqualTo(new[] { ("peaklets", ""), ("peak_basics", "peaklets"), ("event_info_double", "peaklets,peak_basics") })
        );
    }

    [Test]
    public void Should_ask_for_many_datasets_at_once_and_alone_for_what_is_left_out()
    {
        var (selection, disk) = RunFilterTests.Filter(
            s => s with { DataTypes = ["peaklets"] },
            [.. Enumerable.Range(7000, 40).Select(n => Given.Run(n) with { Data = [Given.Entry("raw_records", run: n)] })]
        );
        var many = new Many("xnt_007003:raw_records-aaaaaaaaaa");

        var plan = new ChunkPlanner(disk, new Said(), 4)
            .PlanAsync(Given.Loaded(s => s with { DataTypes = ["peaklets"] }), selection.Ledger, many, "/g", default)
            .GetAwaiter()
            .GetResult();

        Assert.That(plan.Runs, Is.EqualTo(40));
        Assert.That(many.Questions, Is.EqualTo(new[] { 10, 10, 10, 10 }));
        Assert.That(many.Alone, Is.EqualTo(new[] { "xnt_007003:raw_records-aaaaaaaaaa" }));
    }

    /// <summary>Answers for many datasets, but not for one of them.</summary>
    private sealed class Many(string leftOut) : IDatasetSource
    {
        public System.Collections.Concurrent.ConcurrentQueue<int> Questions { get; } = [];

        public System.Collections.Concurrent.ConcurrentQueue<string> Alone { get; } = [];

        public string Name => "many";

        public int AtOnce => 50;

        public Task<DatasetListing?> ListAsync(string did, CancellationToken cancel)
        {
            Alone.Enqueue(did);
            return Task.FromResult<DatasetListing?>(OneChunk(did));
        }

        public Task<IReadOnlyDictionary<string, DatasetListing>> ListManyAsync(IReadOnlyList<string> dids, CancellationToken cancel)
        {
            Questions.Enqueue(dids.Count);
            return Task.FromResult<IReadOnlyDictionary<string, DatasetListing>>(
                dids.Where(d => d != leftOut).ToDictionary(d => d, OneChunk)
            );
        }
    }

    private static DatasetListing OneChunk(string did)
    {
        var listing = new DatasetListing(did);
        listing.Add("raw_records-aaaaaaaaaa-000000", null);
        return listing;
    }

    private sealed class Failing(int count) : IDatasetSource
    {
        public string Name => "failing";

        public Task<DatasetListing?> ListAsync(string did, CancellationToken cancel)
        {
            if (int.Parse(did.AsSpan(4, 6), System.Globalization.CultureInfo.InvariantCulture) < 7000 + count)
            {
                throw new SourceErrorException("Rucio timed out");
            }

            return Task.FromResult<DatasetListing?>(OneChunk(did));
        }
    }
}
