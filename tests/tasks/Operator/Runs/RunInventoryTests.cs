using System.Globalization;
using System.Text.RegularExpressions;
using Outsource.Foundation.Errors;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Operator.Runs;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Tests.Fixtures;
using Spectre.Console;

namespace Outsource.Tests.Operator.Runs;

internal sealed class RunInventoryTests
{
    private static readonly int[] Widths = [60, 80];

    [Test]
    public void Should_count_runs_by_mode_source_and_detectors_whatever_their_order()
    {
        var counted = Count(
            null,
            Given.Run(7000) with { Detectors = ["tpc", "muon_veto"] },
            Given.Run(7009) with { Detectors = ["muon_veto", "tpc"] },
            Given.Run(7003) with { Mode = "tpc_kr83m", Source = "kr-83m" },
            Given.Run(7004) with { Source = null }
        );

        Assert.That(
            counted.Kinds,
            Is.EqualTo(
                new[]
                {
                    new TallyRow<RunKind>(new RunKind("tpc_bkg", "none", "muon_veto, tpc"), 2, 7000, 7009),
                    new TallyRow<RunKind>(new RunKind("tpc_bkg", "", "tpc"), 1, 7004, 7004),
                    new TallyRow<RunKind>(new RunKind("tpc_kr83m", "kr-83m", "tpc"), 1, 7003, 7003),
                }
            )
        );
    }

    [Test]
    public void Should_count_a_tag_and_a_type_of_a_run_once_if_it_has_them_twice()
    {
        var counted = Count(
            null,
            Given.Run(7000) with { Tags = ["_sr1", "_sr1"], Data = [Given.Entry("peaklets"), Given.Entry("peaklets", "CNAF_USERDISK")] },
            Given.Run(7001) with { Data = [Given.Entry("peaklets", status: "transferring")] },
            Given.Run(7002) with { Data = [new DataEntry("peaklets", "xe1t-daq", "/data", null, "transferred")] }
        );

        Assert.That(counted.Tags, Is.EqualTo(new[] { new TallyRow<string>("_sr1", 1, 7000, 7000) }));
        Assert.That(counted.Untagged, Is.EqualTo(2));
        Assert.That(counted.Types, Is.EqualTo(new[] { new StoredType("peaklets", new TallyRow<string>("peaklets", 3, 7000, 7002), 1) }));
    }

    [TestCase("mode", 2, 2)]
    [TestCase("source", 1, 3)]
    [TestCase("detector", 3, 1)]
    public void Should_count_only_what_a_filter_asks_for(string filter, int runs, int leftOut)
    {
        var counted = Count(
            s =>
                filter switch
                {
                    "mode" => s with { Modes = ["tpc_bkg"] },
                    "source" => s with { Sources = ["kr-83m"] },
                    _ => s with { Detector = "tpc" },
                },
            Given.Run(7000),
            Given.Run(7001) with { Detectors = ["neutron_veto"] },
            Given.Run(7002) with { Mode = "tpc_kr83m", Source = "kr-83m" },
            Given.Run(7003) with { Mode = "tpc_x", Source = null }
        );

        Assert.That((counted.Runs, counted.LeftOut), Is.EqualTo((runs, leftOut)));
    }

    [Test]
    public void Should_name_faulty_documents_and_doubles_and_runs_that_are_not_there()
    {
        RunDocument Broken(int line) => new() { Position = $"line {line}", Fault = new DocumentFault(Reason.NotJson, "cut\u202e off") };
        var counted = Count(
            s => s with { Runs = [7000, 7001, 7002] },
            Given.Run(7000),
            Given.Run(7000) with { Mode = "tpc_other" },
            Given.Run(7001) with { Data = [], Fault = new DocumentFault(Reason.DataFaulty, "'data' is a number") },
            Broken(4),
            Broken(5),
            Broken(6),
            Broken(7)
        );

        Assert.That((counted.Runs, counted.Doubles), Is.EqualTo((2, 1)), "a document of which only the data is faulty counts");
        Assert.That(counted.Missing, Is.EqualTo(new[] { 7002 }));
        Assert.That(
            counted.Faulty.Select(f => (f.Reason, f.Documents)),
            Is.EquivalentTo(new[] { (Reason.NotJson, 4L), (Reason.DataFaulty, 1L) })
        );
        var remarks = new RunsAnswer(counted, Given.Settings with { Runs = [7000, 7001, 7002] }, "file:x").Remarks.ToList();
        Assert.That(
            remarks,
            Has.Some.StartsWith("not-json: 4 documents, ").And.Some.Contains("(line 4: cut\\u202e off; ").And.Some.EndsWith("; and 1 more).")
        );
        Assert.That(remarks, Has.Member("file:x does not have 1 run of those named: 7002."));
    }

    [Test]
    public async Task Should_fail_if_the_source_told_of_no_run()
    {
        var source = new Listed([new() { Number = 7000, Fault = new DocumentFault(Reason.RunNotAnswered, "timed out") }]);

        await Assert.ThatAsync(
            () => new RunInventory(Given.Settings).CountAsync(source, new RunScope(0, null, null, []), new Said(), default),
            Throws.TypeOf<OutsourceException>().With.Message.StartsWith("the source failed on 1 run and returned no other run.")
        );

        Assert.That(source.Asked!.AllTypes, Is.True, "types that the configuration does not name are counted too");
    }

    [Test]
    public void Should_hold_no_more_values_than_its_bound_and_say_so()
    {
        var counted = Count(
            null,
            [
                .. Enumerable
                    .Range(0, RunInventory.Most + 5)
                    .Select(i => Given.Run(7000 + i) with { Mode = $"m{i}", Tags = [$"t{i}", new string('x', 5000)] }),
            ]
        );
        var text = Drawn(80, counted);

        Assert.That(counted.Kinds.Count(), Is.EqualTo(RunInventory.Most));
        Assert.That(counted.Others.Kinds, Is.EqualTo(5));
        Assert.That(counted.Tags.First().Value, Has.Length.EqualTo(101), "a value is cut");
        Assert.That(text.Split('\n').Count(l => l.StartsWith("| m", StringComparison.Ordinal)), Is.EqualTo(RunsReport.Most));
        Assert.That(text, Does.Contain("and 9,950 combinations more (--json and --tsv have up to 10,000).\n"));
        Assert.That(text, Does.Contain("and more than 10,000 in all: 5 runs with others are not in the table.\n"));
    }

    [Test]
    public void Should_cover_what_others_wrote([Values] bool tsv)
    {
        var counted = Count(
            null,
            Given.Run(7000) with { Mode = "a\tb\u001b[2J", Source = "s\nfake\trow", Tags = ["token=abcdefgh", "\u202etag"] }
        );

        var text = tsv ? Tsv(counted) : Drawn(120, counted);

        Assert.That(text, Does.Contain("a b\\u001b[2J").And.Contain("s\\nfake row").And.Contain("token=***").And.Contain("\\u202etag"));
        if (tsv)
        {
            Assert.That(text.TrimEnd('\n').Split('\n').Select(l => l.Count(c => c == '\t')), Is.All.EqualTo(7));
        }
    }

    [Test]
    public void Should_write_a_header_and_a_line_for_each_value_if_tsv() =>
        Assert.That(
            Tsv(
                Count(
                    null,
                    Given.Run(7000) with { Tags = ["_sr1"] },
                    Given.Run(7001),
                    new RunDocument { Position = "line 3", Fault = new DocumentFault(Reason.NotJson, "x") }
                )
            ),
            Is.EqualTo(
                "what\tname\tsource\tdetectors\truns\tstored\tfirst\tlast\n"
                    + "mode\ttpc_bkg\tnone\ttpc\t2\t\t7000\t7001\n"
                    + "tag\t_sr1\t\t\t1\t\t7000\t7000\n"
                    + "data_type\traw_records\t\t\t2\t2\t7000\t7001\n"
                    + "faulty\tnot-json\t\t\t1\t\t\t\n"
            )
        );

    [Test]
    public void Should_keep_modes_whole_and_rows_apart_if_it_is_narrow([ValueSource(nameof(Widths))] int width)
    {
        string[] modes = ["tpc_commissioning_pmtgain", "nVeto_LED_calibration", "rn220_linked"];
        var counted = Count(
            null,
            [
                .. modes.SelectMany(
                    (mode, i) =>
                        new[]
                        {
                            Given.Run(43000 + i) with { Mode = mode, Source = "rn-220", Detectors = ["tpc", "neutron_veto", "muon_veto"] },
                            Given.Run(52000 + i) with { Mode = mode, Source = "LED", Tags = ["a_tag_of_somebody_that_is_long"] },
                        }
                ),
            ]
        );

        // In a table, or where it is too narrow for one, in paragraphs.
        var lines = Drawn(width, counted).Split('\n');

        Assert.That(lines.Where(l => l.StartsWith('|')).Select(l => l.Length), Is.All.LessThanOrEqualTo(width));
        foreach (var mode in modes)
        {
            Assert.That(lines.Count(l => Regex.IsMatch(l, $"^(\\| )?{mode}([, ]|$)")), Is.EqualTo(2), mode);
        }

        Assert.That(
            lines.Count(l => l.Contains("rn-220", StringComparison.Ordinal)),
            Is.EqualTo(3),
            "once in each row\n" + string.Join('\n', lines)
        );
        Assert.That(lines, Has.Some.StartsWith("| a_tag_of_somebody_that_is_long ").And.Some.Contains("52000-52002"));
    }

    private static RunInventory Count(Func<OutsourceSettings, OutsourceSettings>? change, params RunDocument[] runs)
    {
        var inventory = new RunInventory(change is null ? Given.Settings : change(Given.Settings));
        foreach (var run in runs)
        {
            inventory.Add(run);
        }

        return inventory;
    }

    private static string Tsv(RunInventory counted)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        RunsTsv.Write(text, new RunsAnswer(counted, Given.Settings, "file:x"));
        return text.ToString();
    }

    private static string Drawn(int width, RunInventory counted)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = width;
        new RunsAnswer(counted, Given.Settings, "file:x").Write(console, new CommandOptions());
        return text.ToString();
    }

    private sealed class Listed(RunDocument[] runs) : IRunSource
    {
        public RunScope? Asked { get; private set; }

        public string Name => "list";

        public QueryCost Cost => new(runs.Length, 0);

        public async IAsyncEnumerable<RunDocument> QueryAsync(
            RunScope scope,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
        )
        {
            Asked = scope;
            await Task.Yield();
            foreach (var run in runs)
            {
                yield return run;
            }
        }
    }
}
