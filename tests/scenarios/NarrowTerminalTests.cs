using System.Text.RegularExpressions;
using Outsource.Build.Hosting;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Text;
using Outsource.Tests.Docs;

namespace Outsource.Tests.Scenarios;

/// <summary>Every table of the program as a person sees it, at terminals of several widths and of less ability.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class NarrowTerminalTests
{
    /// <summary>The commands that draw tables, on a machine where nothing is configured, and where a workflow has failed.</summary>
    private const string Demo = """
        ./build.sh --target=DryRun --name=d
        ./build.sh --target=WriteWorkflow --reuse --name=d
        ./build.sh --target=Runs
        ./build.sh --target=Locate --run=61030
        ./build.sh --target=Explain --run=61086
        ./build.sh --target=DryRun --name=l --config=tasks/demo/xenon_config_by_level
        ./build.sh --target=WriteWorkflow --name=r --run=61030 --payload=canary --config=tasks/demo/xenon_config_by_level
        ./build.sh --target=Relay --name=r --no-fetch --debug --payload=canary --config=tasks/demo/xenon_config_by_level || true
        ./build.sh --target=Context --straxen-version=4.0.0 --asked=events_nv
        ./build.sh --target=Submit --run=61030 --name=here
        ./build.sh --target=Submit --run=61062 --name=many --set chunks_per_job=10 >/dev/null 2>&1
        ./build.sh --target=Calibrate --name=many
        ./build.sh --target=List

        """,
        Failed = """
            ./build.sh --target=DryRun --name=old-plan >/dev/null
            find "$OUTSOURCE_DEMO/generated/old-plan" -exec touch -d 2025-01-01 {} +
            ./build.sh --target=Status --name=test
            mkdir -p "$OUTSOURCE_DEMO/outputs/test"
            echo '{"run": 61030, "level": "lower", "data_types": ["peaklets"], "peak_memory_mb": 2100}' \
                >"$OUTSOURCE_DEMO/outputs/test/061030-lower-0_10.resources.json"
            ./build.sh --target=Statistics --name=test
            ./build.sh --target=Outputs --name=test
            ./build.sh --target=Reconcile --name=test || true
            touch "$OUTSOURCE_DEMO/outputs/test/061030-output-event_basics.tar.gz"
            ./build.sh --target=Unpack --name=test || true
            ./build.sh --target=Usage --name=test --staging="$OUTSOURCE_DEMO/outputs/test"
            ./build.sh --target=Analyze --name=test
            ./build.sh --target=Doctor --name=test
            ./build.sh --target=List
            ./build.sh --target=Clean --older-than=1d </dev/null || true
            ./build.sh --target=Preflight --run=61030 || true

            """;

    /// <summary>First cells, each in the table that has it.</summary>
    private static readonly string[] DemoKeys =
        [
            "process",
            "already-processed",
            "input-missing",
            "combine",
            "nv_hitlets",
            "total",
        ],
        FailedKeys = ["peaklets", "(stage_in)", "stage_in", "total"];

    [TestCase(60)]
    [TestCase(80)]
    [TestCase(160)]
    public void Should_keep_first_columns_whole_at_a_terminal(int width)
    {
        using var fresh = new World("fresh");
        using var failed = new World("failed");

        var demo = Lines(fresh.AtTerminal($"stty cols {width} rows 40\n{Demo}"));
        var desk = Lines(failed.AtTerminal($"stty cols {width} rows 40\n{Failed}"));

        string[] both = [.. demo, .. desk];
        Assert.That(both.Where(IsOfTable).Select(l => l.Length), Is.All.LessThanOrEqualTo(width), string.Join('\n', both));
        Assert.That(
            DemoKeys.Where(k => !demo.Any(l => Regex.IsMatch(l, $"^│ {Regex.Escape(k)} "))),
            Is.Empty,
            string.Join('\n', demo)
        );
        Assert.That(
            FailedKeys.Where(k => !desk.Any(l => Regex.IsMatch(l, $"^(│ )?{Regex.Escape(k)}( |$)"))),
            Is.Empty,
            string.Join('\n', desk)
        );
        Assert.That(
            demo,
            Has.Some.StartWith("Image /cvmfs/").And.Some.Match("--target=WriteWorkflow --reuse --name=d --plan=[0-9a-f]{12}$"),
            "a line is not broken, so that it can be copied"
        );
        if (width == 160)
        {
            Assert.That(
                Shapes.Where(s => !both.Any(l => IsOfTable(l) && s.Columns[0].Name.Split(' ').All(l[..Math.Min(l.Length, 60)].Contains))),
                Is.Empty,
                "a table that no command here draws\n" + string.Join('\n', both)
            );
        }
    }

    [Test]
    public void Should_write_only_ascii_if_the_locale_has_no_more()
    {
        using var fresh = new World("fresh");
        using var failed = new World("failed");

        var demo = fresh.AtTerminal($"{Plain}stty cols 80 rows 40\n{Demo}\n./build.sh --help\n./build.sh --target=DryRun --help\n");
        var desk = failed.AtTerminal(
            $"{Plain}stty cols 80 rows 40\n{Failed}\n./build.sh --target=Nowhere || true\n./build.sh --tree\n"
        );
        var pipe = fresh.Bash($"{Plain}./build.sh --target=Runs --json\n./build.sh --target=Resubmit || true\n");

        AssertAscii(demo, desk, pipe);
        Assert.That(demo.Out, Does.Contain("| already-processed |").And.Contain("..."), "tables are there");
    }

    [TestCase("export TERM=dumb\n")]
    [TestCase("export LC_ALL=de_DE.ISO-8859-1\n")]
    public void Should_write_only_ascii_if_the_terminal_has_no_more(string setting)
    {
        using var fresh = new World("fresh");

        var run = fresh.AtTerminal($"{setting}stty cols 80 rows 40\n./build.sh --target=DryRun --name=d\n./build.sh --target=List\n");

        AssertAscii(run);
        Assert.That(run.Out, Does.Contain("| already-processed |"), "tables are there");
    }

    private const string Plain = "export LC_ALL=C\n";

    private static void AssertAscii(params Build.ProgramRun[] runs)
    {
        foreach (var run in runs)
        {
            Assert.That(run.ExitCode, Is.Zero, run.Out);
            Assert.That(run.Out.Split('\n').Where(l => !l.All(char.IsAscii)), Is.Empty);
        }
    }

    private static IEnumerable<TableShape> Shapes =>
        new[] { typeof(OutsourceContext).Assembly, typeof(Screen).Assembly }
            .SelectMany(a => a.GetTypes())
            .Where(t => t.IsSubclassOf(typeof(TableShape)))
            .Select(t => (TableShape)Activator.CreateInstance(t)!);

    private static bool IsOfTable(string line) => line.Length > 0 && line[0] is '│' or '╭' or '├' or '╰' or '|' or '+';

    private static string[] Lines(Build.ProgramRun run)
    {
        Assert.That(run.ExitCode, Is.Zero, run.Out);
        return Regex.Replace(run.Out, @"\e\[[0-9;?]*[A-Za-z]|[^\n]*\r(?!\n)", "").ReplaceLineEndings("\n").Split('\n');
    }
}
