using System.IO.Abstractions.TestingHelpers;
using Outsource.Services.Http;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Rucio;

[TestFixture]
public sealed class BulkListingTests
{
    private const string First = "xnt_007157:raw_records-aaaaaaaaaa",
        Second = "xnt_007158:raw_records-aaaaaaaaaa",
        Unknown = "xnt_007159:raw_records-aaaaaaaaaa",
        BulkPath = "/dids/bulkfiles";

    private FakeRucio _rucio = null!;
    private RestDatasetSource _source = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _rucio = await FakeRucio.StartAsync();
        _rucio.Add(First, 7);
        _rucio.Add(Second, 3);
        var disk = Given.Disk();
        disk.AddFile("/opt/rucio/etc/rucio.cfg", new MockFileData(_rucio.Config()));
        _source = (RestDatasetSource)
            DatasetSources.Create(
                Given.Loaded(s => s with { Rucio = new SourceChoice.Rest() }),
                Given.Host(disk),
                limits: new TransportLimits { FirstPause = TimeSpan.FromMilliseconds(1) }
            );
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        _source.Dispose();
        await _rucio.DisposeAsync();
    }

    [Test]
    public async Task Should_list_many_datasets_in_one_question()
    {
        var found = await _source.ListManyAsync([First, Second], default);

        Assert.That(
            found.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => (f.Key, f.Value.Chunks, f.Value.Metadata, f.Value.Bytes)),
            Is.EqualTo(new[] { (First, 7, 1, (long?)8000), (Second, 3, 1, 4000) })
        );
        Assert.That(_rucio.Server.Requests.Select(r => r.Path), Is.EqualTo(new[] { "/auth/userpass", BulkPath }));
        Assert.That(
            _rucio.Server.Requests.Last().Body,
            Is.EqualTo(
                """{"dids":[{"scope":"xnt_007157","name":"raw_records-aaaaaaaaaa"},"""
                    + """{"scope":"xnt_007158","name":"raw_records-aaaaaaaaaa"}]}"""
            )
        );
    }

    [Test]
    public async Task Should_leave_out_what_it_does_not_know_and_what_is_empty()
    {
        _rucio.Datasets[Second] = [];

        Assert.That((await _source.ListManyAsync([Second, Unknown, "nonsense", First], default)).Keys, Is.EqualTo(new[] { First }));
    }

    [Test]
    public async Task Should_leave_out_a_dataset_with_files_of_another()
    {
        _rucio.Datasets[Second] = ["raw_records-aaaaaaaaaa-000000", "raw_records-bbbbbbbbbb-000001"];

        Assert.That((await _source.ListManyAsync([First, Second], default)).Keys, Is.EqualTo(new[] { First }));
    }

    [Test]
    public async Task Should_not_believe_the_last_dataset_of_an_answer_that_may_have_broken_off()
    {
        const string Line =
            """{"name": "raw_records-aaaaaaaaaa-000000", "bytes": 1, "parent_scope": "xnt_00715N", "parent_name": "raw_records-aaaaaaaaaa"}""";
        _rucio.Server.Once(
            BulkPath,
            http => LoopbackServer.JsonAsync(http, $"{Line.Replace('N', '7')}\n{Line.Replace('N', '8')}\n")
        );

        Assert.That((await _source.ListManyAsync([First, Second, Unknown], default)).Keys, Is.EqualTo(new[] { First }));
    }

    [TestCase(404)]
    [TestCase(405)]
    public async Task Should_ask_one_by_one_if_the_server_cannot_answer_for_many(int status)
    {
        _rucio.Server.Once(BulkPath, LoopbackServer.Status(status));
        Assert.That(_source.AtOnce, Is.GreaterThan(1));

        Assert.That(await _source.ListManyAsync([First, Second], default), Is.Empty);

        Assert.That(_source.AtOnce, Is.EqualTo(1));
        Assert.That(await _source.ListManyAsync([First, Second], default), Is.Empty);
        Assert.That(_rucio.Server.Count(BulkPath), Is.EqualTo(1));
    }

    [TestCase("""{"scope": "xnt_007157", "name": "raw_records-aaaaaaaaaa-000000", "bytes": 1}""")]
    [TestCase("""{"scope": "s", "name": "n", "bytes": 1, "parent_scope": "xnt_009999", "parent_name": "raw_records-aaaaaaaaaa"}""")]
    [TestCase("[1]")]
    [TestCase("<html>")]
    public async Task Should_give_nothing_if_a_line_belongs_to_no_dataset(string line)
    {
        _rucio.Server.Once(BulkPath, http => LoopbackServer.JsonAsync(http, line + "\n"));

        Assert.That(await _source.ListManyAsync([First, Second], default), Is.Empty);
        Assert.That((await _source.ListManyAsync([First, Second], default)).Keys, Is.EquivalentTo(new[] { First, Second }));
    }

    [Test]
    public async Task Should_ask_for_many_no_more_if_that_fails_again_and_again()
    {
        for (var i = 0; i < 6; i++)
        {
            _rucio.Server.Once(BulkPath, LoopbackServer.Status(503));
        }

        for (var i = 0; i < 5; i++)
        {
            Assert.That(await _source.ListManyAsync([First, Second], default), Is.Empty);
        }

        Assert.That(_rucio.Server.Count(BulkPath), Is.EqualTo(6), "three questions of two tries each");
        Assert.That((await _source.ListAsync(First, default))!.Chunks, Is.EqualTo(7));
    }

    [Test]
    public async Task Should_read_again_if_an_answer_breaks_off()
    {
        _rucio.Server.Once(
            BulkPath,
            LoopbackServer.BrokenOff(
                """{"name": "raw_records-aaaaaaaaaa-000000", "bytes": 1, "parent_scope": "xnt_007157", "parent_name": "raw_rec"""
            )
        );

        Assert.That((await _source.ListManyAsync([First, Second], default))[First].Chunks, Is.EqualTo(7));
    }

    [Test]
    public async Task Should_renew_a_refused_token_once()
    {
        await _source.ListManyAsync([First, Second], default);
        _rucio.ExpireTokens();

        Assert.That((await _source.ListManyAsync([First, Second], default)).Keys, Is.EquivalentTo(new[] { First, Second }));
        Assert.That(_rucio.Server.Count("/auth/userpass"), Is.EqualTo(2));
    }
}
