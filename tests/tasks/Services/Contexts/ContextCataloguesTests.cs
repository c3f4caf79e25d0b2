using System.Collections.Immutable;
using MongoDB.Bson;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Model.Contexts;
using Outsource.Services.Contexts;
using Outsource.Services.Http;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.Contexts;

[TestFixture]
public sealed class ContextCataloguesTests
{
    private const string Document =
        """{"name": "xenonnt_v14", "tag": "2024.02.1", "straxen_version": "2.2.1", "hashes": {"raw_records": "rfzvpzj4mf", "peaklets": "aaaaaaaaaa"}}""";

    private FakePrograms _programs = null!;
    private Said _said = null!;

    [SetUp]
    public void SetUp() => (_programs, _said) = (new FakePrograms(), new Said());

    [Test]
    public async Task Should_ask_the_environment_with_one_script()
    {
        _programs.Result = new ProgramResult(0, Document, "");

        var found = await Catalogue("file:/runs.json", new RunDbCredentials())!.FindAsync("xenonnt_v14", default);

        Assert.That(found.Single() is { Name: "xenonnt_v14", Tag: "2024.02.1", Origin: "the environment (/release/bin/python3)" }, Is.True);
        Assert.That(_programs.Calls.Single(), Is.EqualTo("/release/bin/python3 -s /payload/cutax_context.py --context xenonnt_v14"));
    }

    [Test]
    public async Task Should_ask_the_run_db_if_the_environment_has_no_cutax()
    {
        _programs.Result = new ProgramResult(20, "", "cutax cannot be imported.");
        await using var rundb = await FakeRunDb.StartAsync();
        rundb.Contexts["2_2_1/xenonnt_v14"] = Document;

        var catalogue = Catalogue("rest", Rest(rundb), s => s with { StraxenVersion = "2.2.1" })!;

        Assert.That((await catalogue.FindAsync("xenonnt_v14", default)).Single().Hashes["peaklets"], Is.EqualTo("aaaaaaaaaa"));
        Assert.That(await catalogue.FindAsync("xenonnt_v15", default), Is.Empty);
        Assert.That(_programs.Calls, Has.Count.EqualTo(1), "no other context is in an environment without cutax");
        Assert.That(rundb.Server.Count("/contexts/2_2_1/xenonnt_v14/"), Is.EqualTo(1));
    }

    [Test]
    public async Task Should_say_that_the_release_is_needed_over_rest()
    {
        _programs.Result = new ProgramResult(20, "", "cutax cannot be imported.");
        await using var rundb = await FakeRunDb.StartAsync();

        var error = Assert.ThrowsAsync<UsageException>(() => Catalogue("rest", Rest(rundb))!.FindAsync("xenonnt_v14", default))!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                "over REST the RunDB finds a context by its straxen version, but no straxen version is set. Write straxen_version into "
                    + "[Outsource] of /home/tester/.xenon_config, pass --straxen-version=VERSION, name a file with "
                    + "--context-file=FILE, or source a release whose python3 can import cutax."
            )
        );
    }

    [Test]
    public async Task Should_read_the_collection_over_mongo_db()
    {
        _programs.Result = new ProgramResult(20, "", "cutax cannot be imported.");
        await using var mongo = new FakeMongo();
        mongo.Collections["contexts"].Add(BsonDocument.Parse(Document).Add("date_added", new BsonDateTime(1706934306000)));
        mongo.Collections["contexts"].Add(BsonDocument.Parse(Document.Replace("2.2.1", "2.2.0").Replace("2024.02.1", "2024.01.1")));
        mongo.Collections["contexts"].Add(BsonDocument.Parse(Document.Replace("xenonnt_v14", "xenonnt_v13")));

        var catalogue = Catalogue("mongo", Mongo(mongo))!;
        var found = await catalogue.FindAsync("xenonnt_v14", default);

        Assert.That(found.Select(d => d.Tag), Is.EqualTo(new[] { "2024.01.1", "2024.02.1" }));
        Assert.That(found[1].DateAdded, Is.EqualTo(DateTimeOffset.FromUnixTimeMilliseconds(1706934306000)));
        Assert.That(await catalogue.NamesAsync(default), Is.EqualTo(new[] { "xenonnt_v13", "xenonnt_v14" }));
    }

    [Test]
    public void Should_fail_if_the_script_fails_in_another_way()
    {
        _programs.Result = new ProgramResult(139, "", "a\nSegmentation fault.\n");

        Assert.That(
            Assert
                .ThrowsAsync<OutsourceException>(() =>
                    Catalogue("file:/runs.json", new RunDbCredentials())!.FindAsync("xenonnt_v14", default)
                )!
                .Message,
            Is.EqualTo(
                "/release/bin/python3 failed to print the hashes of context 'xenonnt_v14' (exit code 139): Segmentation fault. Name a "
                    + "file with --context-file=FILE, or fix the environment."
            )
        );
    }

    [Test]
    public async Task Should_name_differing_hashes_one_by_one()
    {
        _programs.Result = new ProgramResult(0, Document.Replace("aaaaaaaaaa", "bbbbbbbbbb").Replace("rfzvpzj4mf", "cccccccccc"), "");
        await using var mongo = new FakeMongo();
        mongo.Collections["contexts"].Add(BsonDocument.Parse(Document.Replace("rfzvpzj4mf", "dddddddddd")));
        var chosen = await ChosenAsync();

        var settings = Given.Settings with { RunDb = new SourceChoice.Mongo() };
        var faults = await Catalogues().ContradictionsAsync(settings, () => Mongo(mongo), chosen, default);

        Assert.That(
            faults.Select(f => f.Text),
            Is.EqualTo(
                new[]
                {
                    "context 'xenonnt_v14' (straxen 2.2.1): the hash of 'peaklets' is aaaaaaaaaa in /contexts.json, but bbbbbbbbbb in "
                        + "the environment (/release/bin/python3).",
                    "context 'xenonnt_v14' (straxen 2.2.1): the hash of 'raw_records' is rfzvpzj4mf in /contexts.json, but cccccccccc "
                        + "in the environment (/release/bin/python3).",
                    "context 'xenonnt_v14' (straxen 2.2.1): the hash of 'raw_records' is rfzvpzj4mf in /contexts.json, but dddddddddd "
                        + $"in collection 'contexts' of the RunDB (MongoDB at {mongo.Address}).",
                }
            )
        );
    }

    [Test]
    public async Task Should_say_that_releases_differ_and_compare_nothing()
    {
        _programs.Result = new ProgramResult(0, Document.Replace("2024.02.1", "2023.11.1").Replace("aaaaaaaaaa", "bbbbbbbbbb"), "");

        Assert.That(
            await Catalogues().ContradictionsAsync(Given.Settings, () => new RunDbCredentials(), await ChosenAsync(), default),
            Is.Empty
        );
        Assert.That(
            _said.Warnings,
            Is.EqualTo(
                new[]
                {
                    "context 'xenonnt_v14': the environment (/release/bin/python3) has it for another release (tag 2023.11.1, straxen "
                        + "2.2.1) than /contexts.json (tag 2024.02.1, straxen 2.2.1); hashes were not compared.",
                }
            )
        );
    }

    [TestCase(true, "the request failed (why: --verbosity=verbose).")]
    [TestCase(false, "RunDB: MongoDB at 127.0.0.1:1 refuses the connection, ")]
    public async Task Should_go_on_with_a_warning_if_the_other_source_fails(bool asksRuns, string cause)
    {
        _programs.Result = new ProgramResult(20, "", "cutax cannot be imported.");

        Assert.That(
            await Catalogues(asksRuns)
                .ContradictionsAsync(
                    Given.Settings with
                    {
                        RunDb = new SourceChoice.Mongo(),
                    },
                    () => new RunDbCredentials { MongoHosts = ["127.0.0.1:1"], MongoDatabase = "x" },
                    await ChosenAsync(),
                    default
                ),
            Is.Empty
        );
        Assert.That(
            _said.Warnings.Single(),
            Does.StartWith(
                "hashes of context 'xenonnt_v14' were not compared with collection 'contexts' of the RunDB (MongoDB at 127.0.0.1:1): "
                    + cause
            )
        );
    }

    private static async Task<ContextDocument> ChosenAsync() =>
        (
            await new FileContextCatalogue(Given.Disk(("/contexts.json", Document)), "/contexts.json").FindAsync("xenonnt_v14", default)
        ).Single();

    private static RunDbCredentials Rest(FakeRunDb rundb) =>
        new()
        {
            ApiUrl = rundb.Server.Address,
            ApiUser = FakeRunDb.User,
            ApiPassword = FakeRunDb.Password,
        };

    private static RunDbCredentials Mongo(FakeMongo mongo) =>
        new()
        {
            MongoHosts = [mongo.Address],
            MongoUser = FakeMongo.User,
            MongoPassword = FakeMongo.Password,
            MongoDatabase = FakeMongo.Database,
        };

    private ContextCatalogues Catalogues(bool asksRuns = false)
    {
        var disk = Given.Disk(("/release/bin/python3", ""));
        disk.AddDirectory("/home/tester");
        return new ContextCatalogues(
            Given.Host(disk, ("CONDA_PREFIX", "/release")),
            _said,
            _programs,
            TokenStorage.Memory,
            new TransportLimits { FirstPause = TimeSpan.FromMilliseconds(1) }
        )
        {
            AsksRuns = asksRuns,
        };
    }

    private IContextCatalogue? Catalogue(
        string rundb,
        RunDbCredentials credentials,
        Func<OutsourceSettings, OutsourceSettings>? change = null
    ) => Catalogues().Default((change?.Invoke(Given.Settings) ?? Given.Settings) with { RunDb = SourceChoice.Parse(rundb)! }, credentials);

    private sealed class FakePrograms : IProgramRunner
    {
        public ProgramResult Result { get; set; } = new(0, "", "");

        public List<string> Calls { get; } = [];

        public Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel)
        {
            Calls.Add(string.Join(' ', [program, .. arguments]));
            return Task.FromResult(Result);
        }
    }
}
