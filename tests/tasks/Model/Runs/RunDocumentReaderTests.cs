using System.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;

namespace Outsource.Tests.Model.Runs;

public sealed class RunDocumentReaderTests
{
    private static RunDocument Read(string json) => new RunDocumentReader().Read(Encoding.UTF8.GetBytes(json), "line 4");

    [Test]
    public void Should_read_the_fields_used()
    {
        var run = Read(
            """
            {"number": 7157, "name": "007157", "start": "2020-06-21T14:00:00", "end": {"$date": "2020-06-21T15:00:00Z"}, "mode": "tpc_bkg", "source": "none",
             "detectors": ["tpc", "neutron_veto"], "tags": [{"name": "_sr0", "user": "x", "date": "y"}], "comments": [{"text": "number"}],
             "data": [{"type": "raw_records", "host": "rucio-catalogue", "location": "UC_OSG_USERDISK", "did": "xnt_007157:raw_records-rfzvpzj4mf", "status": "transferred",
                       "meta": {"lineage_hash": "rfzvpzj4mf", "size_mb": 91234.5, "file_count": 537}},
                      {"type": "peaklets", "host": "dali", "location": "/dali/x", "status": "transferred", "meta": null}]}
            """
        );

        Assert.Multiple(() =>
        {
            Assert.That(run.Fault, Is.Null);
            Assert.That(run.Number, Is.EqualTo(7157));
            Assert.That(
                (run.Mode, run.Source, run.Start, run.End),
                Is.EqualTo(("tpc_bkg", "none", "2020-06-21T14:00:00", "2020-06-21T15:00:00Z"))
            );
            Assert.That(run.Detectors, Is.EqualTo(new[] { "tpc", "neutron_veto" }));
            Assert.That(run.Tags, Is.EqualTo(new[] { "_sr0" }));
            Assert.That(
                run.Data[0],
                Is.EqualTo(
                    new DataEntry(
                        "raw_records",
                        "rucio-catalogue",
                        "UC_OSG_USERDISK",
                        "xnt_007157:raw_records-rfzvpzj4mf",
                        "transferred",
                        91234.5,
                        537
                    )
                )
            );
            Assert.That(run.Data[0].Hash, Is.EqualTo("rfzvpzj4mf"));
            Assert.That(run.Data[1].InRucio, Is.False);
        });
    }

    [Test]
    public void Should_read_the_extended_json_of_a_canonical_export()
    {
        var run = Read(
            """
            {"_id": {"$oid": "5f2d999448350bff030d2d3b"}, "number": {"$numberInt": "7157"}, "mode": "tpc_bkg", "source": "none", "detectors": ["tpc"],
             "start": {"$date": {"$numberLong": "1592748000000"}}, "end": {"$date": "2020-06-21T15:00:00Z"}, "rate": {"$numberDouble": "NaN"},
             "data": [{"type": "raw_records", "meta": {"size_mb": {"$numberDouble": "900.5"}, "file_count": {"$numberLong": "5"}}}, {"type": "peaklets", "meta": {"size_mb": {"$numberDouble": "Infinity"}, "file_count": 4}}]}
            """
        );

        Assert.That(run.Fault, Is.Null);
        Assert.That((run.Number, run.Start, run.End), Is.EqualTo((7157, "2020-06-21T14:00:00Z", "2020-06-21T15:00:00Z")));
        Assert.That(run.Data.Select(d => (d.SizeMb, d.FileCount)), Is.EqualTo(new[] { ((double?)900.5, (long?)5), (null, 4) }));
    }

    [TestCase("""{"$numberLong": "7157"}""", 7157)]
    [TestCase("""{"$numberLong": 7157}""", 7157)]
    [TestCase("""{"$numberDecimal": "7157"}""", 7157)]
    [TestCase("""{"$numberDouble": "7157.0"}""", 7157)]
    [TestCase("7.157e3", 7157)]
    public void Should_read_a_number_however_it_is_exported(string number, int expected) =>
        Assert.That(Read($$"""{"number": {{number}}, "mode": "m", "detectors": ["tpc"]}""").Number, Is.EqualTo(expected));

    [TestCase("""{"$numberDouble": "NaN"}""", "'NaN'")]
    [TestCase("""{"$numberInt": "-7"}""", "'-7'")]
    [TestCase("""{"$numberInt": "seven"}""", "'seven'")]
    [TestCase("""{"$numberInt": {"x": [1]}}""", "an object")]
    [TestCase("""{"$oid": "5f2d999448350bff030d2d3b"}""", "an object")]
    [TestCase("NaN", "null")]
    [TestCase("-Infinity", "null")]
    public void Should_say_what_stands_where_the_number_should_be(string number, string shown)
    {
        var run = Read($$"""{"number": {{number}}, "mode": "m", "detectors": ["tpc"]}""");

        Assert.That(
            (run.Number, run.Mode, run.Fault),
            Is.EqualTo(((int?)null, "m", new DocumentFault(Reason.NumberFaulty, $"'number' is {shown}, expected a whole number")))
        );
    }

    [TestCase(
        """{"number": 7157, "rate": {"ch_0": NaN, "x": [Infinity, -Infinity, "NaN", "\\\"Infinity"]}, "mode": "NaN", "detectors": ["tpc"]}"""
    )]
    [TestCase(
        """{"rate": -Infinity, "number": 7157, "mode": "NaN", "detectors": ["tpc"], "data": [{"type": "x", "meta": {"size_mb": NaN, "file_count": Infinity}}]}"""
    )]
    public void Should_take_the_numbers_of_python_for_none(string json)
    {
        var run = Read(json);

        Assert.That((run.Number, run.Mode, run.Fault), Is.EqualTo((7157, "NaN", (DocumentFault?)null)));
    }

    [TestCase("-1")]
    [TestCase("1e300")]
    [TestCase("9223372036854775807")]
    public void Should_not_believe_an_absurd_size(string size) =>
        Assert.That(
            Read(
                $$"""{"number": 1, "mode": "m", "detectors": ["tpc"], "data": [{"type": "x", "meta": {"size_mb": {{size}}, "file_count": {{size}} } }]}"""
            ).Data[0]
                is { SizeMb: null, FileCount: null },
            Is.True
        );

    [TestCase("""{"number": 1, "mode": "m", "detectors": "tpc"}""")]
    [TestCase("""{"number": 1.0, "mode": "m", "detectors": ["tpc"], "tags": null, "data": null}""")]
    [TestCase("""{"number": 1, "mode": "m", "detectors": ["tpc"], "data": [{"type": "x"}, {"host": "y"}, {"type": null, "meta": 7}]}""")]
    [TestCase("""{"number": 1, "mode": "m", "detectors": ["tpc"], "tags": ["a", {"name": "b"}]}""")]
    [TestCase(
        """{"mode": "m", "detectors": ["tpc"], "data": [{"type": "x", "meta": {"size_mb": "big", "file_count": null}}], "number": 1}"""
    )]
    public void Should_survive_a_shape_that_is_off(string json)
    {
        var run = Read(json);

        Assert.That(run.Fault, Is.Null);
        Assert.That(run.Number, Is.EqualTo(1));
        Assert.That(run.Detectors, Is.EqualTo(new[] { "tpc" }));
    }

    [TestCase("""{"mode": "m", "detectors": ["tpc"]}""", Reason.NumberFaulty, "'number' is missing")]
    [TestCase(
        """{"number": "7157", "mode": "m", "detectors": ["tpc"]}""",
        Reason.NumberFaulty,
        "'number' is '7157', expected a whole number"
    )]
    [TestCase(
        """{"number": 7.5, "mode": "m", "detectors": ["tpc"]}""",
        Reason.NumberFaulty,
        "'number' is '7.5', expected a whole number"
    )]
    [TestCase(
        """{"number": -1, "mode": "m", "detectors": ["tpc"]}""",
        Reason.NumberFaulty,
        "'number' is '-1', expected a whole number"
    )]
    [TestCase("""{"number": 1, "detectors": ["tpc"]}""", Reason.ModeFaulty, "'mode' is missing or not a string")]
    [TestCase("""{"number": 1, "mode": {}, "detectors": ["tpc"]}""", Reason.ModeFaulty, "'mode' is missing or not a string")]
    [TestCase("""{"number": 1, "mode": "m"}""", Reason.DetectorsFaulty, "'detectors' is missing or empty")]
    [TestCase("""{"number": 1, "mode": "m", "detectors": 3}""", Reason.DetectorsFaulty, "'detectors' is a number, expected a list")]
    [TestCase(
        """{"number": 1, "mode": "m", "detectors": ["tpc"], "tags": [{"user": "x"}]}""",
        Reason.TagsFaulty,
        "an entry of 'tags' has no name"
    )]
    [TestCase(
        """{"number": 1, "mode": "m", "detectors": ["tpc"], "tags": {"name": "bad"}}""",
        Reason.TagsFaulty,
        "'tags' is an object, expected a list"
    )]
    [TestCase(
        """{"number": 1, "mode": "m", "detectors": ["tpc"], "data": {"a": 1}}""",
        Reason.DataFaulty,
        "'data' is an object, expected a list"
    )]
    [TestCase(
        """{"number": 1, "mode": "m", "detectors": ["tpc"], "data": ["raw_records"]}""",
        Reason.DataFaulty,
        "an entry of 'data' is a string, expected an object"
    )]
    [TestCase("""[1, 2]""", Reason.NotADocument, "expected a JSON object, found a list")]
    public void Should_name_the_fault_of_a_document(string json, Reason reason, string detail) =>
        Assert.That(Read(json).Fault, Is.EqualTo(new DocumentFault(reason, detail)));

    [TestCase("{\"number\": 1, ")]
    [TestCase("no json")]
    [TestCase("{\"number\": 1, \"mode\": \"\\ud800\", \"detectors\": [\"tpc\"]}")]
    public void Should_call_what_is_not_json_by_its_name(string json)
    {
        var run = Read(json);

        Assert.That(run.Fault!.Reason, Is.EqualTo(Reason.NotJson));
        Assert.That(run.Position, Is.EqualTo("line 4"));
    }

    [Test]
    public void Should_read_back_what_records_hold()
    {
        var run = Read(
            """{"number": 7, "mode": "m", "source": "s", "start": "a", "end": "b", "detectors": ["tpc"], "tags": ["t"], "data": [{"type": "raw_records", "host": "h", "location": "l", "did": "d", "status": "s", "meta": {"size_mb": 1.5, "file_count": 2}}]}"""
        );
        var faulty = new RunDocument { Position = "line 9", Fault = new DocumentFault(Reason.NotJson, "x \"y\"") };

        foreach (var each in new[] { run, faulty, run with { ListingOnly = true } })
        {
            using var stream = new MemoryStream();
            using (var json = RunRecords.Writer(stream))
            {
                RunRecords.Write(json, each);
            }

            var back = new RunDocumentReader { ReadsRecords = true }.Read(stream.ToArray(), "line 9");
            Assert.That(System.Text.Json.JsonSerializer.Serialize(back), Is.EqualTo(System.Text.Json.JsonSerializer.Serialize(each)));
        }
    }
}
