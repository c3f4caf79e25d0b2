using System.Globalization;
using System.Text.RegularExpressions;
using CsCheck;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Pegasus.DagMan;
using Outsource.Foundation.Text;
using Outsource.Operator.List;
using Outsource.Operator.Outputs;
using Outsource.Operator.Statistics;
using Outsource.Operator.Status;
using Outsource.PegasusPlan.Preflight;
using Outsource.Tests.Engines.Pegasus.DagMan;
using Outsource.Tests.Fixtures;
using Outsource.Workflows.State;
using Spectre.Console;

namespace Outsource.Tests.Foundation.Text;

/// <summary>
/// Whatever the width: the first column is whole, no number is broken, nothing is left out, and nothing is wider than the terminal.
/// </summary>
[Category(TestFilter.Program)]
[TestFixture]
internal sealed class ReportTableTests
{
    private static readonly int[] Widths = [60, 80, 120];

    private static readonly string[] Names =
    [
        "a",
        "june",
        "2026-11-25-12",
        "a-workflow-of-a-colleague-with-a-name-of-his-own",
        new string('n', 64),
    ];

    [Test]
    public void Should_keep_what_it_must_if_it_is_narrow() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 6], Gen.Int[20, 140], Gen.Int[0, 1_000_000])
            .Sample(
                (columns, rows, width, seed) =>
                {
                    var random = new Random(seed);
                    string Word() => new((char)('a' + random.Next(26)), random.Next(1, 12));
                    var kinds = Enumerable.Range(0, columns).Select(i => i > 0 && random.Next(2) == 0).ToList();
                    var cells = Enumerable
                        .Range(0, rows)
                        .Select(r =>
                            Enumerable
                                .Range(0, columns)
                                .Select(c =>
                                    c == 0 ? $"row{r}{Word()}"
                                    : kinds[c] ? random.Next().ToString(CultureInfo.InvariantCulture)
                                    : string.Join(' ', Enumerable.Range(0, random.Next(1, 9)).Select(_ => Word()))
                                )
                                .ToList()
                        )
                        .ToList();
                    var (text, lines) = Drawn(
                        width,
                        console =>
                        {
                            var table = ReportTables.New(console, [.. kinds.Select((number, i) => $"{(number ? "#" : "")}Column {i}")]);
                            foreach (var row in cells)
                            {
                                table.AddRow(row.Select(c => (Cell)c));
                            }

                            console.Write(table);
                        }
                    );

                    Assert.That(
                        lines.Select(l => l.Length),
                        Is.All.LessThanOrEqualTo(Math.Max(width, lines.SelectMany(l => l.Split(' ')).Max(w => w.Length) + 2)),
                        text
                    );
                    foreach (var row in cells)
                    {
                        Assert.That(text, Does.Contain(row[0]));
                        Assert.That(
                            row.Where((_, i) => kinds[i]),
                            Is.All.Matches<string>(n => text.Contains(n, StringComparison.Ordinal)),
                            text
                        );
                    }

                    // Every letter of every cell is there: nothing was cut.
                    string Letters(string of) => new([.. of.Where(char.IsAsciiLetterLower).Order()]);
                    var shown = Letters(string.Concat(lines)).GroupBy(c => c).ToDictionary(g => g.Key, g => g.Count());
                    Assert.That(
                        Letters(string.Concat(cells.SelectMany(c => c))).GroupBy(c => c),
                        Is.All.Matches<IGrouping<char, char>>(g => shown.GetValueOrDefault(g.Key) >= g.Count()),
                        text
                    );
                }
            );

    [Test]
    public void Should_be_one_table_if_nobody_looks_at_a_width()
    {
        var (text, lines) = Drawn(
            1_000_000,
            console =>
            {
                var table = ReportTables.New(console, "Name", "Where");
                table.AddRow("a", new string('w', 5000));
                console.Write(table);
                console.Line(new string('l', 5000));
            }
        );

        Assert.That(lines, Has.Length.EqualTo(6), text);
        Assert.That(text, Does.Contain(new string('w', 5000)).And.Contain(new string('l', 5000)));
    }

    [Test]
    public void Should_show_line_ends_of_others_and_break_no_row()
    {
        var (text, lines) = Drawn(
            80,
            console =>
            {
                var table = ReportTables.New(console, "Name", "Said");
                table.AddRow("a", "one\n| forged | row |\r\n\u202Etwo");
                console.Write(table);
            }
        );

        Assert.That(lines, Has.Length.EqualTo(5), text);
        Assert.That(text, Does.Contain(@"one\n| forged | row |\r\n"));
    }

    [Test]
    public void Should_keep_the_names_of_workflows_in_list([ValueSource(nameof(Widths))] int width)
    {
        var states = Names
            .Select(name =>
                new SubmitFixture().Ended(SubmitFixture.Added).DagmanEnded(1).Read() with
                {
                    Name = name,
                    SubmitDirectory = $"/a/long/way/to/runs/straxen_v2.2.6/xenonnt_v14/{name}",
                }
            )
            .ToList();

        var (text, lines) = Drawn(width, new WorkflowList(states).Draw);

        Fits(text, lines, width, Names);
    }

    [Test]
    public void Should_keep_the_names_of_jobs_in_status_and_statistics([ValueSource(nameof(Widths))] int width)
    {
        var status = new SubmitFixture()
            .Ended(SubmitFixture.Added)
            .Ended(SubmitFixture.First, 1)
            .Held(SubmitFixture.Second)
            .DagmanEnded(1)
            .Read();
        status = status with
        {
            JobNames = [.. status.JobNames, new JobNameStatus("a_job_of_a_long_name_of_somebody", true, status.Counts)],
        };

        var (jobs, jobLines) = Drawn(width, new StatusReport(status).Draw);
        var (sums, sumLines) = Drawn(width, new RunStatistics(status).Draw);

        Fits(
            jobs,
            [.. jobLines.Where(l => l.StartsWith('|') || l.StartsWith('+'))],
            width,
            ["peaklets", "(stage_in)", "a_job_of_a_long_name_of_somebody", "total"]
        );
        Fits(sums, [.. sumLines.Where(l => l.StartsWith('|') || l.StartsWith('+'))], width, ["peaklets", "stage_in"]);
        Assert.That(sums, Does.Contain("0:02:00").And.Contain("2,400"));
    }

    [Test]
    public void Should_keep_runs_in_outputs_and_subjects_in_preflight([ValueSource(nameof(Widths))] int width)
    {
        OutputPlace[] rows =
        [
            new(
                7157,
                "event_info_double",
                NodeState.Done,
                null,
                null,
                [.. Enumerable.Range(0, 3).Select(i => $"xnt_007157:event_pattern_fit-{i}abcdefghij")],
                false
            ),
            new(43000, "peaklets", NodeState.Done, "/work/outputs/june/043000-output-peaklets.tar.gz", 1200, [], false),
        ];
        var (places, placeLines) = Drawn(width, console => OutputPlaces.Draw(console, rows));
        var (checks, checkLines) = Drawn(
            width,
            console =>
                CheckTable.Draw(
                    console,
                    [
                        new CheckResult(
                            "proxy time left",
                            CheckState.Failed,
                            "ended at 2026-11-25T10:00:00Z; at least 20 h are needed",
                            "Make a new one: voms-proxy-init -rfc -voms xenon.biggrid.nl -bits 2048 -hours 168 -out FILE."
                        ),
                    ]
                ),
            ansi: true
        );

        Fits(places, placeLines, width, ["007157", "043000"]);
        Assert.That(places, Does.Contain("0.0012"), "a little is not nothing");
        Fits(checks, checkLines, width, ["proxy time left"]);
    }

    [Test]
    public void Should_keep_first_columns_at_a_terminal([ValueSource(nameof(Widths))] int width)
    {
        using var demo = new DemoRun();
        var command =
            $"stty cols {width} rows 40; exec dotnet '{Path.Combine(AppContext.BaseDirectory, "outsource.dll")}' --target=DryRun "
            + "--demo --name=d";
        var run = Terminal.Run(
            ["sh", "-c", command],
            "",
            "",
            new Dictionary<string, string?>
            {
                ["OUTSOURCE_DEMO"] = demo.WorkDir,
                ["HOME"] = demo.Home,
                ["SOURCE_DATE_EPOCH"] = "1747224000",
            }
        );
        var lines = Regex.Replace(run.Out, @"\e\[[0-9;?]*[A-Za-z]", "").ReplaceLineEndings("\n").Split('\n');

        Assert.That(run.ExitCode, Is.Zero, run.Out);
        foreach (
            var first in new[] { "process", "already-processed", "input-missing", "combine", "events", "peaklets", "nv_hitlets", "total" }
        )
        {
            Assert.That(lines, Has.Some.Match($@"^│ {Regex.Escape(first)} +│"), first);
        }

        Assert.That(lines.Where(l => l.StartsWith('│')).Select(l => l.Length), Is.All.LessThanOrEqualTo(width));
        Assert.That(
            lines,
            Has.Some.StartWith("Image /cvmfs/").And.Some.Match("--target=WriteWorkflow --reuse --name=d --plan=[0-9a-f]{12} --demo$"),
            "a line is not broken, so that it can be copied"
        );
    }

    private static void Fits(string text, string[] lines, int width, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            Assert.That(
                lines,
                Has.Some.Match($@"^(?:[|│] *{Regex.Escape(name)} |{Regex.Escape(name)}$)"),
                $"{name} in {width} columns:\n{text}"
            );
        }

        Assert.That(lines.Where(l => l.StartsWith('|') || l.StartsWith('│')).Select(l => l.Length), Is.All.LessThanOrEqualTo(width), text);
    }

    private static (string Text, string[] Lines) Drawn(int width, Action<IAnsiConsole> draw, bool ansi = false)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
                Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = width;
        draw(console);
        var plain = Regex.Replace(text.ToString(), @"\e\[[0-9;?]*[A-Za-z]", "");
        return (plain, plain.TrimEnd('\n').Split('\n'));
    }
}
