using System.Collections.Immutable;
using System.Globalization;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Selection;

public sealed class RunRulesTests
{
    private static Reason ReasonOf(RunDocument run, string type = "peaklets", Func<OutsourceSettings, OutsourceSettings>? change = null) =>
        LineOf(run, type, change).Verdict.Reason;

    private static LedgerLine LineOf(
        RunDocument run,
        string type = "peaklets",
        Func<OutsourceSettings, OutsourceSettings>? change = null
    ) => Given.Loaded(change).Rules().Decide(run).Single(l => l.Type == type);

    private static RunDocument WithRaw(params DataEntry[] entries) => Given.Run() with { Data = [.. entries] };

    [Test]
    public void Should_process_if_raw_data_is_readable_and_nothing_is_stored()
    {
        var line = LineOf(Given.Run());

        Assert.That(line.Verdict, Is.EqualTo(new Verdict(Reason.ToBeMade, "peaklets, lone_hits not stored yet")));
        Assert.That(line.Input!.Kind, Is.EqualTo(InputKind.Raw));
        Assert.That(line.Input.Did, Is.EqualTo("xnt_007157:raw_records-aaaaaaaaaa"));
        Assert.That(line.Input.Rses, Is.EqualTo(new[] { "UC_OSG_USERDISK" }));
    }

    [Test]
    public void Should_give_every_type_asked_for_exactly_one_line_in_order_of_depth()
    {
        var types = Given.Loaded().Rules().Decide(Given.Run()).Select(l => l.Type);

        Assert.That(
            types,
            Is.EqualTo(new[] { "peaklets", "afterpulses", "led_calibration", "hitlets_nv", "events_mv", "events_nv", "event_info_double" })
        );
    }

    [TestCase("bad", Reason.Tagged)]
    [TestCase("abandon", Reason.Tagged)]
    [TestCase("Bad", Reason.ToBeMade)]
    [TestCase("not_bad", Reason.ToBeMade)]
    public void Should_exclude_by_the_exact_tag(string tag, Reason reason) =>
        Assert.That(ReasonOf(Given.Run() with { Tags = ["_sr1", tag] }), Is.EqualTo(reason));

    [Test]
    public void Should_exclude_a_mode_of_exclude_modes_and_name_it()
    {
        var verdict = LineOf(Given.Run() with { Mode = "tpc_noise" }).Verdict;

        Assert.That(verdict, Is.EqualTo(new Verdict(Reason.ModeExcluded, "mode tpc_noise is in exclude_modes")));
    }

    [Test]
    public void Should_not_apply_exclude_modes_if_modes_are_asked_for()
    {
        Assert.That(
            ReasonOf(Given.Run() with { Mode = "tpc_noise" }, change: s => s with { Modes = ["tpc_noise"] }),
            Is.EqualTo(Reason.ToBeMade)
        );
        Assert.That(ReasonOf(Given.Run(), change: s => s with { Modes = ["tpc_noise"] }), Is.EqualTo(Reason.ModeNotAsked));
    }

    [Test]
    public void Should_exclude_a_source_not_asked_for()
    {
        Assert.That(ReasonOf(Given.Run(), change: s => s with { Sources = ["kr-83m"] }), Is.EqualTo(Reason.SourceNotAsked));
        Assert.That(
            ReasonOf(Given.Run() with { Source = null }, change: s => s with { Sources = ["kr-83m"] }),
            Is.EqualTo(Reason.SourceNotAsked)
        );
    }

    [Test]
    public void Should_limit_runs_and_types_by_detector()
    {
        var both = Given.Run() with
        {
            Detectors = ["tpc", "neutron_veto"],
            Data = [Given.Entry("raw_records"), Given.Entry("raw_records_nv")],
        };

        Assert.That(ReasonOf(both, "hitlets_nv", s => s with { Detector = "neutron_veto" }), Is.EqualTo(Reason.ToBeMade));
        Assert.That(ReasonOf(both, "peaklets", s => s with { Detector = "neutron_veto" }), Is.EqualTo(Reason.TypeOfOtherDetector));
        Assert.That(ReasonOf(Given.Run(), "peaklets", s => s with { Detector = "neutron_veto" }), Is.EqualTo(Reason.RunWithoutDetector));
    }

    [Test]
    public void Should_not_apply_a_type_whose_detector_took_no_data() =>
        Assert.That(ReasonOf(Given.Run(), "hitlets_nv"), Is.EqualTo(Reason.DetectorAbsent));

    [TestCase("tpc_pmtap", "afterpulses", Reason.ToBeMade)]
    [TestCase("tpc_commissioning_pmtap", "afterpulses", Reason.ToBeMade)]
    [TestCase("tpc_pmtap", "led_calibration", Reason.LedMode)]
    [TestCase("tpc_pmtap", "peaklets", Reason.LedMode)]
    [TestCase("tpc_pmtgain", "led_calibration", Reason.ToBeMade)]
    [TestCase("tpc_pmtgain", "afterpulses", Reason.LedMode)]
    [TestCase("tpc_bkg", "afterpulses", Reason.LedTypeOnly)]
    [TestCase("a_mode_that_is_unknown", "peaklets", Reason.ToBeMade)]
    public void Should_make_only_types_of_the_led_mode(string mode, string type, Reason reason) =>
        Assert.That(ReasonOf(Given.Run() with { Mode = mode }, type), Is.EqualTo(reason));

    [Test]
    public void Should_say_already_processed_only_if_every_stored_type_is_available()
    {
        var half = WithRaw(Given.Entry("raw_records"), Given.Entry("peaklets"));
        var whole = half with { Data = half.Data.Add(Given.Entry("lone_hits", "CNAF_TAPE_USERDISK")) };

        Assert.That(LineOf(half).Verdict.Detail, Is.EqualTo("lone_hits not stored yet"));
        Assert.That(ReasonOf(whole), Is.EqualTo(Reason.AllStored));
        Assert.That(ReasonOf(whole, change: s => s with { Force = true }), Is.EqualTo(Reason.Forced));
    }

    [Test]
    public void Should_compare_the_hash_exactly()
    {
        // The hash stands within the DID, but not as the end of its name.
        var inside = Given.Entry("peaklets") with
        {
            Did = $"xnt_007157:peaklets-{Given.Hash}x",
        };
        var longer = Given.Entry("peaklets") with { Did = $"xnt_007157:peaklets-x{Given.Hash}" };

        Assert.That(inside.IsAvailable(7157, "peaklets", Given.Hash), Is.False);
        Assert.That(longer.IsAvailable(7157, "peaklets", Given.Hash), Is.False);
        Assert.That(Given.Entry("peaklets").IsAvailable(7157, "peaklets", Given.Hash), Is.True);
    }

    [TestCase("xnt_007158:raw_records-aaaaaaaaaa", TestName = "Should_not_count_the_data_set_of_another_run")]
    [TestCase("xnt_7157:raw_records-aaaaaaaaaa", TestName = "Should_not_count_a_scope_that_is_not_padded")]
    [TestCase("xnt_0007157:raw_records-aaaaaaaaaa", TestName = "Should_not_count_a_scope_that_is_padded_too_far")]
    [TestCase("user.me:raw_records-aaaaaaaaaa", TestName = "Should_not_count_a_private_scope")]
    [TestCase("xnt_007157:peaklets-aaaaaaaaaa", TestName = "Should_not_count_the_data_set_of_another_type")]
    [TestCase("xnt_٠٠٧١٥٧:raw_records-aaaaaaaaaa", TestName = "Should_not_count_other_digits")]
    [TestCase("raw_records-aaaaaaaaaa", TestName = "Should_not_count_a_name_without_scope")]
    public void Should_not_count_a_foreign_did(string did)
    {
        var foreign = Given.Entry("raw_records") with { Did = did };

        Assert.That(foreign.IsAvailable(7157, "raw_records", Given.Hash), Is.False);
        var line = Decide(Given.Run() with { Data = [foreign] });
        Assert.That(
            (line.Reason, line.Detail),
            Is.EqualTo((Reason.RawNotInRucio, $"raw_records is entered as {did} only, which is not this run's raw_records"))
        );
        Assert.That(
            Decide(Given.Run() with { Data = [foreign, Given.Entry("raw_records")] }).Reason,
            Is.EqualTo(Reason.ToBeMade),
            "beside its own it does no harm"
        );
    }

    private static Verdict Decide(RunDocument run) => Given.Loaded().Rules().Decide(run).First(l => l.Type == "peaklets").Verdict;

    [Test]
    public void Should_name_why_raw_data_cannot_be_read()
    {
        var elsewhere = new DataEntry("raw_records", "dali", "/dali/x", null, DataEntry.Transferred);

        Assert.Multiple(() =>
        {
            Assert.That(LineOf(WithRaw()).Verdict, Is.EqualTo(new Verdict(Reason.RawAbsent, "no raw_records in the run document")));
            Assert.That(
                LineOf(WithRaw(elsewhere)).Verdict,
                Is.EqualTo(new Verdict(Reason.RawNotInRucio, "raw_records at dali only, not in Rucio"))
            );
            Assert.That(
                LineOf(WithRaw(Given.Entry("raw_records", hash: "bbbbbbbbbb"))).Verdict,
                Is.EqualTo(new Verdict(Reason.RawOtherHash, "raw_records has hash bbbbbbbbbb, the context's is aaaaaaaaaa"))
            );
            Assert.That(
                LineOf(WithRaw(Given.Entry("raw_records", status: "transferring"))).Verdict,
                Is.EqualTo(new Verdict(Reason.RawNotTransferred, "raw_records: transferring at UC_OSG_USERDISK"))
            );
            Assert.That(
                LineOf(WithRaw(Given.Entry("raw_records", "CNAF_TAPE_USERDISK"))).Verdict,
                Is.EqualTo(new Verdict(Reason.RawNotReadable, "raw_records at CNAF_TAPE_USERDISK only, which is tape"))
            );
            Assert.That(
                LineOf(WithRaw(Given.Entry("raw_records", "LNGS_USERDISK"))).Verdict,
                Is.EqualTo(new Verdict(Reason.RawNotReadable, "raw_records at LNGS_USERDISK only, which jobs cannot read"))
            );
            Assert.That(
                LineOf(WithRaw(Given.Entry("raw_records", "CNAF_USERDISK"))).Verdict,
                Is.EqualTo(new Verdict(Reason.RawRseNotListed, "raw_records at CNAF_USERDISK only, not in raw_records_rse"))
            );
        });
    }

    [Test]
    public void Should_never_read_from_tape_even_if_the_configuration_lists_it() =>
        Assert.That(
            ReasonOf(
                WithRaw(Given.Entry("raw_records", "CNAF_TAPE_USERDISK")),
                change: s => s with { RawRecordsRse = ["CNAF_TAPE_USERDISK"] }
            ),
            Is.EqualTo(Reason.RawNotReadable)
        );

    [TestCase("SURFSARA_USERDISK", false, Reason.RawNotReadable)]
    [TestCase("SURFSARA_USERDISK", true, Reason.ToBeMade)]
    [TestCase("CCIN2P3_USERDISK", true, Reason.ToBeMade)]
    [TestCase("UC_MIDWAY_USERDISK", false, Reason.RawNotReadable)]
    [TestCase("UC_MIDWAY_USERDISK", true, Reason.RawNotReadable)]
    [TestCase("CNAF_TAPE_USERDISK", true, Reason.RawNotReadable)]
    public void Should_read_from_tape_only_if_it_is_staged(string rse, bool stage, Reason reason) =>
        Assert.That(
            ReasonOf(WithRaw(Given.Entry("raw_records", rse)), change: s => s with { RawRecordsRse = [rse], Stage = stage }),
            Is.EqualTo(reason)
        );

    [Test]
    public void Should_not_send_jobs_to_tape_if_it_is_not_staged() =>
        Assert.That(
            LineOf(
                WithRaw(Given.Entry("raw_records", "SURFSARA_USERDISK"), Given.Entry("raw_records")),
                change: s => s with { RawRecordsRse = ["SURFSARA_USERDISK", "UC_OSG_USERDISK"] }
            ).Input!.Rses,
            Is.EqualTo(new[] { "UC_OSG_USERDISK" })
        );

    [TestCase("exclude_tags", "messy", "messy", Reason.Tagged)]
    [TestCase("exclude_tags", "mess?", "messy", Reason.Tagged)]
    [TestCase("exclude_tags", "*ss*", "messy", Reason.Tagged)]
    [TestCase("exclude_tags", "Messy", "messy", Reason.ToBeMade)]
    [TestCase("exclude_tags", "messy", "bad", Reason.ToBeMade)]
    [TestCase("exclude_tags", "", "bad", Reason.ToBeMade)]
    [TestCase(null, null, "bad", Reason.Tagged)]
    [TestCase("include_tags", "_sr?", "_sr1", Reason.ToBeMade)]
    [TestCase("include_tags", "_sr0", "_sr1", Reason.TagNotIncluded)]
    [TestCase("include_tags", "_sr0", null, Reason.TagNotIncluded)]
    [TestCase("include_tags", "*", "bad", Reason.Tagged)]
    [TestCase("include_modes", "tpc_*", null, Reason.ToBeMade)]
    [TestCase("include_modes", "tpc_kr83m", null, Reason.ModeNotIncluded)]
    [TestCase("exclude_modes", "tpc_*", null, Reason.ModeExcluded)]
    [TestCase("include_sources", "none", null, Reason.ToBeMade)]
    [TestCase("include_sources", "ambe", null, Reason.SourceNotIncluded)]
    [TestCase("exclude_sources", "n?ne", null, Reason.SourceExcluded)]
    [TestCase("max_run_number", "7156", null, Reason.AboveMaxRunNumber)]
    [TestCase("max_run_number", "7157", null, Reason.ToBeMade)]
    public void Should_leave_out_what_is_restricted(string? key, string? value, string? tag, Reason reason)
    {
        ImmutableArray<string> names = value is null or "" ? [] : [value];
        OutsourceSettings Change(OutsourceSettings s) =>
            key switch
            {
                "exclude_tags" => s with { ExcludeTags = names },
                "include_tags" => s with { IncludeTags = names },
                "include_modes" => s with { IncludeModes = names },
                "exclude_modes" => s with { ExcludeModes = names },
                "include_sources" => s with { IncludeSources = names },
                "exclude_sources" => s with { ExcludeSources = names },
                "max_run_number" => s with { MaxRunNumber = int.Parse(value!, CultureInfo.InvariantCulture) },
                _ => s,
            };

        Assert.That(ReasonOf(Given.Run() with { Tags = tag is null ? [] : [tag] }, change: Change), Is.EqualTo(reason));
    }

    [Test]
    public void Should_let_options_replace_the_lists_of_the_configuration()
    {
        Assert.That(
            ReasonOf(Given.Run(), change: s => s with { IncludeModes = ["tpc_kr83m"], ExcludeModes = ["tpc_bkg"], Modes = ["tpc_bkg"] }),
            Is.EqualTo(Reason.ToBeMade)
        );
        Assert.That(
            ReasonOf(Given.Run(), change: s => s with { IncludeSources = ["ambe"], ExcludeSources = ["none"], Sources = ["none"] }),
            Is.EqualTo(Reason.ToBeMade)
        );
    }

    [Test]
    public void Should_match_a_pattern_in_the_time_of_both_lengths() =>
        Assert.That(NamePatterns.Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 5000)), Is.False);

    [Test]
    public void Should_take_the_parent_from_the_workflow_if_it_is_made_there()
    {
        var line = LineOf(Given.Run(), "event_info_double");

        Assert.That(line.Verdict.Reason, Is.EqualTo(Reason.ToBeMade));
        Assert.That(line.Input!.Kind, Is.EqualTo(InputKind.Workflow));
    }

    [Test]
    public void Should_take_a_stored_parent_where_it_is()
    {
        var run = WithRaw(Given.Entry("peaklets", "NIKHEF2_USERDISK"), Given.Entry("lone_hits"));
        var line = LineOf(run, "event_info_double");

        Assert.That(
            line.Input,
            Is.EqualTo(new PlannedInput(InputKind.Stored, "peaklets", "xnt_007157:peaklets-aaaaaaaaaa", line.Input!.Rses))
        );
        Assert.That(line.Input.Rses, Is.EqualTo(new[] { "NIKHEF2_USERDISK" }));
    }

    [Test]
    public void Should_not_plan_a_high_level_type_if_its_parent_cannot_be_had()
    {
        Assert.That(
            LineOf(WithRaw(), "event_info_double").Verdict,
            Is.EqualTo(new Verdict(Reason.ParentMissing, "peaklets is not stored, and no raw_records in the run document"))
        );
        Assert.That(
            ReasonOf(WithRaw(Given.Entry("peaklets", "CNAF_TAPE_USERDISK")), "event_info_double"),
            Is.EqualTo(Reason.ParentNotReadable)
        );
    }

    [Test]
    public void Should_let_the_job_make_the_parent_if_only_raw_data_is_there_and_the_parent_is_not_asked_for()
    {
        var line = LineOf(Given.Run(), "event_info_double", s => s with { DataTypes = ["event_info_double"] });

        Assert.That(line.Input!.Kind, Is.EqualTo(InputKind.MadeByJob));
        Assert.That(line.Input.Type, Is.EqualTo("raw_records"));
    }

    [Test]
    public void Should_tell_runs_named_outside_the_bounds()
    {
        Assert.That(ReasonOf(Given.Run(600), change: s => s with { Runs = [600] }), Is.EqualTo(Reason.BelowMinRunNumber));
        Assert.That(
            LineOf(Given.Run(700), change: s => s with { Runs = [700], From = 800, To = 900 }).Verdict,
            Is.EqualTo(new Verdict(Reason.OutsideRange, "run 700 is outside --from=800 --to=900"))
        );
    }

    [TestCase("2025-06-12T10:00:00", "2025-06-12", "2025-06-12", "to-be-made")]
    [TestCase("2025-06-12T10:00:00.123456", "2025-06-12T10:00", null, "to-be-made")]
    [TestCase("2025-06-11T23:59:59", "2025-06-12", null, "run 7157 started at 2025-06-11T23:59:59Z, outside --since=2025-06-12")]
    [TestCase(
        "2025-06-13T00:00:00",
        "2025-06-10T14:00",
        "2025-06-12",
        "run 7157 started at 2025-06-13T00:00:00Z, outside --since=2025-06-10T14:00:00Z --until=2025-06-12"
    )]
    [TestCase(null, "2025-06-12", null, "'start' is missing or not a time")]
    [TestCase("14:00", null, "2025-06-12", "'start' is '14:00', which is not a time")]
    [TestCase("2025-14-12T10:00:00", null, "2025-06-12", "'start' is '2025-14-12T10:00:00', which is not a time")]
    [TestCase(null, null, null, "to-be-made")]
    public void Should_decide_by_the_time_in_which_a_named_run_started(string? start, string? since, string? until, string verdict)
    {
        var line = LineOf(
            Given.Run() with { Start = start },
            change: s =>
                s with
                {
                    Runs = [7157],
                    Since = since is null ? null : TimeBound.Parse(since),
                    Until = until is null ? null : TimeBound.Parse(until),
                }
        );

        Assert.That(line.Verdict.Reason == Reason.ToBeMade ? "to-be-made" : line.Verdict.Detail, Is.EqualTo(verdict));
    }

    [Test]
    public void Should_leave_the_start_to_the_full_document_if_a_listing_does_not_show_it() =>
        Assert.That(
            Given
                .Loaded(s => s with { Runs = [7157], Since = TimeBound.Parse("2025-06-12") })
                .Rules()
                .OfRun(Given.Run() with { ListingOnly = true, Start = null }),
            Is.Null
        );

    [Test]
    public void Should_pass_on_the_fault_of_a_document_to_every_type()
    {
        var run = new RunDocument { Position = "line 4", Fault = new DocumentFault(Reason.NumberFaulty, "'number' is missing") };
        var lines = Given.Loaded().Rules().Decide(run);

        Assert.That(lines, Has.Length.EqualTo(7));
        Assert.That(lines.Select(l => l.Verdict.Outcome), Is.All.EqualTo(Outcome.FaultyDocument));
        Assert.That(lines.Select(l => l.Position), Is.All.EqualTo("line 4"));
    }
}
