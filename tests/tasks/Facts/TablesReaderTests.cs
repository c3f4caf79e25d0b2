using System.IO.Abstractions.TestingHelpers;
using Outsource.Errors;
using Outsource.Facts;

namespace Outsource.Tests.Facts;

public sealed class TablesReaderTests
{
    private const string Shipped = "/opt/tables", Own = "/home/op/tables";

    private MockFileSystem Disk { get; set; } = new();

    [SetUp]
    public void SetUp()
    {
        Disk = new MockFileSystem();
        foreach (var name in new[] { TablesReader.DataTypesFile, TablesReader.RsesFile, TablesReader.ModesFile })
        {
            Disk.AddFile($"{Shipped}/{name}", new MockFileData(File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "tables", name))));
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

    [Test]
    public void Should_replace_file_by_file_if_the_operator_has_tables()
    {
        Disk.AddFile($"{Own}/{TablesReader.ModesFile}", new MockFileData("schema: outsource/modes/1\nled_modes: {my_led: [afterpulses]}\nexcluding_tags: [mine]\n"));
        var tables = TablesReader.Read(Disk, Shipped, Own);
        Assert.That(tables.LedModes.Keys, Is.EqualTo(new[] { "my_led" }));
        Assert.That(tables.ExcludingTags, Is.EqualTo(new[] { "mine" }));
        Assert.That(tables.Names, Has.Length.EqualTo(11));
        Assert.That(tables.Fingerprint, Is.Not.EqualTo(TablesReader.Read(Disk, Shipped, null).Fingerprint));
    }

    [TestCase("detector: tpc", "detector: tcp", "data type 'records': detector 'tcp' is none of tpc, neutron_veto, muon_veto.")]
    [TestCase("made_from: peaklets", "made_from: peaklet", "data type 'peak_basics': 'peaklet' is neither a raw type nor defined here (did you mean 'peaklets'?).")]
    [TestCase("made_from: raw_records\n    job: peaklets", "made_from: event_info_double\n    job: peaklets", "is made from itself, through")]
    [TestCase("chunked: true", "chunked: maybe", "data type 'records': chunked 'maybe' is neither true nor false.")]
    [TestCase("stores: [records]", "stores: []", "data type 'records': 'stores' is empty; name what it stores, which decides whether it was processed already.")]
    [TestCase("job: records", "job: combine", "data type 'records': job 'combine' is no name for a job: letters, digits, _ and -, and not 'combine' or 'download'.")]
    [TestCase("    job: records\n", "", "data type 'records': 'job' is missing.")]
    [TestCase("    job: records\n", "    job: records\n    stroes: [x]\n", "data type 'records': unknown key 'stroes' (did you mean 'stores'?).")]
    [TestCase("resources: peaklets", "resources: huge", "data type 'records': resources 'huge' is neither peaklets nor events.")]
    [TestCase("outsource/data-types/1", "outsource/data-types/9", "schema is 'outsource/data-types/9', expected 'outsource/data-types/1'. The table is of another version of this program.")]
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
        Assert.That(error!.Faults.Select(f => f.ToString()), Is.EquivalentTo(new[]
        {
            $"{Own}/rses.yml:1: schema is 'outsource/rses/2', expected 'outsource/rses/1'. The table is of another version of this program.",
            $"{Own}/modes.yml:2: led_modes: my_led makes 'afterpulse', which data-types.yml does not define (did you mean 'afterpulses'?).",
        }));
    }

    [Test]
    public void Should_say_so_if_there_is_no_such_folder()
    {
        var error = Assert.Throws<UsageException>(() => TablesReader.Read(Disk, Shipped, "/none"));
        Assert.That(error!.Message, Is.EqualTo("tables_folder: there is no folder '/none'. Name one that holds data-types.yml, rses.yml or modes.yml, or leave the setting out."));
    }
}
