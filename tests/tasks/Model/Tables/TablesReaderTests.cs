using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Model.Tables;
using Outsource.Services.Contexts;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Tables;

public sealed class TablesReaderTests
{
    private const string Shipped = "/opt/tables",
        Own = "/home/op/tables";

    private MockFileSystem Disk { get; set; } = new();

    [SetUp]
    public void SetUp()
    {
        Disk = new MockFileSystem();
        foreach (var name in new[] { TablesReader.DataTypesFile, TablesReader.RsesFile, TablesReader.ModesFile })
        {
            Disk.AddFile(
                $"{Shipped}/{name}",
                new MockFileData(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "tables", name)))
            );
        }
    }

    [Test]
    public void Should_read_the_tables_that_ship_with_us()
    {
        var tables = TablesReader.Read(Disk, Shipped, null);
        Assert.Multiple(() =>
        {
            Assert.That(tables.Names, Has.Length.EqualTo(11));
            Assert.That(tables.RawTypeOf(tables.DataTypes["event_info_double"]), Is.EqualTo("raw_records"));
            Assert.That(tables.RawTypeOf(tables.DataTypes["events_nv"]), Is.EqualTo("raw_records_nv"));
            Assert.That(tables.DataTypes["event_info_double"].Depth, Is.GreaterThan(tables.DataTypes["event_shadow"].Depth));
            Assert.That(tables.IsLedType("afterpulses"), Is.True);
            Assert.That(tables.IsLedType("peaklets"), Is.False);
            Assert.That(tables.IsReadable("CNAF_TAPE_USERDISK"), Is.False);
            Assert.That(tables.IsReadable("LNGS_USERDISK"), Is.False);
            Assert.That(tables.IsReadable("UC_OSG_USERDISK"), Is.True);
        });
    }

    /// <summary>
    /// The releases that exist from the first with strax 2.0 to the newest (tags of XENONnT/straxen), and what event_info_double loses on
    /// the way.
    /// </summary>
    [TestCase("3.0.0", true)]
    [TestCase("3.0.1", true)]
    [TestCase("3.0.2", true)]
    [TestCase("3.0.3", true)]
    [TestCase("3.1.0", true)]
    [TestCase("3.1.1", true)]
    [TestCase("3.1.2", true)]
    [TestCase("3.1.3", false)]
    [TestCase("3.1.4", false)]
    [TestCase("3.1.5", false)]
    [TestCase("3.2.0", false)]
    [TestCase("3.2.8", false)]
    [TestCase("4.0.0", false)]
    [TestCase("4.0.1.dev1", false)]
    [TestCase("3.10.0", false)]
    public void Should_leave_out_what_a_release_has_not(string straxen, bool eventNChannel)
    {
        var tables = TablesReader.Read(Disk, Shipped, null);
        var all = tables
            .DataTypes.Values.SelectMany(t => t.Stores)
            .Concat(tables.RawTypes)
            .Distinct()
            .Where(t => eventNChannel || t != "event_n_channel");
        var document = Given.Context with { StraxenVersion = straxen, Hashes = all.ToImmutableSortedDictionary(t => t, _ => Given.Hash) };

        var released = tables.For(document);

        Assert.Multiple(() =>
        {
            Assert.That(released.DataTypes["event_info_double"].Stores.Contains("event_n_channel"), Is.EqualTo(eventNChannel));
            Assert.That(ContextHashes.Missing(document, released.DataTypes.Values, released), Is.Empty, "the default works");
            Assert.That(released.Fingerprint, Is.EqualTo(tables.Fingerprint));
            Assert.That(released.Names, Is.EqualTo(tables.Names));
        });
    }

    [TestCase("3.1.3rc1")]
    [TestCase("3.1.3.dev0")]
    [TestCase("master")]
    public void Should_go_by_the_document_if_its_version_does_not_tell(string straxen)
    {
        var tables = TablesReader.Read(Disk, Shipped, null);
        var with = Given.Context with { StraxenVersion = straxen };

        Assert.That(tables.For(with).DataTypes["event_info_double"].Stores, Does.Contain("event_n_channel"));
        Assert.That(
            tables.For(with with { Hashes = with.Hashes.Remove("event_n_channel") }).DataTypes["event_info_double"].Stores,
            Does.Not.Contain("event_n_channel")
        );
    }

    [Test]
    public void Should_still_miss_what_a_release_should_have()
    {
        var tables = TablesReader.Read(Disk, Shipped, null);
        var document = Given.Context with { StraxenVersion = "3.1.2", Hashes = Given.Context.Hashes.Remove("event_n_channel") };

        Assert.That(
            ContextHashes.Missing(document, [tables.For(document).DataTypes["event_info_double"]], tables).Single().Text,
            Does.StartWith("data type 'event_info_double' needs the hash of 'event_n_channel', which it stores")
                .And.Contain("{name: event_n_channel, until: straxen VERSION}")
                .And.Contain("data-types.yml")
        );
    }

    [TestCase(
        "since: straxen 3.2.0",
        "3.1.9",
        "data type 'records' is made since straxen 3.2.0, and context 'xenonnt_v14' of test is of straxen 3.1.9, strax 2.1.2."
    )]
    [TestCase("until: straxen 3.1.3", "3.1.3", "data type 'records' is made until straxen 3.1.3, which has it no more, and")]
    [TestCase("since: strax 2.2", "3.1.9", "data type 'records' is made since strax 2.2, and")]
    [TestCase("since: strax 2.1", "3.1.9", null)]
    [TestCase("until: straxen 3.1.3", "3.1.2", null)]
    public void Should_know_the_releases_of_a_type(string key, string straxen, string? fault)
    {
        Edit("    job: records\n", $"    job: records\n    {key}\n");

        Assert.That(
            TablesReader.Read(Disk, Shipped, null).DataTypes["records"].ReleasedFor(Given.Context with { StraxenVersion = straxen }),
            fault is null ? Is.Null : Does.StartWith(fault)
        );
    }

    [TestCase(
        "    job: records\n",
        "    job: records\n    since: 3.1\n",
        "data type 'records': since '3.1' is not a valid release: expected 'straxen VERSION' or 'strax VERSION', such as straxen 3.1.3."
    )]
    [TestCase(
        "until: straxen 3.1.3}",
        "untill: straxen 3.1.3}",
        "data type 'event_info_double': stores: unknown key 'untill' (did you mean 'until'?)."
    )]
    [TestCase(
        "{name: event_n_channel, until: straxen 3.1.3}",
        "{until: straxen 3.1.3}",
        "data type 'event_info_double': stores: an entry has no name; write a data type, or {name: TYPE, until: straxen VERSION}."
    )]
    public void Should_refuse_releases_that_are_none(string what, string with, string fault)
    {
        Edit(what, with);

        Assert.That(
            Assert.Throws<UsageException>(() => TablesReader.Read(Disk, Shipped, null))!.Faults.Select(f => f.Text),
            Does.Contain(fault)
        );
    }

    [Test]
    public void Should_request_the_setting_of_the_type_before_the_table_and_the_table_before_the_level()
    {
        Edit("    job: records\n", "    job: records\n    memory: 9000\n    disk: 80 GB\n");
        var tables = TablesReader.Read(Disk, Shipped, null);
        var settings = Given.Settings with { PeakletsMemory = 1, PeakletsDisk = 2, Memory = TypeAmounts.None.With("records", 7000) };

        Assert.That(tables.DataTypes["peaklets"].RequestedBy(settings), Is.EqualTo(new Resources(1, 2)), "of its level");
        Assert.That(tables.DataTypes["records"].RequestedBy(settings), Is.EqualTo(new Resources(7000, 80_000_000)));
    }

    [TestCase("memory: 14.5", "memory is '14.5', but must be a whole number of MB from 1")]
    [TestCase("memory: [1]", "memory is '', but must be a whole number of MB from 1")]
    [TestCase("disk: 80", "disk is '80', but must be a whole number of KB from 1000")]
    [TestCase("disk: much", "disk is 'much', but must be a whole number of KB from 1000")]
    public void Should_refuse_an_amount_with_its_own_line(string key, string fault)
    {
        Edit("    job: records\n", $"    job: records\n    {key}\n");
        var lines = Disk.File.ReadAllLines($"{Shipped}/{TablesReader.DataTypesFile}");

        var only = Assert.Throws<UsageException>(() => TablesReader.Read(Disk, Shipped, null))!.Faults.Single();

        Assert.That(only.Text, Does.StartWith($"data type 'records': {fault}, or a number with a unit (KB, MB, GB or TB), such as "));
        Assert.That(only.Line, Is.EqualTo(Array.IndexOf(lines, $"    {key}") + 1));
    }

    /// <summary>What admix chooses to read from, and what is tape for it (admix 1.0.11 to 1.0.15).</summary>
    [TestCase("UC_OSG_USERDISK", true, true)]
    [TestCase("UC_DALI_USERDISK", true, true)]
    [TestCase("SDSC_USERDISK", true, true)]
    [TestCase("SDSC_NSDF_USERDISK", true, true)]
    [TestCase("NIKHEF2_USERDISK", true, true)]
    [TestCase("CNAF_USERDISK", true, true)]
    [TestCase("SURFSARA_USERDISK", false, true)]
    [TestCase("CCIN2P3_USERDISK", false, true)]
    [TestCase("UC_MIDWAY_USERDISK", false, false)]
    [TestCase("WEIZMANN_USERDISK", false, false)]
    [TestCase("NIKHEF_USERDISK", false, false)]
    [TestCase("CNAF_TAPE_USERDISK", false, false)]
    [TestCase("CNAF_TAPE2_USERDISK", false, false)]
    [TestCase("LNGS_USERDISK", false, false)]
    [TestCase("SOME_NEW_USERDISK", true, true)]
    [TestCase("SOME_NEW_TAPE_USERDISK", false, true)]
    public void Should_read_from_what_the_jobs_packages_choose(string rse, bool plain, bool staged)
    {
        var tables = TablesReader.Read(Disk, Shipped, null);

        Assert.That((tables.IsReadable(rse), tables.IsReadable(rse, TapeAccess.Staged)), Is.EqualTo((plain, staged)));
        Assert.That(
            !tables.IsReadable(rse, TapeAccess.Staged) || !tables.Rses.TryGetValue(rse, out var known) || known.SiteExpression is not null,
            "jobs that read from it know where to run"
        );
    }

    [TestCase("tape: true, group: EU, level_site: SURFsara}", "tape: perhaps}", "RSE 'CCIN2P3_USERDISK': tape 'perhaps' is neither true nor false.")]
    [TestCase("chosen: false, group: US}", "choosen: false}", "RSE 'UC_MIDWAY_USERDISK': unknown key 'choosen' (did you mean 'chosen'?).")]
    public void Should_refuse_a_faulty_rse(string what, string with, string fault)
    {
        Edit(what, with, TablesReader.RsesFile);

        Assert.That(
            Assert.Throws<UsageException>(() => TablesReader.Read(Disk, Shipped, null))!.Faults.Select(f => f.Text),
            Does.Contain(fault)
        );
    }

    private void Edit(string what, string with, string file = TablesReader.DataTypesFile)
    {
        var text = Disk.File.ReadAllText($"{Shipped}/{file}");
        var at = text.IndexOf(what, StringComparison.Ordinal);
        Disk.AddFile($"{Shipped}/{file}", new MockFileData(text[..at] + with + text[(at + what.Length)..]));
    }

    [Test]
    public void Should_replace_file_by_file_if_the_operator_has_tables()
    {
        Disk.AddFile(
            $"{Own}/{TablesReader.ModesFile}",
            new MockFileData("schema: outsource/modes/1\nled_modes: {my_led: [afterpulses]}\nexcluding_tags: [mine]\n")
        );
        var tables = TablesReader.Read(Disk, Shipped, Own);
        Assert.That(tables.LedModes.Keys, Is.EqualTo(new[] { "my_led" }));
        Assert.That(tables.ExcludingTags, Is.EqualTo(new[] { "mine" }));
        Assert.That(tables.Names, Has.Length.EqualTo(11));
        Assert.That(tables.Fingerprint, Is.Not.EqualTo(TablesReader.Read(Disk, Shipped, null).Fingerprint));
    }

    [TestCase("detector: tpc", "detector: tcp", "data type 'records': detector 'tcp' is not one of tpc, neutron_veto, muon_veto.")]
    [TestCase(
        "made_from: peaklets",
        "made_from: peaklet",
        "data type 'peak_basics': 'peaklet' is neither a raw type nor defined here (did you mean 'peaklets'?)."
    )]
    [TestCase(
        "made_from: raw_records\n    job: peaklets",
        "made_from: event_info_double\n    job: peaklets",
        "is made from itself, through"
    )]
    [TestCase("chunked: true", "chunked: maybe", "data type 'records': chunked 'maybe' is neither true nor false.")]
    [TestCase(
        "stores: [records]",
        "stores: []",
        "data type 'records': 'stores' is empty; name the types it stores, which decide whether it was processed already."
    )]
    [TestCase(
        "job: records",
        "job: combine",
        "data type 'records': job 'combine' is not a valid name of a job: letters, digits, _ and -, and not 'combine' or 'download'."
    )]
    [TestCase("    job: records\n", "", "data type 'records': 'job' is missing.")]
    [TestCase(
        "    job: records\n",
        "    job: records\n    stroes: [x]\n",
        "data type 'records': unknown key 'stroes' (did you mean 'stores'?)."
    )]
    [TestCase("resources: peaklets", "resources: huge", "data type 'records': resources 'huge' is neither peaklets nor events.")]
    [TestCase(
        "outsource/data-types/1",
        "outsource/data-types/9",
        "schema is 'outsource/data-types/9', expected 'outsource/data-types/1'. The table is of another version of this program."
    )]
    [TestCase("detectors: [", "detectors: [[", "it is not YAML")]
    public void Should_refuse_data_types(string old, string now, string fault)
    {
        var text = Disk.File.ReadAllText($"{Shipped}/{TablesReader.DataTypesFile}");
        var at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.That(at, Is.GreaterThanOrEqualTo(0));
        Disk.AddFile($"{Own}/{TablesReader.DataTypesFile}", new MockFileData(text[..at] + now + text[(at + old.Length)..]));
        var error = Assert.Throws<UsageException>(() => TablesReader.Read(Disk, Shipped, Own));
        Assert.That(error!.Message, Does.Contain(fault));
        Assert.That(error.Faults, Is.All.Matches<Fault>(f => f.File == $"{Own}/{TablesReader.DataTypesFile}" && f.Line is null or > 0));
    }

    [Test]
    public void Should_tell_the_faults_of_all_tables_together()
    {
        Disk.AddFile($"{Own}/{TablesReader.ModesFile}", new MockFileData("schema: outsource/modes/1\nled_modes: {my_led: [afterpulse]}\n"));
        Disk.AddFile($"{Own}/{TablesReader.RsesFile}", new MockFileData("schema: outsource/rses/2\nrses: {}\n"));
        var error = Assert.Throws<UsageException>(() => TablesReader.Read(Disk, Shipped, Own));
        Assert.That(
            error!.Faults.Select(f => f.ToString()),
            Is.EquivalentTo(
                new[]
                {
                    $"{Own}/rses.yml:1: schema is 'outsource/rses/2', expected 'outsource/rses/1'. The table is of another version of "
                        + "this program.",
                    $"{Own}/modes.yml:2: led_modes: my_led makes 'afterpulse', which data-types.yml does not define (did you mean "
                        + "'afterpulses'?).",
                }
            )
        );
    }

    [Test]
    public void Should_say_so_if_there_is_no_such_folder()
    {
        var error = Assert.Throws<UsageException>(() => TablesReader.Read(Disk, Shipped, "/none"));
        Assert.That(
            error!.Message,
            Is.EqualTo(
                "tables_folder: there is no folder '/none'. Name one that holds data-types.yml, rses.yml or modes.yml, or leave the "
                    + "setting out."
            )
        );
    }
}
