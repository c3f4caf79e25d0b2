using System.IO.Abstractions.TestingHelpers;
using Outsource.Model.Reconciling;
using Outsource.Services.Http;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Rucio;

/// <summary>Files, replicas and rules of datasets, from a server of Rucio's protocol and from a snapshot.</summary>
[TestFixture]
internal sealed class RestReplicaSourceTests
{
    private const string First = "xnt_007157:peaklets-aaaaaaaaaa",
        Second = "xnt_007158:peaklets-aaaaaaaaaa",
        Unknown = "xnt_007159:peaklets-aaaaaaaaaa",
        Rse = "UC_OSG_USERDISK",
        File = "peaklets-aaaaaaaaaa-000000";

    private FakeRucio _rucio = null!;
    private RestReplicaSource _source = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _rucio = await FakeRucio.StartAsync();
        _rucio.Whole[First] = FakeDataset.Complete(First, 3, Rse);
        _rucio.Whole[Second] = FakeDataset.Complete(Second, 2, Rse);
        _rucio.Whole[Second].States[(File, Rse)] = "COPYING";
        _rucio.Whole[Second].Kept[Rse] = "REPLICATING";
        var disk = Given.Disk();
        disk.AddFile("/opt/rucio/etc/rucio.cfg", new MockFileData(_rucio.Config()));
        _source = (RestReplicaSource)
            DatasetSources.Replicas(
                Given.Settings with
                {
                    Rucio = new SourceChoice.Rest(),
                },
                Given.Host(disk),
                new TransportLimits { FirstPause = TimeSpan.FromMilliseconds(1) }
            );
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        _source.Dispose();
        await _rucio.DisposeAsync();
    }

    [Test]
    public async Task Should_ask_three_questions_for_many_datasets()
    {
        AssertBoth(await _source.AskAsync([First, Second], default));

        Assert.That(
            _rucio.Server.Requests.Select(r => r.Path),
            Is.EqualTo(new[] { "/auth/userpass", "/dids/bulkfiles", "/replicas/list", "/locks/bulk_locks_for_dids" })
        );
        Assert.That(
            _rucio.Server.Requests.ElementAt(2).Body,
            Is.EqualTo(
                """{"dids":[{"scope":"xnt_007157","name":"peaklets-aaaaaaaaaa"},{"scope":"xnt_007158","name":"peaklets-aaaaaaaaaa"}],"""
                    + "\"all_states\":true,\"resolve_archives\":false}"
            )
        );
    }

    [Test]
    public async Task Should_ask_for_each_dataset_if_the_server_has_no_questions_for_many()
    {
        _rucio.HasBulk = _rucio.HasLocks = false;

        AssertBoth(await _source.AskAsync([First, Second], default));
        AssertBoth(await _source.AskAsync([First, Second], default));

        Assert.That(_rucio.Server.Count("/dids/bulkfiles"), Is.EqualTo(1));
        Assert.That(_rucio.Server.Count("/locks/bulk_locks_for_dids"), Is.EqualTo(1));
        Assert.That(_rucio.Server.Count("/dids/xnt_007157/peaklets-aaaaaaaaaa/rules"), Is.EqualTo(2));
    }

    [Test]
    public async Task Should_find_nothing_of_a_dataset_that_is_unknown()
    {
        var found = await _source.AskAsync([First, Unknown], default);

        Assert.That(found[Unknown], Is.EqualTo(StoredDataset.Nothing));
        Assert.That(found[First].Files, Has.Count.EqualTo(4));
        Assert.That(
            _rucio.Server.Requests.Last(r => r.Path == "/replicas/list").Body,
            Does.Not.Contain("xnt_007159"),
            "a server may refuse the question for what it does not know"
        );
    }

    [Test]
    public async Task Should_not_ask_for_each_if_many_are_unknown()
    {
        var unknown = Enumerable.Range(8000, 40).Select(n => $"xnt_{n:D6}:peaklets-aaaaaaaaaa");

        var found = await _source.AskAsync([First, .. unknown], default);

        Assert.That(found.Values.Count(d => d.Files.Count == 0), Is.EqualTo(40));
        Assert.That(_rucio.Server.Requests.Count(r => r.Method == "GET" && r.Path.StartsWith("/dids/", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public async Task Should_list_the_last_dataset_again_if_the_answer_may_have_broken_off()
    {
        const string Line = """{"scope": "xnt_007157", "name": "peaklets-aaaaaaaaaa-000000", "bytes": 1, "adler32": "1", """;
        _rucio.Server.Once(
            "/dids/bulkfiles",
            http =>
                LoopbackServer.JsonAsync(http, Line + """ "parent_scope": "xnt_007157", "parent_name": "peaklets-aaaaaaaaaa"}""" + "\n")
        );

        AssertBoth(await _source.AskAsync([First, Second], default));
    }

    [Test]
    public async Task Should_take_letters_and_lists_of_older_servers()
    {
        _rucio.Server.Once(
            "/replicas/list",
            http =>
                LoopbackServer.JsonAsync(
                    http,
                    """
                    {"scope": "xnt_007157", "name": "peaklets-aaaaaaaaaa-000000", "bytes": 1000, "adler32": "a0b0c0d", "rses": {}, "states": {"A": "A", "B": "C"}}
                    {"scope": "xnt_007157", "name": "peaklets-aaaaaaaaaa-000001", "bytes": 1000, "adler32": null, "rses": {"A": []}}
                    """
                )
        );

        var files = (await _source.AskAsync([First], default))[First].Files;

        Assert.That((files[File].IsAt("A"), files[File].IsAt("B"), files[File].ReplicaAdler32), Is.EqualTo((true, false, "0a0b0c0d")));
        Assert.That(files["peaklets-aaaaaaaaaa-000001"].IsAt("A"));
        Assert.That(files["peaklets-aaaaaaaaaa-000002"].Replicas, Is.Empty);
    }

    [Test]
    public async Task Should_blame_one_dataset_if_the_service_fails_on_it()
    {
        for (var i = 0; i < 20; i++)
        {
            _rucio.Server.Once("/replicas/list", LoopbackServer.Status(400));
        }

        var found = await _source.AskAsync([First, Second], default);

        Assert.That(found.Values.Select(d => d.Fault), Is.All.Contains("400"));
    }

    [TestCase("<html>")]
    [TestCase("[1]")]
    [TestCase("""{"name": 3}""")]
    public async Task Should_blame_the_dataset_if_an_answer_is_of_another_shape(string line)
    {
        for (var i = 0; i < 6; i++)
        {
            _rucio.Server.Once("/replicas/list", http => LoopbackServer.JsonAsync(http, line + "\n{}\n"));
        }

        Assert.That((await _source.AskAsync([First], default))[First].Fault, Does.Contain("expected"));
    }

    [Test]
    public async Task Should_renew_a_refused_token_once()
    {
        await _source.AskAsync([First, Second], default);
        _rucio.ExpireTokens();

        AssertBoth(await _source.AskAsync([First, Second], default));
        Assert.That(_rucio.Server.Count("/auth/userpass"), Is.EqualTo(2));
    }

    [Test]
    public async Task Should_say_the_same_from_a_snapshot()
    {
        var disk = Given.Disk(("/rucio.json", string.Concat(_rucio.Whole.Values.Select(d => d.Snapshot()))));

        AssertBoth(await DatasetSources.Replicas(Given.Settings, Given.Host(disk)).AskAsync([First, Second], default));
    }

    [Test]
    public async Task Should_find_nothing_available_in_a_snapshot_of_listings()
    {
        var disk = Given.Disk(("/rucio.json", $$"""{"did": "{{First}}", "name": "{{File}}", "bytes": 1000}""" + "\n"));

        var found = (await DatasetSources.Replicas(Given.Settings, Given.Host(disk)).AskAsync([First], default))[First];

        Assert.That((found.Files[File].Bytes, found.Rses.Count(), found.Rules), Is.EqualTo((1000, 0, (IReadOnlyList<StoredRule>?)null)));
    }

    private static void AssertBoth(IReadOnlyDictionary<string, StoredDataset> found)
    {
        Assert.That(found.Keys, Is.EquivalentTo(new[] { First, Second }));
        Assert.That((found[First].Files.Count, found[First].IsWholeAt(Rse)), Is.EqualTo((4, true)));
        Assert.That(found[First].Rules!.Single(), Is.EqualTo(new StoredRule(Rse, RuleState.Ok, "r0")));
        Assert.That((found[Second].Files.Count, found[Second].IsWholeAt(Rse)), Is.EqualTo((3, false)));
        Assert.That(found[Second].Files[File].Replicas[Rse].State, Is.EqualTo("COPYING"));
        Assert.That((found[First].Files[File].Bytes, found[First].Files[File].Adler32), Is.EqualTo((1000, "0a0b0c0d")));
        Assert.That(found[Second].HasRule(Rse, RuleState.Replicating));
    }
}
