using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using System.Text.Json.Nodes;
using Outsource.Foundation.Errors;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using Outsource.Operator.Reconcile;
using Outsource.Services.Http;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Reconcile;

/// <summary>Steps of a repair, on a RunDB that appends what is posted and removes whatever has the fields that are sent.</summary>
[TestFixture]
internal sealed class RepairingTests
{
    private const string Rse = "UC_OSG_USERDISK",
        Did = "xnt_007157:peaklets-aaaaaaaaaa",
        ChangePath = "/run/number/7157/data/";

    private static readonly ExpectedData Data = new(7157, "peaklets", "aaaaaaaaaa");

    private MockFileSystem _disk = null!;
    private FakeRunDb _rundb = null!;
    private IRunEntries _entries = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _disk = Given.Disk();
        _rundb = await FakeRunDb.StartAsync([
            $$"""{"number": 7157, "data": [{"type": "raw_records", "host": "daq"}, {{Entry(Rse)}}]}""",
        ]);
        _entries = RunSources.Entries(
            Given.Settings with
            {
                RunDb = new SourceChoice.Rest(),
            },
            () => new RunDbCredentials { ApiUrl = _rundb.Server.Address, ApiUser = FakeRunDb.User, ApiPassword = FakeRunDb.Password },
            Given.Host(_disk),
            new Said(),
            new TransportLimits { FirstPause = TimeSpan.FromMilliseconds(1) }
        );
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        (_entries as IDisposable)?.Dispose();
        await _rundb.DisposeAsync();
    }

    [Test]
    public async Task Should_enter_as_the_jobs_do()
    {
        _rundb.Set(7157, data => data.RemoveAt(1));

        var done = await DoAsync(Enter());

        Assert.That((done.State, done.Detail), Is.EqualTo((RepairState.Done, (string?)null)));
        var sent = JsonNode.Parse(_rundb.Server.Requests.Single(r => r.Method == "POST" && r.Path == ChangePath).Body)!.AsObject();
        Assert.That(sent["creation_time"]!.GetValue<string>(), Does.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$"));
        sent.Remove("creation_time");
        Assert.That(
            sent.ToJsonString(),
            Is.EqualTo(
                $$"""{"type":"peaklets","host":"rucio-catalogue","did":"{{Did}}","location":"{{Rse}}","status":"transferred","""
                    + "\"protocol\":\"rucio\",\"meta\":{\"lineage_hash\":\"aaaaaaaaaa\",\"file_count\":4,\"size_mb\":0.0031}}"
            )
        );
        Assert.That(Journal(), Is.EqualTo(new[] { $"enter {Did} {Rse} begun", $"enter {Did} {Rse} done" }));
    }

    [Test]
    public async Task Should_remove_one_entry_and_leave_all_others()
    {
        var done = await DoAsync(Remove());

        Assert.That((done.State, done.Detail), Is.EqualTo((RepairState.Done, (string?)null)));
        Assert.That(_rundb.DataOf(7157).ToJsonString(), Is.EqualTo("""[{"type":"raw_records","host":"daq"}]"""));
    }

    [Test]
    public async Task Should_skip_a_step_if_an_entry_changed_since_the_preview()
    {
        _rundb.Set(7157, data => data[1]!["status"] = "error");

        var done = await DoAsync(Remove());

        Assert.That(
            (done.State, done.Detail),
            Is.EqualTo((RepairState.Skipped, "the RunDB's entries of peaklets of run 007157 changed since the preview"))
        );
        Assert.That(_rundb.Server.Count(ChangePath), Is.Zero);
        Assert.That(Journal(), Is.EqualTo(new[] { $"remove-entry {Did} {Rse} skipped" }));
    }

    [Test]
    public async Task Should_skip_a_step_if_somebody_has_entered_it_meanwhile()
    {
        var done = await DoAsync(Enter() with { Seen = [] });

        Assert.That(done.State, Is.EqualTo(RepairState.Skipped));
        Assert.That(_rundb.DataOf(7157), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Should_go_on_if_an_earlier_step_of_the_same_data_is_done()
    {
        var repairing = New();

        var first = await repairing.DoAsync(Remove(), default);
        var second = await repairing.DoAsync(Enter() with { Seen = Seen(Rse) }, default);

        Assert.That((first.State, second.State), Is.EqualTo((RepairState.Done, RepairState.Done)));
        Assert.That(_rundb.DataOf(7157), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Should_keep_one_of_equal_entries()
    {
        _rundb.Set(7157, data => data.Add(data[1]!.DeepClone()));

        var done = await DoAsync(Remove() with { KeepsOne = true, Seen = Seen(Rse, Rse) });

        Assert.That((done.State, done.Detail), Is.EqualTo((RepairState.Done, (string?)null)));
        Assert.That(_rundb.DataOf(7157).Count(e => (string?)e!["type"] == "peaklets"), Is.EqualTo(1));
    }

    [Test]
    public async Task Should_not_remove_an_entry_whose_fields_another_has_too()
    {
        _rundb.Set(7157, data => data.Add(JsonNode.Parse($$"""{{{Entry(Rse)[1..^1]}}, "note": "keep me"}""")));

        var done = await DoAsync(Remove() with { Seen = Seen(Rse, Rse) });

        Assert.That((done.State, _rundb.DataOf(7157).Count), Is.EqualTo((RepairState.Skipped, 3)));
        Assert.That(done.Detail, Does.Contain("would remove both"));
    }

    [Test]
    public async Task Should_count_as_done_if_only_the_answer_was_lost()
    {
        _rundb.Set(7157, data => data.RemoveAt(1));
        _rundb.Server.Once(
            ChangePath,
            http =>
            {
                _rundb.Set(7157, data => data.Add(JsonNode.Parse((string)http.Items["body"]!)));
                http.Response.StatusCode = 503;
                return Task.CompletedTask;
            }
        );

        var done = await DoAsync(Enter());

        Assert.That((done.State, _rundb.DataOf(7157).Count), Is.EqualTo((RepairState.Done, 2)), done.Detail);
        Assert.That(_rundb.Server.Count(ChangePath), Is.EqualTo(1), "sent again it would be there twice");
    }

    [Test]
    public async Task Should_fail_if_the_database_accepts_a_change_and_does_not_make_it()
    {
        _rundb.Server.Once(ChangePath, http => LoopbackServer.JsonAsync(http, "{}"));

        var done = await DoAsync(Remove());

        Assert.That(
            (done.State, done.Detail),
            Is.EqualTo((RepairState.Failed, "the RunDB accepted it, and its entries are not as they should be then"))
        );
        Assert.That(Journal()[^1], Does.EndWith("failed"));
    }

    [Test]
    public async Task Should_fail_alone_if_the_database_refuses()
    {
        _rundb.Server.Once(ChangePath, LoopbackServer.Status(403));

        var done = await DoAsync(Remove());

        Assert.That((done.State, _rundb.DataOf(7157).Count), Is.EqualTo((RepairState.Failed, 2)));
        Assert.That(done.Detail, Does.Contain("403"));
    }

    [TestCase("begun")]
    [TestCase("done")]
    public async Task Should_not_repeat_a_step_that_may_not_show_yet(string state)
    {
        _rundb.Set(7157, data => data.RemoveAt(1));
        Earlier(state, DateTimeOffset.UtcNow.AddMinutes(-1));

        var done = await DoAsync(Enter());

        Assert.That((done.State, _rundb.DataOf(7157).Count), Is.EqualTo((RepairState.Skipped, 1)));
        Assert.That(done.Detail, Does.Contain("may not show it yet"));
    }

    [TestCase("begun", 60)]
    [TestCase("failed", 1)]
    public async Task Should_go_on_where_the_journal_ended(string state, int minutes)
    {
        _rundb.Set(7157, data => data.RemoveAt(1));
        Earlier(state, DateTimeOffset.UtcNow.AddMinutes(-minutes));

        Assert.That((await DoAsync(Enter())).State, Is.EqualTo(RepairState.Done));
    }

    [Test]
    public void Should_refuse_a_database_that_is_a_snapshot_or_asked_over_mongo_db(
        [Values("file:/runs.json", "mongo")] string choice
    ) =>
        Assert.That(
            () =>
                RunSources.Entries(
                    Given.Settings with
                    {
                        RunDb = SourceChoice.Parse(choice)!,
                    },
                    () => new RunDbCredentials(),
                    Given.Host(_disk),
                    new Said()
                ),
            Throws.TypeOf<UsageException>().With.Message.Contains("--rundb=rest")
        );

    private Task<DoneStep> DoAsync(RepairStep step) => New().DoAsync(step, default);

    private Repairing New() =>
        new(_entries, new RepairJournal(_disk, "/w"), Given.Host(_disk), TimeProvider.System) { Pause = TimeSpan.FromMilliseconds(1) };

    private void Earlier(string state, DateTimeOffset at) =>
        _disk.AddFile(
            "/w/repairs.jsonl",
            new MockFileData($$"""{"at": "{{at:O}}", "step": "enter {{Did}} {{Rse}}", "state": "{{state}}"}""" + "\n{\"at\": \"20")
        );

    private List<string> Journal() =>
        [
            .. _disk.File.ReadAllLines("/w/repairs.jsonl")
                .Select(l => JsonNode.Parse(l)!)
                .Select(l => $"{l["step"]} {l["state"]}"),
        ];

    private static RepairStep Enter() =>
        new(RepairKind.Enter, Data)
        {
            Rse = Rse,
            Files = 4,
            Bytes = 3100,
        };

    private static RepairStep Remove() =>
        new(RepairKind.RemoveEntry, Data)
        {
            Rse = Rse,
            Entry = Seen(Rse)[0],
            Seen = Seen(Rse),
        };

    private static ImmutableArray<DataEntry> Seen(params string[] rses) =>
        [.. rses.Select(r => new DataEntry("peaklets", DataEntry.RucioHost, r, Did, DataEntry.Transferred, 0.5, 4))];

    private static string Entry(string rse) =>
        $$$"""{"type": "peaklets", "host": "rucio-catalogue", "location": "{{{rse}}}", "did": "{{{Did}}}", "status": "transferred", "meta": {"size_mb": 0.5, "file_count": 4}}""";
}
