using MongoDB.Bson;
using Outsource.Foundation.Errors;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.RunDb;

[TestFixture]
public sealed class MongoRunSourceTests
{
    private FakeMongo _mongo = null!;

    [SetUp]
    public void SetUp() => _mongo = new FakeMongo();

    [TearDown]
    public async Task TearDown() => await _mongo.DisposeAsync();

    [Test]
    public async Task Should_ask_with_one_query_for_the_fields_we_use()
    {
        _mongo.BatchSize = 4;
        Add([.. Enumerable.Range(7000, 10)]);

        var runs = await QueryAsync(Scope with { Lowest = 7002, Highest = 7008 });

        Assert.That(runs.Select(r => r.Number), Is.EqualTo(Enumerable.Range(7002, 7)));
        Assert.That(_mongo.Count("find"), Is.EqualTo(1));
        var find = _mongo.Commands.Single(c => c.GetElement(0).Name == "find");
        Assert.That(
            find["filter"].ToJson(),
            Is.EqualTo(
                """{ "$or" : [{ "number" : { "$gte" : 7002, "$lte" : 7008 } }, { "number" : { "$not" : { "$type" : "number" } } }, { "number" : { "$type" : 4 } }, { "number" : { "$lt" : 0 } }] }"""
            )
        );
        Assert.That(
            find["projection"].ToJson(),
            Is.EqualTo(
                """{ "number" : 1, "mode" : 1, "source" : 1, "start" : 1, "end" : 1, "detectors" : 1, "detector" : 1, "tags" : 1, "data" : 1 }"""
            )
        );
        Assert.That(find["$db"].AsString, Is.EqualTo(FakeMongo.Database));
    }

    [Test]
    public async Task Should_tell_the_total_if_somebody_shows_progress()
    {
        _mongo.BatchSize = 1;
        Add([.. Enumerable.Range(7000, 200)]);
        var source = Source();
        var total = 0L;
        ((IProgressSource)source).TotalKnown = known => total = known;

        var read = 0;
        await foreach (var run in source.QueryAsync(Scope with { Lowest = 7100 }, default))
        {
            read++;

            // The count is asked beside the query, and may come late.
            await Task.Delay(total == 0 ? 50 : 0);
        }

        Assert.That((read, total), Is.EqualTo((100, 100L)));
        (source as IDisposable)?.Dispose();
    }

    [Test]
    public async Task Should_not_count_if_nobody_shows_progress()
    {
        Add(7000, 7001);

        await QueryAsync(Scope);

        Assert.That(_mongo.Count("aggregate"), Is.Zero);
    }

    [Test]
    public async Task Should_ask_for_named_runs_by_number()
    {
        Add(7000, 7001, 7002);

        var runs = await QueryAsync(Scope with { Runs = [7001, 7777] });

        Assert.That(runs.Select(r => r.Number), Is.EqualTo(new int?[] { 7001 }));
        Assert.That(
            _mongo.Commands.Single(c => c.GetElement(0).Name == "find")["filter"].ToJson(),
            Is.EqualTo("""{ "number" : { "$in" : [7001, 7777] } }""")
        );
    }

    [Test]
    public async Task Should_go_on_where_it_was_if_the_connection_is_cut()
    {
        _mongo.BatchSize = 3;
        _mongo.Cuts = 1;
        Add([.. Enumerable.Range(7000, 10)]);
        var source = Source();

        var runs = await ReadAsync(source, Scope);

        Assert.That(runs.Select(r => r.Number), Is.EqualTo(Enumerable.Range(7000, 10)));
        Assert.That(source.Cost.Retries, Is.EqualTo(1));
        (source as IDisposable)?.Dispose();
    }

    [Test]
    public void Should_fail_as_a_whole_if_the_connection_is_cut_again_and_again()
    {
        _mongo.BatchSize = 3;
        _mongo.Cuts = 99;
        Add([.. Enumerable.Range(7000, 10)]);

        var error = Assert.ThrowsAsync<ServiceException>(() => QueryAsync(Scope))!;

        Assert.That(error.ExitCode, Is.EqualTo(1));
        Assert.That(error.Message, Does.StartWith($"RunDB: the connection to MongoDB at {_mongo.Address} broke off ("));
    }

    [Test]
    public void Should_say_which_keys_to_mend_if_the_password_is_wrong()
    {
        var error = Assert.ThrowsAsync<UsageException>(() => QueryAsync(Scope, "wr0ng-secret"))!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"RunDB: MongoDB at {_mongo.Address} refuses the login. Correct xent_user and xent_password in [RunDB] of "
                    + "/home/tester/.xenon_config."
            )
        );
    }

    [Test]
    public void Should_say_that_nothing_listens()
    {
        var error = Assert.ThrowsAsync<ServiceException>(() => ReadAsync(Source(host: "127.0.0.1:1"), Scope))!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                "RunDB: MongoDB at 127.0.0.1:1 refuses the connection, no program listens there. Correct xent_url in [RunDB] of "
                    + "/home/tester/.xenon_config, or try again when the service is up."
            )
        );
        Assert.That(error.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public void Should_say_that_there_is_no_such_host()
    {
        var error = Assert.ThrowsAsync<ServiceException>(() => ReadAsync(Source(host: "nowhere.invalid:27017"), Scope))!;

        Assert.That(
            error.Message,
            Is.EqualTo("RunDB: there is no host 'nowhere.invalid'. Correct xent_url in [RunDB] of /home/tester/.xenon_config.")
                .Or.EndWith("Try again when the network works, or correct xent_url in [RunDB] of /home/tester/.xenon_config.")
        );
    }

    [Test]
    public async Task Should_read_every_type_of_field()
    {
        _mongo
            .Collections["runs"]
            .Add(
                new BsonDocument
                {
                    ["_id"] = ObjectId.GenerateNewId(),
                    ["number"] = 7000.0,
                    ["mode"] = "tpc_bkg",
                    ["source"] = BsonNull.Value,
                    ["detectors"] = new BsonArray { "tpc", "muon_veto" },
                    ["start"] = new BsonDateTime(new DateTime(2024, 2, 3, 4, 5, 6, DateTimeKind.Utc)),
                    ["end"] = new BsonDateTime(1706934306789),
                    ["tags"] = new BsonArray
                    {
                        new BsonDocument
                        {
                            ["name"] = "_sr1",
                            ["date"] = new BsonDateTime(0),
                            ["odd"] = new BsonRegularExpression("a", "i"),
                        },
                        "bad",
                    },
                    ["data"] = new BsonArray
                    {
                        new BsonDocument
                        {
                            ["type"] = "raw_records",
                            ["host"] = "rucio-catalogue",
                            ["location"] = "UC_OSG_USERDISK",
                            ["did"] = "xnt_007000:raw_records-aaaaaaaaaa",
                            ["status"] = "transferred",
                            ["id"] = Guid.NewGuid().ToByteArray(),
                            ["stamp"] = new BsonTimestamp(5),
                            ["exact"] = Decimal128.Parse("1.5"),
                            ["code"] = new BsonJavaScript("x"),
                            ["least"] = MongoDB.Bson.BsonMinKey.Value,
                            ["meta"] = new BsonDocument
                            {
                                ["size_mb"] = 10L,
                                ["file_count"] = 3,
                                ["odd"] = double.NaN,
                                ["yes"] = true,
                            },
                        },
                    },
                }
            );

        var run = (await QueryAsync(Scope)).Single();

        Assert.That(run.Fault, Is.Null);
        Assert.That(
            (run.Number, run.Mode, run.Source, run.Start, run.End),
            Is.EqualTo((7000, "tpc_bkg", (string?)null, "2024-02-03T04:05:06Z", "2024-02-03T04:25:06.789Z"))
        );
        Assert.That(run.Detectors, Is.EqualTo(new[] { "tpc", "muon_veto" }));
        Assert.That(run.Tags, Is.EqualTo(new[] { "_sr1", "bad" }));
        Assert.That(
            run.Data.Single(),
            Is.EqualTo(
                new DataEntry(
                    "raw_records",
                    "rucio-catalogue",
                    "UC_OSG_USERDISK",
                    "xnt_007000:raw_records-aaaaaaaaaa",
                    "transferred",
                    10,
                    3
                )
            )
        );
    }

    [Test]
    public async Task Should_stop_at_once_if_cancelled()
    {
        _mongo.BatchSize = 2;
        Add([.. Enumerable.Range(7000, 100)]);
        using var cancel = new CancellationTokenSource();
        var source = Source();
        var read = 0;

        Assert.CatchAsync<OperationCanceledException>(async () =>
        {
            await foreach (var run in source.QueryAsync(Scope, cancel.Token))
            {
                if (++read == 3)
                {
                    await cancel.CancelAsync();
                }
            }
        });
        Assert.That(read, Is.LessThan(6));
        (source as IDisposable)?.Dispose();
        await Task.CompletedTask;
    }

    private static RunScope Scope { get; } = new(666, null, null, ["raw_records"]);

    private void Add(params int[] numbers) =>
        _mongo
            .Collections["runs"]
            .AddRange(numbers.Select(n => BsonDocument.Parse(RestRunSourceTests.Document(n)).Add("_id", ObjectId.GenerateNewId())));

    private async Task<List<RunDocument>> QueryAsync(RunScope scope, string password = FakeMongo.Password)
    {
        var source = Source(password);
        try
        {
            return await ReadAsync(source, scope);
        }
        finally
        {
            (source as IDisposable)?.Dispose();
        }
    }

    private static async Task<List<RunDocument>> ReadAsync(IRunSource source, RunScope scope)
    {
        var runs = new List<RunDocument>();
        await foreach (var run in source.QueryAsync(scope, default))
        {
            runs.Add(run);
        }

        return runs;
    }

    private IRunSource Source(string password = FakeMongo.Password, string? host = null)
    {
        var credentials = new RunDbCredentials
        {
            MongoHosts = [host ?? _mongo.Address],
            MongoUser = FakeMongo.User,
            MongoPassword = password,
            MongoDatabase = FakeMongo.Database,
        };
        return RunSources.Create(
            Given.Loaded(s => s with { RunDb = new SourceChoice.Mongo() }),
            () => credentials,
            Given.Host(Given.Disk()),
            new Said(),
            TokenStorage.File,
            new TransportLimits { FirstPause = TimeSpan.FromMilliseconds(1) }
        );
    }
}
