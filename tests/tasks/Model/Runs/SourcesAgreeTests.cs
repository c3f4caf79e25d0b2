using MongoDB.Bson;
using MongoDB.Driver;
using Outsource.FilterModes;
using Outsource.QueryRuns;
using Outsource.Services.Http;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Runs;

/// <summary>One table of documents and selections, asked of every source: each must give the same ledger.</summary>
[TestFixture]
public sealed class SourcesAgreeTests
{
    private static readonly string[] Documents =
    [
        Run(7000),
        Run(7001, mode: "tpc_noise"),
        Run(7002, tags: """[{"name": "bad", "user": "u", "date": "d"}]"""),
        Run(7003, tags: """["abandon"]"""),
        Run(7004, tags: "null"),
        Run(7005, tags: "\"bad\""),
        Run(7006, tags: "[{}]"),
        Run(7007, tags: "7"),
        Run(7008, detectors: "\"tpc\""),
        Run(7009, detectors: "null"),
        Run(7010, detectors: "[]"),
        Run(7011, detectors: """["neutron_veto", "muon_veto"]"""),
        Run(7012, source: "\"kr-83m\""),
        Run(7013, source: "null"),
        Run(7014, data: "null"),
        Run(7015, data: "{}"),
        Run(7016, data: "[1]"),
        Run(7017, data: """[{"type": "raw_records"}]"""),
        Run(
            7018,
            data: """[{"type": "raw_records", "host": "rucio-catalogue", "location": "UC_OSG_USERDISK", "did": "xnt_007018:raw_records-aaaaaaaaaa", "status": "transferred", "meta": null}]"""
        ),
        Run(
            7019,
            data: """[{"type": "raw_records", "host": "rucio-catalogue", "location": "CNAF_TAPE_USERDISK", "did": "xnt_007019:raw_records-aaaaaaaaaa", "status": "transferred"}]"""
        ),
        Run(7020, data: """[{"type": "raw_records", "host": "dali", "location": "/dali"}, {"type": "other"}]"""),
        Run(7021, mode: "tpc_pmtgain"),
        """{"number": 7022, "mode": "tpc_bkg", "detectors": ["tpc"]}""",
        """{"number": 7023, "mode": null, "detectors": ["tpc"], "tags": []}""",
        """{"number": 7024, "detectors": ["tpc"], "tags": [], "source": "none"}""",
        """{"number": 7025.0, "mode": "tpc_bkg", "detectors": ["tpc"], "tags": [], "source": "none"}""",
        """{"number": "7026", "mode": "tpc_bkg", "detectors": ["tpc"], "tags": [], "source": "none"}""",
        """{"number": null, "mode": "tpc_bkg"}""",
        """{"number": [7027], "mode": "tpc_bkg"}""",
        """{"number": -7028, "mode": "tpc_bkg"}""",
        """{"mode": "tpc_bkg", "detectors": ["tpc"]}""",
        Started(7030, "\"2025-06-12T00:00:00\""),
        Started(7031, """{"$date": "2025-06-12T23:59:59.999Z"}"""),
        Started(7032, """{"$date": "2025-06-11T23:59:59.999Z"}"""),
        Started(7033, "\"2025-06-13T00:00:00+00:00\""),
        Started(7034, "\"2025-06-13T01:00:00+02:00\""),
        Started(7035, """{"$date": {"$numberLong": "1749729600000"}}"""),
        Started(7036, "null"),
        Started(7037, "\"soon\""),
        Started(7038, """["2025-06-12T10:00:00"]"""),
        Started(7039, "\"Thu, 12 Jun 2025 10:00:00 GMT\""),
        Run(500),
        Run(9999),
    ];

    private static readonly (string Name, Func<OutsourceSettings, OutsourceSettings> Change)[] Selections =
    [
        ("all", s => s),
        ("range", s => s with { From = 7001, To = 7010 }),
        ("since", s => s with { Since = TimeBound.Parse("2025-06-12") }),
        ("until", s => s with { Until = TimeBound.Parse("2025-06-12T12:00") }),
        ("day", s => s with { Since = TimeBound.Parse("2025-06-12"), Until = TimeBound.Parse("2025-06-12"), From = 7030 }),
        ("named and since", s => s with { Runs = [7030, 7032, 7036], Since = TimeBound.Parse("2025-06-12") }),
        ("named", s => s with { Runs = [500, 7000, 7002, 7009, 7777] }),
        ("mode", s => s with { Modes = ["tpc_noise", "tpc_pmtgain"] }),
        ("source", s => s with { Sources = ["kr-83m"] }),
        ("detector", s => s with { Detector = "neutron_veto" }),
        ("force", s => s with { Force = true }),
    ];

    private static IEnumerable<string> SelectionNames => Selections.Select(s => s.Name);

    [Test]
    public async Task Should_agree([ValueSource(nameof(SelectionNames))] string selection)
    {
        var change = Selections.Single(s => s.Name == selection).Change;
        var expected = await LedgerAsync(change, "file:/runs.json", new RunDbCredentials());

        await using var rundb = await FakeRunDb.StartAsync(Documents);
        rundb.PageSize = 7;
        var rest = await LedgerAsync(
            change,
            "rest",
            new RunDbCredentials
            {
                ApiUrl = rundb.Server.Address,
                ApiUser = FakeRunDb.User,
                ApiPassword = FakeRunDb.Password,
            }
        );
        Assert.That(rest, Is.EqualTo(expected), "REST");

        await using var mongo = new FakeMongo { BatchSize = 5 };
        mongo.Collections["runs"].AddRange(Bson());
        var overMongo = await LedgerAsync(
            change,
            "mongo",
            new RunDbCredentials
            {
                MongoHosts = [mongo.Address],
                MongoUser = FakeMongo.User,
                MongoPassword = FakeMongo.Password,
                MongoDatabase = FakeMongo.Database,
            }
        );
        Assert.That(overMongo, Is.EqualTo(expected), "MongoDB");
    }

    /// <summary>
    /// The same on a real MongoDB: <c>OUTSOURCE_TEST_MONGO=host:port</c>, without login. A database of its own is made and dropped.
    /// </summary>
    [Test]
    public async Task Should_agree_with_a_real_mongo_db([ValueSource(nameof(SelectionNames))] string selection)
    {
        if (Environment.GetEnvironmentVariable("OUTSOURCE_TEST_MONGO") is not { Length: > 0 } address)
        {
            TestContext.Progress.WriteLine("skipped: set OUTSOURCE_TEST_MONGO=host:port to run this on a real MongoDB too");
            Assert.Ignore("set OUTSOURCE_TEST_MONGO=host:port to run this on a real MongoDB too");
            return;
        }

        var name = $"outsource_test_{Guid.NewGuid():N}";
        using var client = new MongoClient($"mongodb://{address}/?directConnection=true");
        try
        {
            await client.GetDatabase(name).GetCollection<BsonDocument>("runs").InsertManyAsync(Bson());
            var change = Selections.Single(s => s.Name == selection).Change;
            Assert.That(
                await LedgerAsync(change, "mongo", new RunDbCredentials { MongoHosts = [address], MongoDatabase = name }),
                Is.EqualTo(await LedgerAsync(change, "file:/runs.json", new RunDbCredentials()))
            );
        }
        finally
        {
            await client.DropDatabaseAsync(name);
        }
    }

    [Test]
    public async Task Should_agree_if_the_listing_does_not_show_when_runs_started()
    {
        static OutsourceSettings Change(OutsourceSettings s) => s with { Since = TimeBound.Parse("2025-06-12") };
        await using var rundb = await FakeRunDb.StartAsync(Documents);
        rundb.ListedFields = ["number", "name", "mode", "source", "tags", "detectors"];

        var rest = await LedgerAsync(
            Change,
            "rest",
            new RunDbCredentials
            {
                ApiUrl = rundb.Server.Address,
                ApiUser = FakeRunDb.User,
                ApiPassword = FakeRunDb.Password,
            }
        );

        Assert.That(rest, Is.EqualTo(await LedgerAsync(Change, "file:/runs.json", new RunDbCredentials())));
    }

    [TestCase("2025-06-12", null, "7030 7031 7033 7034 7035 7039", "7036 7037 7038")]
    [TestCase(null, "2025-06-11", "7032", "7036 7037 7038")]
    [TestCase("2025-06-12", "2025-06-12", "7030 7031 7034 7035 7039", "7036 7037 7038")]
    [TestCase("2025-06-12T12:00", "2025-06-12T12:00:00Z", "7035", "7036 7037 7038")]
    [TestCase("2025-06-12T14:00+02:00", "2025-06-12T23:00", "7034 7035", "7036 7037 7038")]
    public async Task Should_select_by_the_time_in_which_a_run_started(string? since, string? until, string selected, string unknown)
    {
        var lines = await LedgerAsync(
            s =>
                s with
                {
                    From = 7030,
                    To = 7039,
                    Since = since is null ? null : TimeBound.Parse(since),
                    Until = until is null ? null : TimeBound.Parse(until),
                    MaxDaily = 100,
                },
            "file:/runs.json",
            new RunDbCredentials()
        );

        string Runs(bool faulty) =>
            string.Join(' ', lines.Where(l => l.Contains(" StartFaulty ") == faulty && l[0] == '7').Select(l => l[..4]).Distinct());
        Assert.That((Runs(false), Runs(true)), Is.EqualTo((selected, unknown)));
    }

    private static IEnumerable<BsonDocument> Bson() => Documents.Select(d => BsonDocument.Parse(d).Add("_id", ObjectId.GenerateNewId()));

    /// <summary>The ledger's lines, without where a document without a number stands: each source counts in its own way.</summary>
    private static async Task<string[]> LedgerAsync(
        Func<OutsourceSettings, OutsourceSettings> change,
        string rundb,
        RunDbCredentials credentials
    )
    {
        var disk = Given.Disk(("/runs.json", $"[{string.Join(",\n", Documents)}]"));
        disk.AddDirectory("/home/tester");
        disk.AddDirectory("/out");
        var loaded = Given.Loaded(s => change(s) with { RunDb = SourceChoice.Parse(rundb)!, MaxDaily = 5 });
        var source = RunSources.Create(
            loaded,
            () => credentials,
            Given.Host(disk),
            new Said(),
            TokenStorage.File,
            new TransportLimits { FirstPause = TimeSpan.FromMilliseconds(1) }
        );
        try
        {
            var runs = await new RunQuery(disk, new Said()).RunAsync(loaded, source, "/out", default);
            var selection = new RunFilter(disk).Filter(loaded, runs, "/out", default);
            return
            [
                .. selection
                    .Ledger.Read()
                    .Select(l =>
                        $"{l.Run} {l.Type} {l.Verdict.Reason} {l.Verdict.Detail.Replace(source.Name, "SOURCE", StringComparison.Ordinal)} "
                        + $"{l.Input}"
                    )
                    .Order(StringComparer.Ordinal),
            ];
        }
        finally
        {
            (source as IDisposable)?.Dispose();
        }
    }

    private static string Started(int number, string start) => $$"""{{Run(number)[..^1]}}, "start": {{start}}}""";

    private static string Run(
        int number,
        string mode = "tpc_bkg",
        string source = "\"none\"",
        string detectors = """["tpc"]""",
        string tags = "[]",
        string? data = null
    ) =>
        $$"""{"number": {{number}}, "name": "{{number:D6}}", "mode": "{{mode}}", "source": {{source}}, "detectors": {{detectors}}, "tags": {{tags}}, "data": {{data ?? Raw(number)}}}""";

    private static string Raw(int number) =>
        $$"""[{"type": "raw_records", "host": "rucio-catalogue", "location": "UC_OSG_USERDISK", "did": "xnt_{{number:D6}}:raw_records-aaaaaaaaaa", "status": "transferred", "meta": {"size_mb": 10.5, "file_count": 3} }]""";
}
