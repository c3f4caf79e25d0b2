using System.Collections.Immutable;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;

namespace Outsource.Tests.Model.Reconciling;

/// <summary>Every kind of disagreement between plan, Rucio, RunDB and metadata, each a change of a world in which all agree.</summary>
[TestFixture]
internal sealed class DatasetJudgeTests
{
    private const string Here = "UC_OSG_USERDISK",
        There = "SURFSARA_USERDISK",
        Hash = "aaaaaaaaaa",
        Did = "xnt_007157:peaklets-aaaaaaaaaa",
        First = "peaklets-aaaaaaaaaa-000000",
        Metadata = "peaklets-aaaaaaaaaa-metadata.json";

    private static readonly ExpectedData Data = new(7157, "peaklets", Hash) { Rse = Here };

    private static readonly DataEntry Entry = EntryAt(Here);

    private static readonly DataMetadata Names = new(
        Enumerable.Range(0, 3).ToImmutableSortedDictionary(i => $"peaklets-aaaaaaaaaa-{i:D6}", _ => (long?)1000, StringComparer.Ordinal)
    );

    /// <summary>A world in which all agree.</summary>
    private static Evidence World => new(Data, [Entry], Dataset()) { Metadata = Names };

    private static IEnumerable<TestCaseData> Changes()
    {
        TestCaseData Case(string name, Evidence evidence, ReconcileOutcome outcome, params string[] steps) =>
            new TestCaseData(evidence, outcome, steps).SetArgDisplayNames(name);

        yield return Case("nothing", World, ReconcileOutcome.Loadable);
        yield return Case("no entry", World with { Entries = [] }, ReconcileOutcome.NotEntered, "enter UC_OSG_USERDISK");
        yield return Case(
            "an entry of another hash",
            World with { Entries = [Entry with { Did = "xnt_007157:peaklets-bbbbbbbbbb" }] },
            ReconcileOutcome.NotEntered,
            "enter UC_OSG_USERDISK"
        );
        yield return Case(
            "an entry of another place",
            World with { Entries = [EntryAt(There)] },
            ReconcileOutcome.NotEntered,
            "remove-entry SURFSARA_USERDISK",
            "enter UC_OSG_USERDISK"
        );
        yield return Case(
            "an entry that is not transferred",
            World with { Entries = [Entry with { Status = "transferring" }] },
            ReconcileOutcome.EnteredWrongly,
            "remove-entry UC_OSG_USERDISK",
            "enter UC_OSG_USERDISK"
        );
        yield return Case(
            "an entry with another run's dataset",
            World with { Entries = [Entry with { Did = "xnt_007158:peaklets-aaaaaaaaaa" }] },
            ReconcileOutcome.EnteredWrongly,
            "remove-entry UC_OSG_USERDISK",
            "enter UC_OSG_USERDISK"
        );
        yield return Case(
            "two entries",
            World with { Entries = [Entry, Entry with { SizeMb = 1 }] },
            ReconcileOutcome.EnteredTwice,
            "remove-entry UC_OSG_USERDISK"
        );
        yield return Case(
            "one more entry",
            World with { Entries = [Entry, EntryAt(There)] },
            ReconcileOutcome.FalseEntry,
            "remove-entry SURFSARA_USERDISK"
        );
        yield return Case(
            "nothing in Rucio",
            World with { Dataset = StoredDataset.Nothing },
            ReconcileOutcome.EnteredMissing,
            "remove-entry UC_OSG_USERDISK",
            "make-again "
        );
        yield return Case(
            "nothing in Rucio, but here",
            World with { Dataset = StoredDataset.Nothing, Data = Data with { Folder = "/here" } },
            ReconcileOutcome.EnteredMissing,
            "remove-entry UC_OSG_USERDISK",
            "upload-again UC_OSG_USERDISK"
        );
        yield return Case(
            "nothing anywhere",
            World with { Dataset = StoredDataset.Nothing, Entries = [] },
            ReconcileOutcome.Nowhere,
            "make-again "
        );
        yield return Case(
            "only here",
            World with { Dataset = StoredDataset.Nothing, Entries = [], Data = Data with { Folder = "/here" } },
            ReconcileOutcome.NotUploaded,
            "upload-again UC_OSG_USERDISK"
        );
        yield return Case(
            "only here, as planned",
            World with { Dataset = StoredDataset.Nothing, Entries = [], Data = Data with { Tarball = "/here.tar.gz", Uploads = false } },
            ReconcileOutcome.Here
        );
        yield return Case(
            "a chunk is missing",
            World with { Dataset = Dataset(f => f.Remove(First)) },
            ReconcileOutcome.Incomplete,
            "remove-entry UC_OSG_USERDISK",
            "make-again "
        );
        yield return Case(
            "no metadata file",
            World with { Dataset = Dataset(f => f.Remove(Metadata)), Metadata = null },
            ReconcileOutcome.Incomplete,
            "remove-entry UC_OSG_USERDISK",
            "make-again "
        );
        yield return Case(
            "one chunk more",
            World with { Dataset = Dataset(f => f["peaklets-aaaaaaaaaa-000009"] = f[First]) },
            ReconcileOutcome.ForeignFiles,
            "look-at-files "
        );
        yield return Case(
            "a file of another dataset",
            World with { Dataset = Dataset() with { Foreign = "it lists x" } },
            ReconcileOutcome.ForeignFiles,
            "look-at-files "
        );
        yield return Case(
            "another size in the metadata",
            World with { Dataset = Dataset(f => f[First] = f[First] with { Bytes = 999 }) },
            ReconcileOutcome.SizeDiffers,
            "look-at-files "
        );
        yield return Case(
            "another size at the replica",
            World with { Dataset = Dataset(f => f[First] = f[First] with { ReplicaBytes = 999 }) },
            ReconcileOutcome.SizeDiffers,
            "look-at-files "
        );
        yield return Case(
            "another checksum at the replica",
            World with { Dataset = Dataset(f => f[First] = f[First] with { ReplicaAdler32 = "00000001" }) },
            ReconcileOutcome.ChecksumDiffers,
            "look-at-files "
        );
        yield return Case(
            "no checksum",
            World with { Dataset = Dataset(f => f[First] = f[First] with { Adler32 = null }) },
            ReconcileOutcome.ChecksumMissing,
            "look-at-files "
        );
        yield return Case(
            "a file that is being copied",
            World with { Dataset = Dataset(f => f[First] = f[First] with { Replicas = States(Here, "COPYING") }, RuleState.Replicating) },
            ReconcileOutcome.Replicating
        );
        yield return Case(
            "a file that is not there, and a rule that is stuck",
            World with { Dataset = Dataset(f => f[First] = f[First] with { Replicas = States(Here, "UNAVAILABLE") }, RuleState.Stuck) },
            ReconcileOutcome.RuleStuck,
            "look-at-rule UC_OSG_USERDISK"
        );
        yield return Case(
            "a file that is not there",
            World with { Dataset = Dataset(f => f[First] = f[First] with { Replicas = States(Here, "BAD") }) },
            ReconcileOutcome.NoReplicaAvailable,
            "look-at-files "
        );
        yield return Case(
            "half of it at each of two RSEs",
            World with { Dataset = Dataset(f => f[First] = f[First] with { Replicas = States(There, "AVAILABLE") }) },
            ReconcileOutcome.NoReplicaAvailable,
            "look-at-files "
        );
        yield return Case(
            "no rule",
            World with { Dataset = Dataset() with { Rules = [] } },
            ReconcileOutcome.NoRule,
            "add-rule UC_OSG_USERDISK"
        );
        yield return Case(
            "a rule for another RSE",
            World with { Dataset = Dataset() with { Rules = [new StoredRule(There, RuleState.Ok, "r")] } },
            ReconcileOutcome.NoRule,
            "add-rule UC_OSG_USERDISK"
        );
        yield return Case("rules that are not told", World with { Dataset = Dataset() with { Rules = null } }, ReconcileOutcome.Unproved);
        yield return Case("metadata that was not read", World with { Metadata = null }, ReconcileOutcome.Unproved);
        yield return Case(
            "metadata that is none",
            World with { Metadata = DataMetadata.Read("[1]"u8.ToArray(), "peaklets-aaaaaaaaaa") },
            ReconcileOutcome.UnreadableMetadata,
            "look-at-files "
        );
        yield return Case("no answer of Rucio", World with { Dataset = new StoredDataset { Fault = "503" } }, ReconcileOutcome.Unknown);
        yield return Case("no answer of the RunDB", World with { EntriesFault = "no run" }, ReconcileOutcome.Unknown);
        yield return Case(
            "jobs that run, and nothing yet",
            World with { Dataset = StoredDataset.Nothing, Entries = [], Data = Data with { Work = WorkState.Open } },
            ReconcileOutcome.Running
        );
        yield return Case(
            "jobs that run, although all is there",
            World with { Data = Data with { Work = WorkState.Open } },
            ReconcileOutcome.Loadable
        );
    }

    [TestCaseSource(nameof(Changes))]
    public void Should_have_one_outcome_and_the_fewest_steps(Evidence evidence, ReconcileOutcome outcome, string[] steps)
    {
        var found = DatasetJudge.Of(evidence);

        Assert.That((found.Outcome, found.Detail), Is.EqualTo((outcome, found.Detail)));
        Assert.That(found.Steps.Select(s => $"{RepairStep.Spell(s.Kind)} {s.Rse}"), Is.EqualTo(steps), found.Detail);
        Assert.That(found.Detail, Is.Not.Empty.And.Not.EndWith("."));
    }

    [Test]
    public void Should_have_a_case_for_every_outcome() =>
        Assert.That(Changes().Select(c => (ReconcileOutcome)c.Arguments[1]!).Distinct(), Is.EquivalentTo(OutcomeCodes.All));

    [Test]
    public void Should_prefer_the_rse_of_the_plan_if_it_is_at_several()
    {
        var both = Dataset() with
        {
            Files = Dataset().Files.ToDictionary(
                f => f.Key,
                f => f.Value with { Replicas = States(There, "AVAILABLE").Add(Here, new StoredReplica("AVAILABLE")) }
            ),
            Rules = [new StoredRule(There, RuleState.Ok, "a"), new StoredRule(Here, RuleState.Ok, "b")],
        };

        Assert.That(DatasetJudge.Of(World with { Dataset = both, Entries = [] }).Rse, Is.EqualTo(Here));
        var entered = DatasetJudge.Of(World with { Dataset = both, Entries = [EntryAt(There)] });
        Assert.That((entered.Outcome, entered.Rse), Is.EqualTo((ReconcileOutcome.Loadable, There)));
    }

    [Test]
    public void Should_not_remove_an_entry_for_an_rse_that_is_being_filled()
    {
        var filled = Dataset() with { Rules = [.. Dataset().Rules!, new StoredRule(There, RuleState.Replicating, "c")] };

        Assert.That(
            DatasetJudge.Of(World with { Dataset = filled, Entries = [Entry, EntryAt(There)] }).Outcome,
            Is.EqualTo(ReconcileOutcome.Loadable)
        );
    }

    [Test]
    public void Should_spell_every_outcome_once()
    {
        Assert.That(OutcomeCodes.All.Select(OutcomeCodes.Spell), Is.Unique.And.All.Match("^[a-z]+(-[a-z]+)*$"));
        Assert.That(OutcomeCodes.All.Select(o => OutcomeCodes.Parse(OutcomeCodes.Spell(o))), Is.EqualTo(OutcomeCodes.All));
        Assert.That(OutcomeCodes.All.Select(OutcomeCodes.Meaning), Is.Unique);
        Assert.That(() => OutcomeCodes.Parse("fine"), Throws.TypeOf<FormatException>());
    }

    [TestCase("""{"chunks": [{"n": 1, "filename": "x-h-000000", "filesize": 7}, {"n": 0}]}""", "x-h-000000=7")]
    [TestCase("""{"chunks": [{"n": 1, "filename": "x-h-000000"}]}""", "x-h-000000=")]
    [TestCase("""{"chunks": []}""", "it names no chunks")]
    [TestCase("""{"chunks": [{"n": 3}]}""", "a chunk with items has no file")]
    [TestCase("""{"chunks": [{"n": 1, "filename": "../x"}]}""", "a chunk's file is not of this dataset")]
    [TestCase("""{"exception": "killed", "chunks": []}""", "it says that its making failed ('exception')")]
    [TestCase("""{"chunks": 3}""", "it is not a JSON object with a list 'chunks'")]
    [TestCase("<html>", "it is not a JSON object with a list 'chunks'")]
    [TestCase("", "it is not a JSON object with a list 'chunks'")]
    public void Should_read_what_metadata_names(string json, string expected)
    {
        var read = DataMetadata.Read(System.Text.Encoding.UTF8.GetBytes(json), "x-h");

        Assert.That(read.Fault ?? string.Join(' ', read.Files.Select(f => $"{f.Key}={f.Value}")), Is.EqualTo(expected));
    }

    private static DataEntry EntryAt(string rse) => new("peaklets", DataEntry.RucioHost, rse, Did, DataEntry.Transferred);

    private static ImmutableDictionary<string, StoredReplica> States(string rse, string state) =>
        ImmutableDictionary<string, StoredReplica>.Empty.Add(rse, new StoredReplica(state));

    private static StoredDataset Dataset(Action<Dictionary<string, StoredFile>>? change = null, RuleState rule = RuleState.Ok)
    {
        var files = Enumerable
            .Range(0, 3)
            .Select(i => $"peaklets-aaaaaaaaaa-{i:D6}")
            .Append(Metadata)
            .ToDictionary(n => n, _ => new StoredFile(1000, "0a0b0c0d") { Replicas = States(Here, "AVAILABLE") });
        change?.Invoke(files);
        return new StoredDataset { Files = files, Rules = [new StoredRule(Here, rule, "r0")] };
    }
}
