using System.Collections.Immutable;
using Outsource.Artifacts;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Levels;

namespace Outsource.Tests.Model.Selection;

[TestFixture]
internal sealed class LevelRulesTests
{
    private const string RawHash = "rfzvpzj4mf";

    private static readonly OutsourceSettings Settings = Given.Settings with
    {
        Plan = PlanKind.ByLevel,
        RawRecordsRse = ["UC_OSG_USERDISK"],
        IncludeDataTypes = ["peaklets", "event_info_double", "event_ms_naive", "events_mv", "events_nv", "afterpulses"],
    };

    [Test]
    public void Should_make_both_levels_if_nothing_is_stored()
    {
        var lines = Decide(Settings, Run());

        Assert.Multiple(() =>
        {
            Assert.That(Codes(lines, "lower_tpc", "upper_tpc", "peaklets"), Is.EqualTo("to-be-made to-be-made to-be-made"));
            Assert.That(Code(lines, "event_info_double"), Is.EqualTo("umbrella"));
            Assert.That(Code(lines, "event_ms_naive"), Is.EqualTo("to-be-made"), "asked for, so it is stored (T14)");
            Assert.That(Code(lines, "afterpulses"), Is.EqualTo("led-type-only"));
            Assert.That(lines["upper_tpc"].Input!.Kind, Is.EqualTo(InputKind.Workflow));
            Assert.That(lines.Keys, Is.EqualTo(Units(Settings)));
        });
    }

    [Test]
    public void Should_leave_out_a_detector_alone_if_its_raw_data_is_missing()
    {
        var lines = Decide(Settings, Run(["tpc", "muon_veto"]));

        Assert.That(Codes(lines, "upper_tpc", "upper_muon_veto", "events_mv"), Is.EqualTo("to-be-made raw-absent raw-absent"));
        Assert.That(Code(lines, "upper_neutron_veto"), Is.EqualTo("detector-absent"));
    }

    [Test]
    public void Should_make_only_the_upper_level_if_the_lower_one_is_stored()
    {
        var lines = Decide(Settings, Run().With(Stored("lower", "UC_OSG_USERDISK")));

        Assert.That(Codes(lines, "lower_tpc", "peaklets", "upper_tpc"), Is.EqualTo("all-stored level-stored to-be-made"));
        Assert.That(
            lines["upper_tpc"].Input! is { Kind: InputKind.Stored, Rses: ["UC_OSG_USERDISK"] },
            "it runs where what it reads is, and reads no raw data"
        );
    }

    [Test]
    public void Should_not_make_the_upper_level_if_jobs_cannot_read_the_lower_one()
    {
        var lines = Decide(Settings, Run().With(Stored("lower", "LNGS_USERDISK")));

        Assert.That(Codes(lines, "lower_tpc", "upper_tpc"), Is.EqualTo("all-stored lower-not-readable"));
        Assert.That(Code(Decide(Settings with { IgnoreProcessed = true }, Run().With(Stored("lower", "LNGS_USERDISK"))), "upper_tpc"), Is.EqualTo("to-be-made"));
    }

    [Test]
    public void Should_make_nothing_if_all_is_stored_unless_it_is_asked_for()
    {
        var run = Run().With(Stored("lower", "UC_OSG_USERDISK")).With(Stored("upper", "UC_OSG_USERDISK"));

        Assert.That(Codes(Decide(Settings, run), "lower_tpc", "upper_tpc", "event_ms_naive"), Is.EqualTo("all-stored all-stored level-stored"));
        Assert.That(Codes(Decide(Settings with { IgnoreProcessed = true }, run), "lower_tpc", "upper_tpc"), Is.EqualTo("forced forced"));
    }

    [Test]
    public void Should_make_what_a_plugin_stores_together_if_some_of_it_is_missing()
    {
        var run = Run().With(Stored("lower", "UC_OSG_USERDISK")).With([.. Stored("upper", "UC_OSG_USERDISK").Where(e => e.Type != "event_basics")]);

        var upper = Decide(Settings, run)["upper_tpc"];

        Assert.That(upper.Input!.Level!.ToMake, Is.EqualTo(new[] { "event_basics" }));
        Assert.That(upper.Input.Type, Does.Not.Contain("raw_records").And.Contain("peak"), "it reads what is stored nearest below");
    }

    [Test]
    public void Should_look_unprocessed_only_for_types_of_its_mode()
    {
        var led = Run(mode: "tpc_pmtap");
        var lines = Decide(Settings, led.With([Entry("afterpulses", "UC_OSG_USERDISK")]));

        Assert.That(Codes(lines, "lower_tpc", "afterpulses"), Is.EqualTo("all-stored level-stored"), "an LED run is done");
        Assert.That(Code(lines, "upper_tpc"), Is.EqualTo("led-mode"));
        Assert.That(Code(Decide(Settings, led), "lower_tpc"), Is.EqualTo("to-be-made"));
    }

    [Test]
    public void Should_leave_out_a_type_alone_if_it_needs_other_raw_data_that_is_missing()
    {
        var settings = Settings with { IncludeDataTypes = ["peaklets", "peak_basics_he"] };

        var lines = Decide(settings, Run());
        var with = Decide(settings, Run().With([Entry("raw_records_he", "UC_OSG_USERDISK", 50)]));

        Assert.That(Codes(lines, "lower_tpc", "peak_basics_he"), Is.EqualTo("to-be-made raw-absent"));
        Assert.That(Codes(with, "lower_tpc", "peak_basics_he", "upper_tpc"), Is.EqualTo("to-be-made to-be-made to-be-made"));
        Assert.That(with["upper_tpc"].Input!.Level!.Others, Is.EqualTo(new[] { new OtherRaw("raw_records_he", 50) }));
    }

    [Test]
    public void Should_need_no_other_raw_data_for_what_is_stored()
    {
        var settings = Settings with { IncludeDataTypes = ["peaklets", "peak_basics_he"] };
        var stored = LevelContextFile
            .Of(settings, Today.Description, Today.Table)
            .PlanOf(Today.Detector("tpc"), null)
            .Upper.Stored.Select(s => Entry(s.Type.Name, "LNGS_USERDISK"));

        var lines = Decide(settings, Run().With([.. stored]));

        Assert.That(Codes(lines, "peak_basics_he", "upper_tpc", "lower_tpc"), Is.EqualTo("level-stored all-stored to-be-made"));
        var again = Decide(settings with { IgnoreProcessed = true }, Run().With([.. stored]));
        Assert.That(Code(again, "peak_basics_he"), Is.EqualTo("raw-absent"));
    }

    [Test]
    public void Should_take_the_size_of_other_raw_data_from_entries_of_its_hash()
    {
        var settings = Settings with { IncludeDataTypes = ["peaklets", "peak_basics_he"] };
        var other = Entry("raw_records_he", "UC_OSG_USERDISK", 9000) with { Did = "xnt_007157:raw_records_he-aaaaaaaaaa" };

        var lines = Decide(settings, Run().With([Entry("raw_records_he", "UC_OSG_USERDISK", 50), other]));

        Assert.That(lines["upper_tpc"].Input!.Level!.Others, Is.EqualTo(new[] { new OtherRaw("raw_records_he", 50) }));
    }

    [TestCase(true, "--force, though all is stored")]
    [TestCase(false, "--ignore-processed, though all is stored")]
    public void Should_name_the_option_for_which_it_is_made_again(bool force, string words)
    {
        var run = Run().With(Stored("lower", "UC_OSG_USERDISK"));

        var lines = Decide(Settings with { Force = force, IgnoreProcessed = !force }, run);

        Assert.That(lines["lower_tpc"].Verdict, Is.EqualTo(new Verdict(Reason.Forced, words)));
    }

    [Test]
    public void Should_say_that_times_are_faulty_only_where_they_matter()
    {
        var run = Run(["tpc", "neutron_veto"]).With([Entry("raw_records_nv", "UC_OSG_USERDISK", 10)]) with { End = "never" };

        var lines = Decide(Settings, run);

        Assert.That(Codes(lines, "upper_tpc", "upper_neutron_veto"), Is.EqualTo("to-be-made times-faulty"));
    }

    [Test]
    public void Should_not_make_what_a_workflow_of_the_other_plan_makes()
    {
        var flying = new InFlightWork();
        var hashes = ImmutableSortedDictionary<string, string>.Empty.Add("peaklets", Today.Tree["peaklets"].Hash!);
        flying.Add(7157, "peaklets", hashes, "workflow a is running");

        var lines = Decide(Settings, Run(), flying);

        Assert.That(Codes(lines, "lower_tpc", "upper_tpc", "peaklets"), Is.EqualTo("in-flight in-flight in-flight"));
        Assert.That(Code(Decide(Settings with { IncludeInFlight = true }, Run(), flying), "lower_tpc"), Is.EqualTo("to-be-made"));
    }

    [Test]
    public void Should_read_raw_data_from_a_local_folder_if_there_is_no_remote()
    {
        var lines = Decide(Local, Run() with { Data = [InFolder("raw_records", "/dali/raw", size: 400)] });

        Assert.That(Codes(lines, "lower_tpc", "upper_tpc", "peaklets"), Is.EqualTo("to-be-made to-be-made to-be-made"));
        Assert.That(lines["lower_tpc"].Input! is { Kind: InputKind.Raw, Rses: [], Level.SizesMb: [400] }, "it is at no storage element");
    }

    [TestCase("raw_records is in no local folder (/dali/raw, /processed)")]
    [TestCase("raw_records is not whole in /dali/raw: its metadata or a chunk is missing", RawHash, "incomplete")]
    [TestCase("raw_records has hash aaaaaaaaaa, the context's is rfzvpzj4mf", "aaaaaaaaaa")]
    public void Should_say_why_no_local_folder_has_raw_data(string detail, string? hash = null, string status = "transferred")
    {
        var entry = InFolder("raw_records", "/dali/raw", 400) with { Did = $"xnt_007157:raw_records-{hash}", Status = status };

        var lines = Decide(Local, Run() with { Data = hash is null ? [] : [entry] });

        var reason = hash is null or RawHash ? Reason.RawNotLocal : Reason.RawOtherHash;
        Assert.That(lines["lower_tpc"].Verdict, Is.EqualTo(new Verdict(reason, detail)));
        Assert.That(lines["lower_tpc"].Verdict.Outcome, Is.EqualTo(Outcome.InputMissing));
    }

    [Test]
    public void Should_make_only_the_upper_level_if_the_lower_one_is_in_a_local_folder()
    {
        var lower = Stored("lower", "/processed").Select(e => e with { Host = DataEntry.LocalHost });

        var lines = Decide(Local, Run() with { Data = [InFolder("raw_records", "/dali/raw", 400), .. lower] });

        Assert.That(Codes(lines, "lower_tpc", "upper_tpc"), Is.EqualTo("all-stored to-be-made"));
        Assert.That((lines["upper_tpc"].Input!.Kind, lines["upper_tpc"].Input!.Rses.Length), Is.EqualTo((InputKind.Stored, 0)));
    }

    private static readonly OutsourceSettings Local = Settings with
    {
        NoRemote = true,
        LocalData = ["/dali/raw", "/processed"],
        RawRecordsRse = ["UC_OSG_USERDISK"],
    };

    private static DataEntry InFolder(string type, string folder, double size) =>
        Entry(type, folder, size) with { Host = DataEntry.LocalHost };

    [Test]
    public void Should_explain_what_it_decides()
    {
        var (rules, run, chain) = (Rules(Settings), Run(["tpc", "muon_veto"]), new DecisionChain());

        var lines = rules.Decide(run, chain);

        Assert.That(lines, Is.EqualTo(rules.Decide(run)).Using<LedgerLine>((a, b) => a.Verdict == b.Verdict && a.Type == b.Type));
        foreach (var line in lines)
        {
            var last = chain.Of(line.Type)[^1];
            Assert.That(last.Yes, Is.EqualTo(line.Verdict.Outcome == Outcome.Process), line.Type);
            Assert.That(last.Reason ?? line.Verdict.Reason, Is.EqualTo(line.Verdict.Reason), line.Type);
        }
    }

    private static string Code(Dictionary<string, LedgerLine> lines, string unit) => ReasonCodes.Spell(lines[unit].Verdict.Reason);

    private static string Codes(Dictionary<string, LedgerLine> lines, params string[] units) =>
        string.Join(' ', units.Select(u => Code(lines, u)));

    private static Dictionary<string, LedgerLine> Decide(OutsourceSettings settings, RunDocument run, InFlightWork? flying = null) =>
        Rules(settings, flying).Decide(run).ToDictionary(l => l.Type);

    private static ImmutableArray<string> Units(OutsourceSettings settings) => Rules(settings).Units;

    private static LevelRules Rules(OutsourceSettings settings, InFlightWork? flying = null) =>
        new(settings, Given.Tables, LevelContextFile.Of(settings, Today.Description, Today.Table), flying);

    private static IReadOnlyList<DataEntry> Stored(string level, string rse)
    {
        var plan = LevelContextFile.Of(Settings, Today.Description, Today.Table).PlanOf(Today.Detector("tpc"), null);
        return [.. (level == "lower" ? plan.Lower : plan.Upper).Stored.Select(s => Entry(s.Type.Name, rse))];
    }

    private static DataEntry Entry(string type, string rse, double? size = null) =>
        new(type, DataEntry.RucioHost, rse, $"xnt_007157:{type}-{Today.Tree[type].Hash}", DataEntry.Transferred, size);

    private static RunDocument Run(string[]? detectors = null, string mode = "tpc_bkg") =>
        new()
        {
            Number = 7157,
            Mode = mode,
            Source = "none",
            Start = "2025-03-01T12:00:00",
            End = "2025-03-01T13:00:00",
            Detectors = [.. detectors ?? ["tpc"]],
            Data = [new("raw_records", DataEntry.RucioHost, "UC_OSG_USERDISK", $"xnt_007157:raw_records-{RawHash}", "transferred", 400)],
        };
}

/// <summary>More entries of a run document.</summary>
internal static class RunDocumentChange
{
    public static RunDocument With(this RunDocument run, IReadOnlyList<DataEntry> entries) => run with { Data = [.. run.Data, .. entries] };
}
