using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using System.Runtime.CompilerServices;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using Outsource.Operator.Reconcile;
using Outsource.Services.Http;
using Outsource.Services.Rucio;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using File = Outsource.Engines.Slurm.Relay.StoredFile;

namespace Outsource.Tests.Operator.Reconcile;

/// <summary>Many datasets against a server of Rucio's protocol, with metadata that is copied from a store.</summary>
[TestFixture]
internal sealed class ComparingTests
{
    private const string Rse = "UC_OSG_USERDISK",
        Hash = "aaaaaaaaaa";

    private MockFileSystem _disk = null!;
    private FakeRucio _rucio = null!;
    private RestReplicaSource _source = null!;
    private Store _store = null!;

    [SetUp]
    public async Task SetUpAsync()
    {
        _disk = Given.Disk();
        _rucio = await FakeRucio.StartAsync();
        _disk.AddFile("/opt/rucio/etc/rucio.cfg", new MockFileData(_rucio.Config()));
        _store = new Store(_disk);
        _source = (RestReplicaSource)
            DatasetSources.Replicas(
                Given.Settings with
                {
                    Rucio = new SourceChoice.Rest(),
                },
                Given.Host(_disk),
                new TransportLimits { Parallel = 4, FirstPause = TimeSpan.FromMilliseconds(1) }
            );
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        _source.Dispose();
        await _rucio.DisposeAsync();
    }

    [Test]
    public async Task Should_ask_in_bulk_if_there_are_ten_thousand()
    {
        var data = Enumerable.Range(1, 10_000).Select(n => new ExpectedData(n, "peaklets", Hash)).ToList();
        foreach (var one in data.Where(d => d.Run % 4 != 0))
        {
            Lay(one, 2);
        }

        var entered = await EnteredAsync(data.Where(d => d.Run % 3 != 0));
        var compared = 0;
        var found = await new Comparing(_source, Metadata(), 4).RunAsync(
            data,
            entered,
            () => Interlocked.Increment(ref compared),
            default
        );

        Assert.That(
            ReconcileFile.Totals(found.Findings).Select(t => (OutcomeCodes.Spell(t.Outcome), t.Number)),
            Is.EqualTo(new[] { ("loadable", 5000), ("not-entered", 2500), ("entered-missing", 1667), ("nowhere", 833) })
        );
        Assert.That((compared, found.Evidence.Count), Is.EqualTo((10_000, 4167)));
        Assert.That(_rucio.Server.Count("/dids/bulkfiles"), Is.EqualTo(200));
        Assert.That(_rucio.Server.Count("/replicas/list"), Is.EqualTo(200));
        Assert.That(_rucio.Server.Count("/locks/bulk_locks_for_dids"), Is.EqualTo(200));
        Assert.That(_rucio.Server.Requests, Has.Count.LessThanOrEqualTo(1 + 200 + 200 + 200 + 400), "at most two more for each question");
    }

    [Test]
    public async Task Should_copy_metadata_once_and_keep_it()
    {
        var data = Lay(new ExpectedData(7157, "peaklets", Hash), 2);

        var first = await CompareAsync(data, Metadata());
        var again = await CompareAsync(data, Metadata());

        Assert.That((first.Outcome, again.Outcome), Is.EqualTo((ReconcileOutcome.Loadable, ReconcileOutcome.Loadable)));
        Assert.That(_store.Copied, Is.EqualTo(new[] { "davs://dcache.invalid/peaklets-aaaaaaaaaa-metadata.json" }));
        Assert.That(_disk.AllFiles, Has.Member("/kept/007157/peaklets-aaaaaaaaaa-metadata.json").And.None.EndsWith(".part"));
    }

    [Test]
    public async Task Should_prove_nothing_if_a_copy_differs_from_the_catalogue()
    {
        var data = Lay(new ExpectedData(7157, "peaklets", Hash), 2);
        _store.Content["peaklets-aaaaaaaaaa-metadata.json"] = _store.Content["peaklets-aaaaaaaaaa-metadata.json"].Replace('5', '6');

        var found = await CompareAsync(data, Metadata());

        Assert.That(
            (found.Outcome, found.Detail),
            Is.EqualTo((ReconcileOutcome.Unproved, "the copy of its metadata has another size or Adler-32 than Rucio's catalogue"))
        );
        Assert.That(_disk.AllFiles.Where(f => f.StartsWith("/kept", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Should_prove_nothing_if_the_metadata_cannot_be_copied_or_may_not()
    {
        var data = Lay(new ExpectedData(7157, "peaklets", Hash), 2);
        Assert.That(
            (await CompareAsync(data, Metadata(most: 0))).Detail,
            Is.EqualTo("its metadata was not copied: --metadata allows no more")
        );
        _store.Content.Clear();
        Assert.That((await CompareAsync(data, Metadata())).Detail, Is.EqualTo("its metadata cannot be copied: no such file"));
        _rucio.Whole[data.Did].Folder = "/etc";
        Assert.That(
            (await CompareAsync(data, Metadata())).Detail,
            Is.EqualTo("Rucio gives no address from which peaklets-aaaaaaaaaa-metadata.json can be copied"),
            "a service does not choose files of this machine"
        );
    }

    [Test]
    public async Task Should_not_copy_metadata_if_something_else_speaks_against_the_data()
    {
        var data = Lay(new ExpectedData(7157, "peaklets", Hash), 2);
        _rucio.Whole[data.Did].Kept.Clear();

        Assert.That((await CompareAsync(data, Metadata())).Outcome, Is.EqualTo(ReconcileOutcome.NoRule));
        Assert.That(_store.Copied, Is.Empty);
    }

    [Test]
    public async Task Should_take_the_metadata_of_a_result_here_if_it_is_the_same()
    {
        var data = Lay(new ExpectedData(7157, "peaklets", Hash) { Folder = "/here" }, 2);
        _disk.AddFile("/here/peaklets-aaaaaaaaaa-metadata.json", new MockFileData(_rucio.Whole[data.Did].Metadata(2)));

        Assert.That((await CompareAsync(data, Metadata())).Outcome, Is.EqualTo(ReconcileOutcome.Loadable));
        Assert.That(_store.Copied, Is.Empty);
    }

    [Test]
    public async Task Should_be_read_again_as_it_was_written()
    {
        var data = new[] { Lay(new ExpectedData(7157, "peaklets", Hash), 2), new ExpectedData(7158, "peaklets", Hash) };
        var found = (await new Comparing(_source, Metadata(), 1).RunAsync(data, await EnteredAsync(data), () => { }, default)).Findings;
        var file = new ReconcileFile(_disk, "/w");

        file.Write(new ReconcileHead(Given.Settings.Clock, "2 runs", null, "rest", "rest"), found);

        var read = file.Read(10);
        Assert.That(
            read.Totals.Select(t => (t.Outcome, t.Number)),
            Is.EqualTo(new[] { (ReconcileOutcome.Loadable, 1), (ReconcileOutcome.EnteredMissing, 1) })
        );
        Assert.That(
            read.Lines.Select(l => (l.Run, l.Outcome, string.Join(' ', l.Steps))),
            Is.EqualTo(new[] { (7158, ReconcileOutcome.EnteredMissing, "remove-entry make-again") })
        );
        _disk.AddFile(file.Path, new MockFileData(_disk.File.ReadAllText(file.Path).Replace("entered-missing", "loadable")));
        Assert.That(() => file.Read(10), Throws.TypeOf<OutsourceException>().With.Message.Contains("its seal does not match"));
    }

    private async Task<Finding> CompareAsync(ExpectedData data, MetadataFiles metadata) =>
        (await new Comparing(_source, metadata, 1).RunAsync([data], await EnteredAsync([data]), () => { }, default)).Findings[0];

    private MetadataFiles Metadata(int most = int.MaxValue) => new(_disk, "/kept", _store) { Most = most };

    private ExpectedData Lay(ExpectedData data, int chunks)
    {
        var dataset = _rucio.Whole[data.Did] = FakeDataset.Complete(data.Did, chunks, Rse);
        _store.Content[data.MetadataFile] = dataset.Metadata(chunks);
        return data;
    }

    private static Task<EnteredRuns> EnteredAsync(IEnumerable<ExpectedData> data) =>
        EnteredRuns.ReadAsync(new Entered([.. data]), new RunScope(1, null, null, []), default);

    /// <summary>A run database that has an entry of each of some data, and all runs up to 10,000.</summary>
    private sealed class Entered(HashSet<ExpectedData> entered) : IRunSource
    {
        public string Name => "a test";

        public QueryCost Cost => new(0, 0);

        public async IAsyncEnumerable<RunDocument> QueryAsync(RunScope scope, [EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.CompletedTask;
            var byRun = entered.ToLookup(d => d.Run);
            foreach (var run in Enumerable.Range(1, 10_000))
            {
                yield return new RunDocument
                {
                    Number = run,
                    Data =
                    [
                        .. byRun[run].Select(d => new DataEntry(d.Type, DataEntry.RucioHost, Rse, d.Did, DataEntry.Transferred)),
                    ],
                };
            }
        }
    }

    /// <summary>A site that has files by name.</summary>
    private sealed class Store(MockFileSystem disk) : IGridStore
    {
        public Dictionary<string, string> Content { get; } = [];

        public List<string> Copied { get; } = [];

        public IReadOnlyList<File>? List(string address) => null;

        public string? AdlerOf(File file) => null;

        public void Copy(File file, string target)
        {
            lock (Copied)
            {
                Copied.Add(file.Address);
                disk.AddFile(
                    target,
                    new MockFileData(Content.GetValueOrDefault(file.Name) ?? throw new OutsourceException("no such file."))
                );
            }
        }
    }
}
