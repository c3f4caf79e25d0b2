using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Runs;

/// <summary>Runs as typed, on the demo.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class RunsTests
{
    private DemoRun _demo = null!;

    [SetUp]
    public void Begin() => _demo = new DemoRun();

    [TearDown]
    public void Remove()
    {
        var left = Directory.Exists(_demo.WorkDir) ? Directory.GetFileSystemEntries(_demo.WorkDir) : [];
        _demo.Dispose();
        Assert.That(left, Is.Empty, "it leaves nothing that counts as a plan, nor anything else");
    }

    [Test]
    public void Should_show_what_there_is_and_name_what_is_faulty()
    {
        var run = _demo.Run("--target=Runs");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match(@"(?m)^\d+ runs of file:.*/runs\.jsonl \(runs 61000 and up\)\.\n"));
        Assert.That(run.Out, Does.Match(@"(?m)^\| tpc_noise +\| none +\| tpc +\| +1 \| 61\d+ +\|$"), "exclude_modes does not apply");
        Assert.That(run.Out, Does.Match(@"(?m)^\| rn220_linked +\| rn-220 +\| muon_veto +\| +2 \| 61\d+-61\d+ +\|$"));
        Assert.That(run.Out, Does.Match(@"(?m)^\| bad +\| +1 \| 610\d+ +\|$"));
        Assert.That(run.Out, Does.Match(@"(?m)^\| raw_records +\| +\d+ \| +\d+ \| 61\d+-61\d+ +\|$"));
        Assert.That(run.Out, Does.Match(@"(?m)^not-json: 1 document, .*\(line \d+: .*\)\.$"));
        Assert.That(run.Out, Does.Contain("\n2 documents of runs that were counted already are not counted again.\n"));
    }

    [Test]
    public void Should_count_what_is_selected_by_number_and_filter()
    {
        var run = _demo.Run("--target=Runs", "--from=61010", "--to=61040", "--mode=tpc_kr83m", "--source=kr-83m", "--detector=tpc", "--tsv");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.That(lines[0], Is.EqualTo("what\tname\tsource\tdetectors\truns\tstored\tfirst\tlast"));
        Assert.That(lines.Where(l => l.StartsWith("mode\t", StringComparison.Ordinal)), Is.All.StartsWith("mode\ttpc_kr83m\tkr-83m\ttpc\t"));
        Assert.That(
            lines.Skip(1).Select(l => l.Split('\t')).Where(c => c[0] == "mode"),
            Is.Not.Empty.And.All.Matches<string[]>(c => string.CompareOrdinal(c[6], "61010") >= 0 && string.CompareOrdinal(c[7], "61040") <= 0)
        );
    }

    [TestCase("no run is in range: runs 70000 and up of file:", "--from=70000")]
    [TestCase(" are in range, but none with --mode=tpc_bgk. --target=Runs without it shows what there is.\n", "--mode=tpc_bgk")]
    public void Should_end_with_3_if_there_is_nothing(string sentence, string argument)
    {
        var run = _demo.Run("--target=Runs", argument);

        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(run.Error, Does.Contain(sentence));
    }

    [TestCase("--json", "--tsv")]
    [TestCase("--name=x")]
    [TestCase("--force")]
    [TestCase("--exclusive")]
    public void Should_refuse_what_it_cannot_heed(params string[] options)
    {
        var run = _demo.Run(["--target=Runs", .. options]);

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.EndWith("Nothing was run.\n"));
    }
}
