using System.Globalization;
using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Files;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Explain;

/// <summary>Explain on the real host, on the demo's artifacts.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class ExplainTests
{
    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void Rehearse()
    {
        _demo = new DemoRun();
        var run = _demo.Run("--target=DryRun", "--name=d");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
    }

    [OneTimeTearDown]
    public void Remove() => _demo.Dispose();

    [Test]
    public void Should_say_what_the_ledger_says_if_every_run_is_explained()
    {
        // Explain refuses to explain what the rules do not say again; here every run of the demo is asked for.
        List<(int Run, string Type, string Code)> Lines(string file) =>
            [
                .. File.ReadLines(Path.Combine(_demo.Generated("d"), file))
                    .Skip(1)
                    .Select(l => JsonDocument.Parse(l).RootElement)
                    .Where(l => l.GetProperty("run").ValueKind == JsonValueKind.Number)
                    .Select(l =>
                        (l.GetProperty("run").GetInt32(), l.GetProperty("type").GetString()!, l.GetProperty("code").GetString()!)
                    ),
            ];
        var unplanned = Lines("unplanned.jsonl").ToDictionary(l => (l.Run, l.Type), l => l.Code);
        var ledger = Lines("ledger.jsonl").Select(l => (l.Run, l.Type, Code: unplanned.GetValueOrDefault((l.Run, l.Type), l.Code))).ToList();

        var run = _demo.Run("--target=Explain", "--name=d", $"--run={string.Join(',', ledger.Select(l => l.Run).Distinct())}");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        foreach (var its in ledger.GroupBy(l => l.Run))
        {
            var text = Part(run.Out, its.Key);
            var refused = its.Count(l => l.Code is not ("to-be-made" or "forced"));
            var cured = System
                .Text.RegularExpressions.Regex.Matches(text, "(?m)^    to change it(, (?<types>[a-z_, ]+))?:")
                .Sum(m =>
                    m.Groups["types"] is { Success: true, Value: var types } ? types.Split(", ").Length
                    : text.Contains("All 8 data types:", StringComparison.Ordinal) ? 8
                    : 1
                );
            Assert.That(cured, Is.EqualTo(refused), $"run {its.Key}: every no has its cure");
            foreach (var line in its)
            {
                Assert.That(text, Does.Match($@"(?m)^  ({line.Type}|All 8 data types): [a-z-]+, {line.Code} \("), $"run {its.Key}");
            }
        }
    }

    [Test]
    public void Should_begin_with_one_line_and_show_a_remedy_once()
    {
        var run = _demo.Run("--target=Explain", "--name=d", "--run=61086,61030");

        Assert.That(run.Out, Does.Match(@"\Arun 61030: peaklets, .* will be made \([0-9] of 8 data types\)\n\nRun 061030 "));
        Assert.That(
            run.Out,
            Does.Contain("\nrun 61086: nothing will be made: raw_records at CNAF_TAPE_USERDISK only, which is tape\n\nRun 061086 ")
        );
        Assert.That(run.Out, Does.Contain("    to change it: as for "));
        var part = Part(run.Out, 61086);
        var remedies = part.Split('\n').Where(l => l.StartsWith("    to change it: have ", StringComparison.Ordinal)).ToList();
        Assert.That(remedies, Is.Unique.And.Not.Empty);
    }

    [Test]
    public void Should_ask_the_services_and_touch_nothing_if_fresh()
    {
        using var demo = new DemoRun();

        var run = demo.Run("--target=Explain", "--run=61030,61999", "--fresh");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            run.Out,
            Does.Contain("\nRun 061030 asked again, as file:")
                .And.Contain("\n  peaklets: process, to-be-made (")
                .And.Contain("    jobs 5 x peaklets, ")
        );
        Assert.That(
            run.Out,
            Does.Contain("\n  All 8 data types: not-found, run-unknown (")
                .And.EndWith("\nOnly these runs were requested: it is unknown whether max_daily = 50 excludes them.\n")
        );
        Assert.That(Directory.Exists(demo.WorkDir) ? Directory.EnumerateFileSystemEntries(demo.WorkDir) : [], Is.Empty);
    }

    [Test]
    public void Should_say_what_changed_if_fresh_and_a_workflow_is_named()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=DryRun", "--name=d", "--from=61030").ExitCode, Is.Zero);
        var runs = Path.Combine(demo.Generated("d"), "runs.jsonl");
        var before = (File.ReadAllText(runs), Directory.GetFiles(demo.Generated("d")).Length);

        // The same services say something else of it now: another list of runs that the workflow's settings name.
        var settings = Path.Combine(demo.Generated("d"), "ledger.jsonl");
        File.WriteAllText(
            settings,
            File.ReadAllText(settings)
                .Replace(
                    "{\"run\":61030,\"type\":\"peaklets\",\"outcome\":\"process\",\"code\":\"to-be-made\",\"detail\":\"peaklets, "
                        + "lone_hits not stored yet\"",
                    "{\"run\":61030,\"type\":\"peaklets\",\"outcome\":\"input-missing\",\"code\":\"raw-not-transferred\",\"detail\":\"raw_records: "
                        + "transferring at UC_OSG_USERDISK\"",
                    StringComparison.Ordinal
                )
        );
        using (var ledger = File.Open(settings, FileMode.Open, FileAccess.ReadWrite))
        {
            Seal.Close(ledger);
        }

        var run = demo.Run("--target=Explain", "--run=61030,61007", "--fresh", "--name=d");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            run.Out,
            Does.Contain(
                "\n  peaklets: was raw-not-transferred (raw_records: transferring at UC_OSG_USERDISK) in workflow d, is to-be-made now\n"
            )
        );
        Assert.That(run.Out, Does.Contain("\n  peaklets: was not considered in workflow d, is outside-range now\n"));
        Assert.That((File.ReadAllText(runs), Directory.GetFiles(demo.Generated("d")).Length), Is.EqualTo(before));
        Assert.That(Directory.EnumerateFileSystemEntries(demo.WorkDir).Select(Path.GetFileName), Is.EqualTo(new[] { "generated" }));
    }

    [Test]
    public void Should_end_with_the_failure_if_fresh_and_the_service_fails()
    {
        using var demo = new DemoRun();

        var run = demo.Run("--target=Explain", "--run=61097", "--fresh");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((1, run.Error)));
        Assert.That(
            run.Error,
            Does.StartWith("Error: the source failed on 1 of 1 run. That is too many to decide; try again when file:")
        );
        Assert.That(Directory.Exists(demo.WorkDir) ? Directory.EnumerateFileSystemEntries(demo.WorkDir) : [], Is.Empty);
    }

    [Test]
    public void Should_explain_the_others_if_fresh_and_the_service_fails_on_one()
    {
        using var demo = new DemoRun();

        var run = demo.Run("--target=Explain", "--run=61097,61030", "--fresh");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("source-error, run-not-answered").And.Contain("  peaklets: process, to-be-made"));
    }

    [TestCase(61016, "remove the tag bad in the run database, if the run is good")]
    [TestCase(61088, "add CNAF_USERDISK, UC_DALI_USERDISK to raw_records_rse")]
    [TestCase(61027, "wait: raw_records is transferring to UC_OSG_USERDISK")]
    [TestCase(61004, "--force")]
    [TestCase(
        61086,
        "have raw_records copied to an RSE of raw_records_rse (UC_OSG_USERDISK, SDSC_USERDISK, SDSC_NSDF_USERDISK, NIKHEF2_USERDISK)"
    )]
    [TestCase(61011, "nothing: neutron_veto took no data in this run")]
    [TestCase(61020, "nothing, unless modes.yml (tables_folder) is changed: mode tpc_pmtgain makes only led_calibration")]
    [TestCase(61083, "a context whose raw_records has the run's hash: raw_records has hash k3zq7xwd5a, the context's is lg55ubjvak")]
    [TestCase(61107, "correct the run document: 'data' is an object, expected a list")]
    [TestCase(61098, "ask again: --target=DryRun --run=61098")]
    public void Should_say_what_would_change_it_if_it_is_not_processed(int run, string cure) =>
        Assert.That(_demo.Run("--target=Explain", "--name=d", $"--run={run}").Out, Does.Contain($"    to change it: {cure}\n"));

    [TestCase(61004, "--force")]
    [TestCase(61001, "--run=61001")]
    public void Should_be_processed_if_the_remedy_is_taken(int run, string cure)
    {
        Assert.That(_demo.Run("--target=Explain", "--name=d", $"--run={run}").Out, Does.Contain($"to change it: {cure}"));

        var again = _demo.Run("--target=DryRun", $"--name=cured{run}", $"--run={run}", cure);

        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("jobs for 1 run and"));
    }

    [Test]
    public void Should_say_it_of_each_type_if_what_lets_the_run_in_is_not_enough_for_all()
    {
        const string Mode = "--mode=tpc_commissioning_pmtgain";

        Assert.That(
            _demo.Run("--target=Explain", "--name=d", "--run=61025").Out,
            Does.Contain(
                "  All 8 data types: excluded, mode-excluded (the run's mode is in exclude_modes)\n    to change it, peaklets, "
                    + $"event_info_double: {Mode}\n    to change it, peak_basics_he: {Mode}\n             then: have raw_records_he in "
                    + "Rucio, at "
            )
        );

        Assert.That(_demo.Run("--target=DryRun", "--name=cured61025", "--run=61025", Mode).ExitCode, Is.Zero);
        Assert.That(
            File.ReadLines(Path.Combine(_demo.Generated("cured61025"), "ledger.jsonl"))
                .Where(l => l.Contains("\"outcome\":\"process\"", StringComparison.Ordinal))
                .Select(l => JsonDocument.Parse(l).RootElement.GetProperty("type").GetString()),
            Is.EqualTo(new[] { "peaklets", "event_info_double" })
        );
    }

    [TestCase(
        "transferring",
        "UC_DALI_USERDISK",
        "    to change it: wait: raw_records is transferring to UC_DALI_USERDISK\n             then: add UC_DALI_USERDISK to "
            + "raw_records_rse\n"
    )]
    [TestCase(
        "transferring",
        "CNAF_TAPE_USERDISK",
        "    to change it: wait: raw_records is transferring to CNAF_TAPE_USERDISK\n             then: have raw_records copied to an "
            + "RSE of raw_records_rse ("
    )]
    [TestCase(
        "error",
        "UC_OSG_USERDISK",
        "    to change it: have raw_records transferred again: its status is error at UC_OSG_USERDISK\n\n"
    )]
    public void Should_say_what_comes_after_a_transfer_if_it_is_not_enough(string status, string rse, string cures)
    {
        var runs = _demo.File(
            "transfer.jsonl",
            $$"""{"number":61700,"mode":"tpc_bkg","source":"none","start":"2025-01-01T00:00:00","end":"2025-01-01T01:00:00","detectors":["tpc"],"tags":[],"data":[{"type":"raw_records","host":"rucio-catalogue","location":"{{rse}}","did":"xnt_061700:raw_records-lg55ubjvak","status":"{{status}}"}]}"""
                + "\n"
        );

        var run = _demo.Run("--target=Explain", "--run=61700", "--fresh", $"--rundb=file:{runs}");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain(cures));
    }

    [Test]
    public void Should_show_decisions_in_order_if_run_is_processed()
    {
        var text = Part(_demo.Run("--target=Explain", "--name=d", "--run=61062").Out, 61062);

        Assert.That(
            text,
            Does.Match(
                @"(?s)yes document .*yes min-run-number .*yes tags .*yes mode .*  peaklets: process, to-be-made .*yes run-detectors .*yes raw-in-rucio .*yes raw-rse .*yes max-daily .*yes chunks +400 chunks, 10 per job\n    jobs 40 x peaklets, each 14,500 MB memory, 50 GB disk; 1 x combine, 60,000 MB memory, 120 GB disk\n    requirements HAS_SINGULARITY"
            )
        );
    }

    [Test]
    public void Should_say_what_is_wrong_if_runs_are_not_there()
    {
        var none = _demo.Run("--target=Explain", "--name=d");
        var word = _demo.Run("--target=Explain", "--name=d", "--run=last");
        var other = _demo.Run("--target=Explain", "--name=d", "--run=61999");

        Assert.That(
            (none.ExitCode, none.Error),
            Is.EqualTo((2, "Error: Explain needs the runs to explain: --run=7157, several separated by commas.\n"))
        );
        Assert.That(
            (word.ExitCode, word.Error),
            Is.EqualTo((2, "Error: --run=last is not a run number: give run numbers, such as --run=43014,43015, or a range, such as --run=43014-43020.\n"))
        );
        Assert.That(
            (other.ExitCode, other.Error),
            Is.EqualTo(
                (
                    2,
                    "Error: the run database had no run 61999 when workflow 'd' asked it (2025-05-14T12:00:00Z), so there is nothing "
                        + "to explain. Correct --run; --target=Explain --run=61999 --fresh asks the database again.\n"
                )
            )
        );
    }

    [Test]
    public void Should_name_the_workflow_that_considered_the_run_if_this_one_did_not()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=DryRun", "--name=all").ExitCode, Is.Zero);
        Assert.That(demo.Run("--target=DryRun", "--run=61030").ExitCode, Is.Zero);
        Assert.That(demo.Run("--target=DryRun", "--from=61100", "--name=late").ExitCode, Is.Zero);

        var (one, range, both) = (
            demo.Run("--target=Explain", "--name=061030", "--run=61031"),
            demo.Run("--target=Explain", "--name=late", "--run=61030,61031"),
            demo.Run("--target=Explain", "--name=late", "--run=3,70000")
        );

        Assert.That(
            (one.ExitCode, one.Error),
            Is.EqualTo(
                (
                    2,
                    "Error: workflow '061030' did not consider run 61031: it was made for run 61030 alone. Workflow 'all' considered "
                        + "it: --target=Explain --run=61031 --name=all\n"
                )
            )
        );
        Assert.That(
            range.Error,
            Is.EqualTo(
                "Error: workflow 'late' did not consider runs 61030, 61031: it was made for runs from 61100. Workflow 'all' "
                    + "considered them: --target=Explain --run=61030,61031 --name=all\n"
            )
        );
        Assert.That(
            both.Error,
            Does.Contain("Error: the run database had no run 70000 when workflow 'late' asked it (")
                .And.Contain(
                    "Error: workflow 'late' did not consider run 3: it was made for runs from 61100. --target=DryRun --run=3 "
                        + "considers it.\n"
                )
        );
    }

    private static string Part(string text, int run)
    {
        var at = text.IndexOf($"Run {run.ToString("D6", CultureInfo.InvariantCulture)} in workflow", StringComparison.Ordinal);
        Assert.That(at, Is.GreaterThanOrEqualTo(0), $"run {run}");
        var next = text.IndexOf("\nRun ", at, StringComparison.Ordinal);
        return next < 0 ? text[at..] : text[at..next];
    }
}
