using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CsCheck;
using Outsource.Build.Hosting;
using Outsource.Foundation.Text;
using Spectre.Console;

namespace Outsource.Tests.Foundation.Text;

/// <summary>
/// Whatever the width: keys are whole, no number is broken, no line is wider than the terminal unless it is one word, and what is left out
/// is said. Held by every table of the program: each is a <see cref="TableShape"/>, and only <see cref="ReportTable"/> draws one.
/// </summary>
[TestFixture]
internal sealed class ReportTableTests
{
    private const string Note = "Columns left out at this width: ";

    private static readonly int[] Widths = [40, 60, 80, 100, 160];

    private static readonly string[] Keys =
    [
        "a",
        "june",
        "2026-11-25-12",
        "nv_event_positions",
        "ラドン220の校正",
        "a-workflow-of-a-colleague-with-a-name-of-his-own",
        new string('n', 64),
    ];

    private static readonly string[] Numbers = ["0", "-", "1,234,567", "18,446,744,073,709,551,615"];

    private static readonly string[] Sentences =
    [
        "",
        "run 61024: raw_records at CNAF_TAPE_USERDISK only, which is tape",
        "宇宙線ミューオンの測定、較正なし、明日もう一度",
        "one\n| forged | row |\r\n\u202Etwo",
        new string('w', 300),
    ];

    private static readonly string[] Paths =
    [
        "-",
        "/work/outputs/june/043000-output-peaklets.tar.gz",
        "/a/long/way/to/runs/straxen_v2.2.6/xenonnt_v14/a-workflow-of-a-colleague-with-a-name-of-his-own/00/00",
        "voms-proxy-init -rfc -voms xenon.biggrid.nl -bits 2048 -hours 168 -out /home/somebody/user_cert",
    ];

    /// <summary>Every table of the program: a new one is held to the same by being there.</summary>
    private static IEnumerable<TableShape> Shapes =>
        new[] { typeof(OutsourceContext).Assembly, typeof(Screen).Assembly }
            .SelectMany(a => a.GetTypes())
            .Where(t => t.IsSubclassOf(typeof(TableShape)))
            .Select(t => (TableShape)Activator.CreateInstance(t)!);

    [Test]
    public void Should_keep_keys_whole_and_say_what_is_left_out_in_every_table(
        [ValueSource(nameof(Shapes))] TableShape shape,
        [ValueSource(nameof(Widths))] int width,
        [Values(0, 1, 40)] int rows
    )
    {
        var cells = Enumerable.Range(0, rows).Select(r => shape.Columns.Select((c, i) => Nasty(c, r + i)).ToList()).ToList();

        Holds(shape, cells, width);
    }

    [Test]
    public void Should_keep_what_it_must_if_any_columns_are_at_any_width() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[0, 6], Gen.Int[20, 160], Gen.Int[0, 1_000_000])
            .Sample(
                (columns, rows, width, seed) =>
                {
                    var random = new Random(seed);
                    var kinds = Enum.GetValues<ColumnKind>();
                    var shape = new Columns([
                        .. Enumerable
                            .Range(0, columns)
                            .Select(i => new Column($"Column {i}", i == 0 ? ColumnKind.Key : kinds[random.Next(1, kinds.Length)]))
                            .Select((c, i) => i > columns / 2 ? c.LeftOut(columns - i) : c),
                    ]);
                    var cells = Enumerable
                        .Range(0, rows)
                        .Select(_ => shape.Columns.Select(c => Nasty(c, random.Next(100))).ToList())
                        .ToList();

                    Holds(shape, cells, width);
                }
            );

    [Test]
    public void Should_be_one_table_if_nobody_looks_at_a_width()
    {
        var (text, lines) = Drawn(
            1_000_000,
            console =>
            {
                console.Write(Of(new Columns(Column.Key("Name"), Column.Exact("Where").LeftOut(1)), ["a", new string('w', 5000)]));
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
            console => console.Write(Of(new Columns(Column.Key("Name"), Column.Text("Said")), ["a", "one\n| forged | row |\r\n\u202Etwo"]))
        );

        Assert.That(lines, Has.Length.EqualTo(5), text);
        Assert.That(text, Does.Contain(@"one\n| forged | row |\r\n"));
    }

    [Test]
    public void Should_leave_out_in_order_if_it_is_narrow()
    {
        var shape = new Columns(
            Column.Key("Job"),
            Column.Number("Jobs").LeftOut(2),
            Column.Text("Unused").IfUsed(),
            Column.Number("Memory, MB").LeftOut(1),
            Column.Number("Disk")
        );

        string Drawing(int width) => Drawn(width, console => console.Write(Of(shape, ["peaklets", "198", "-", "14,500", "9"]))).Text;

        Assert.That(
            Drawing(39),
            Is.EqualTo(
                """
                +----------+------+------------+------+
                | Job      | Jobs | Memory, MB | Disk |
                |----------+------+------------+------|
                | peaklets |  198 |     14,500 |    9 |
                +----------+------+------------+------+

                """
            )
        );
        Assert.That(
            Drawing(36),
            Is.EqualTo(
                """
                +----------+------+---------+------+
                | Job      | Jobs | Memory, | Disk |
                |          |      |      MB |      |
                |----------+------+---------+------|
                | peaklets |  198 |  14,500 |    9 |
                +----------+------+---------+------+

                """
            )
        );
        Assert.That(
            Drawing(30),
            Is.EqualTo(
                """
                +----------+------+------+
                | Job      | Jobs | Disk |
                |----------+------+------|
                | peaklets |  198 |    9 |
                +----------+------+------+
                Columns left out at this
                width: Memory, MB. All: a
                wider terminal, a pipe, or
                --json.

                """
            )
        );
        Assert.That(Drawing(25), Does.StartWith("+----------+------+\n| Job      | Disk |\n"));
        Assert.That(Drawing(18), Is.EqualTo("Job:\npeaklets\n  Jobs: 198\n  Disk: 9\n  Memory, MB:\n    14,500\n"));
    }

    [Test]
    public void Should_be_cards_if_the_columns_that_stay_are_too_wide()
    {
        var shape = new Columns(Column.Key("Run"), Column.Key("Type"), Column.Text("State"), Column.Number("MB"), Column.Exact("Where"));

        var (text, _) = Drawn(
            40,
            console =>
                console.Write(
                    Of(
                        shape,
                        ["043000", "peaklets", "done", "1,200.0", "/work/outputs/june/043000-output-peaklets.tar.gz"],
                        ["043001", "event_basics", "failed", "-", "not transferred yet (stage-out)"]
                    )
                )
        );

        Assert.That(
            text,
            Is.EqualTo(
                """
                Run, Type:
                043000, peaklets
                  State: done; MB: 1,200.0
                  Where:
                    /work/outputs/june/043000-output-peaklets.tar.gz
                043001, event_basics
                  State: failed
                  Where: not transferred yet (stage-out)

                """
            )
        );
    }

    [Test]
    public void Should_be_ascii_if_the_terminal_has_no_more()
    {
        var (text, lines) = Drawn(
            60,
            console =>
            {
                console.Profile.Capabilities.Unicode = false;
                console.Write(Of(new Columns(Column.Key("Name"), Column.Text("Said")), ["ラドン", "a …, then → b"]));
            },
            ansi: true
        );

        Assert.That(text, Is.All.Matches<char>(char.IsAscii));
        Assert.That(text, Does.Contain(@"| \u30e9\u30c9\u30f3 | a ..., then -> b |"));
        Assert.That(lines.Select(l => l.Length).Distinct().Count(), Is.EqualTo(1), text);
    }

    [Test]
    public void Should_refuse_columns_without_a_key_or_an_order()
    {
        Assert.That(() => new Columns(Column.Number("Lines")), Throws.ArgumentException);
        Assert.That(() => new Columns(Column.Key("Name").LeftOut(1)), Throws.ArgumentException);
        Assert.That(() => new Columns(Column.Key("Name"), Column.Text("A").LeftOut(2)), Throws.ArgumentException);
    }

    private static void Holds(TableShape shape, List<List<string>> cells, int width)
    {
        var (text, lines) = Drawn(width, console => console.Write(Of(shape, [.. cells])));

        Assert.That(
            lines.Where(l => WordWrap.Width(l) > width),
            Is.All.Matches<string>(l => !l.Trim().Contains(' ', StringComparison.Ordinal) && !l.StartsWith('|')),
            $"only one word, to be copied, may be wider:\n{text}"
        );
        var note = string.Join(' ', lines.SkipWhile(l => !l.StartsWith("Columns left", StringComparison.Ordinal)));
        var isCards = cells.Count > 0 && !lines[0].StartsWith('+');
        var words = lines.SelectMany(l => l.Split(['|', ' '], StringSplitOptions.RemoveEmptyEntries)).ToHashSet();
        foreach (var (row, column, at) in cells.SelectMany(r => shape.Columns.Select((c, i) => (r, c, i))))
        {
            if (column.LeftOutAs is not null && note.Contains(column.Name, StringComparison.Ordinal))
            {
                continue;
            }

            var shown = UntrustedText.OneLine(row[at]);
            if (column.Kind == ColumnKind.Key && !isCards)
            {
                var cell = at == 0 ? $"| {shown} " : $" {shown} ";
                Assert.That(lines, Has.Some.Contains(cell), $"{column.Name} in {width} columns:\n{text}");
            }
            else if (column.Kind != ColumnKind.Text)
            {
                var wanted = (shown is "-" ? "" : shown).Split(' ', StringSplitOptions.RemoveEmptyEntries);
                Assert.That(
                    wanted.Where(w => !words.Contains(w) && !words.Contains(w + ";") && !words.Contains(w + ",")),
                    Is.Empty,
                    $"{column.Name} in {width} columns:\n{text}"
                );
            }
        }

        // What is not there is in the note, and nothing that is there.
        var flat = string.Join(' ', lines.TakeWhile(l => !l.StartsWith("Columns left", StringComparison.Ordinal)));
        Assert.That(note, note.Length == 0 ? Is.Empty : Does.StartWith(Note).And.Contain("a wider terminal, a pipe"));
        if (cells.Count > 0 && note.Length == 0)
        {
            Assert.That(
                shape.Columns.Where((c, i) => c.Kind != ColumnKind.Key && !c.OnlyIfUsed && cells.Any(r => r[i] is not ("" or "-"))),
                Is.All.Matches<Column>(c => c.Name.Split(' ').All(w => flat.Contains(w, StringComparison.Ordinal))),
                text
            );
        }
    }

    private static string Nasty(Column column, int at)
    {
        var values = column.Kind switch
        {
            ColumnKind.Key => Keys,
            ColumnKind.Number => Numbers,
            ColumnKind.Text => Sentences,
            _ => Paths,
        };
        return values[at % values.Length];
    }

    private static ReportTable Of(TableShape shape, params List<List<string>> rows)
    {
        var table = new ReportTable(shape);
        foreach (var row in rows)
        {
            table.AddRow(row.Select(c => (Cell)c));
        }

        return table;
    }

    /// <summary>A table of the test.</summary>
    private sealed class Columns(params ImmutableArray<Column> columns) : TableShape("--json", columns);

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
