using System.Text.Json;
using System.Text.Json.Nodes;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Reconcile;

/// <summary>The whole program, with a RunDB of the real protocol and a snapshot of Rucio.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class ReconcileTests
{
    private const string Rse = "UC_OSG_USERDISK";

    private DemoRun _demo = null!;
    private FakeRunDb _rundb = null!;
    private string _config = "",
        _hash = "";

    [SetUp]
    public async Task SetUpAsync()
    {
        _demo = new DemoRun();
        var demo = Path.Combine(AppContext.BaseDirectory, "demo");
        _hash = JsonNode
            .Parse(await File.ReadAllTextAsync(Path.Combine(demo, "contexts.json")))!
            .AsArray()
            .First(c => (string?)c!["name"] == "xenonnt_v14" && (string?)c["tag"] == "2025.05.3")!["hashes"]!["peaklets"]!.GetValue<string>();
        _rundb = await FakeRunDb.StartAsync([Run(61001, Entry(61001)), Run(61002), Run(61003, Entry(61003)), Run(61004)]);
        _config = _demo.File(
            "config",
            (await File.ReadAllTextAsync(Path.Combine(demo, ".xenon_config")))
                .Replace(
                    "rundb_api_url = http://rundb.invalid:5000",
                    $"rundb_api_url = {_rundb.Server.Address}\nrundb_api_password = {FakeRunDb.Password}",
                    StringComparison.Ordinal
                )
                .Replace("rundb_api_user = demo", $"rundb_api_user = {FakeRunDb.User}", StringComparison.Ordinal)
                .Replace("rundb = file:runs.jsonl", "rundb = rest", StringComparison.Ordinal)
                .Replace("file:rucio.jsonl", $"file:{_demo.Folder}/rucio.jsonl", StringComparison.Ordinal)
                .Replace("context_file = contexts.json", $"context_file = {demo}/contexts.json", StringComparison.Ordinal)
        );

        // 61001 is loadable, 61002 is not entered, 61003 is only entered, 61004 is nowhere.
        _demo.File("rucio.jsonl", Dataset(61001) + Dataset(61002));
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _rundb.DisposeAsync();
        _demo.Dispose();
    }

    [Test]
    public async Task Should_show_what_it_would_do_and_do_it_only_if_told()
    {
        var shown = Run();

        Assert.That(shown.ExitCode, Is.EqualTo(1), shown.Error + shown.Out);
        Assert.That(shown.Out, Does.Match("[|] loadable +[|] +1 [|]").And.Match("[|] all +[|] +4 [|]"));
        Assert.That(shown.Out, Does.Match("[|] 061002 +[|] peaklets +[|] not-entered +[|].*[|] enter +[|]"));
        Assert.That(shown.Out, Does.Match("make-again.txt'? --set dtypes=peaklets [^\n]* '?--config="));
        Assert.That(shown.Error, Does.Contain("1 of 4 datasets agree. 2 steps can be done with --yes."));
        Assert.That(_rundb.Server.Requests.Select(r => r.Path), Has.None.StartWith("/run/"));

        var done = Run("--yes", "--json");

        Assert.That(done.ExitCode, Is.EqualTo(1), done.Error);
        var promised = await NJsonSchema.JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "reconcile.schema.json"));
        Assert.That(promised.Validate(done.Out).Select(e => e.ToString()), Is.Empty);
        using var json = JsonDocument.Parse(done.Out);
        Assert.That(json.RootElement.GetProperty("agree").GetInt32(), Is.EqualTo(2));
        Assert.That(
            json.RootElement.GetProperty("done").EnumerateArray().Select(d => $"{d.GetProperty("kind")} {d.GetProperty("state")}"),
            Is.EqualTo(new[] { "enter done", "remove-entry done" })
        );
        Assert.That(_rundb.DataOf(61002).Count, Is.EqualTo(1));
        Assert.That(_rundb.DataOf(61003).Count, Is.Zero);
        Assert.That(
            await File.ReadAllLinesAsync(Path.Combine(_demo.WorkDir, "reconcile", "make-again.txt")),
            Is.EqualTo(new[] { "61003", "61004" })
        );
        Assert.That(await File.ReadAllLinesAsync(Path.Combine(_demo.WorkDir, "reconcile", "repairs.jsonl")), Has.Length.EqualTo(4));
    }

    [Test]
    public void Should_agree_if_all_is_loadable_and_leave_out_what_nobody_has()
    {
        var run = Run(["--run=61001,61004"], []);

        Assert.That(run.ExitCode, Is.Zero, run.Error + run.Out);
        Assert.That(run.Out, Does.Contain("Reconcile: 2 runs 61001, 61004: 1 of 1 dataset agree."));
    }

    [Test]
    public void Should_say_what_a_workflow_has_made()
    {
        var submit = _demo.Run("--target=Submit", "--run=61030", "--name=n");
        Assert.That(submit.ExitCode, Is.Zero, submit.Error);

        var run = _demo.Run("--target=Reconcile", "--name=n");
        var report = _demo.Run("--target=Report", "--name=n");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Out, Does.Match("[|] nowhere +[|]").And.Contain("a canary made it, which uploads nothing"));
        Assert.That(report.ExitCode, Is.Zero, report.Error);
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("n"), "report.html")), Does.Contain("<h2 id=\"reconcile\">Loadable</h2>"));
    }

    [Test]
    public void Should_know_the_levels_of_a_plan_by_level()
    {
        var config = Path.Combine(AppContext.BaseDirectory, "demo", "xenon_config_by_level");
        var plan = _demo.Run("--target=WriteWorkflow", "--run=61030", "--name=l", $"--config={config}", "--payload=canary");
        Assert.That(plan.ExitCode, Is.Zero, plan.Error);

        var run = _demo.Run("--target=Reconcile", "--name=l", $"--config={config}", "--types=peaklets");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Out, Does.Match("[|] 061030 +[|] peaklets +[|] nowhere +[|]"));
        Assert.That(run.Out, Does.Contain("--set include_data_types=peaklets "));
    }

    [TestCase("--name=n --run=61030", 2, "Pass one kind")]
    [TestCase("--run=61030 --types=peaklet", 2, "did you mean 'peaklets'?")]
    [TestCase("--run=61030 --metadata=many", 2, "--metadata=many is not a number of files")]
    [TestCase("--run=61999 --types=peaklets", 1, "the RunDB has no run 061999")]
    [TestCase("--run=x", 2, "--run=x is not a run number")]
    [TestCase("--name=nothing", 2, "nothing")]
    public void Should_say_what_is_wrong(string words, int code, string why)
    {
        var run = _demo.Run(["--target=Reconcile", .. words.Split(' ')]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((code, run.Error)), run.Out);
        Assert.That(run.Error + run.Out, Does.Contain(why));
    }

    [Test]
    public void Should_change_nothing_if_the_run_database_is_a_snapshot()
    {
        var runs = _demo.File("runs.jsonl", Run(61002) + "\n");

        var run = Run(["--run=61002"], ["--types=peaklets", $"--rundb=file:{runs}", "--yes"]);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Error);
        Assert.That(run.Out, Does.Match("[|] 061002 +[|] peaklets +[|] not-entered +[|]"));
        Assert.That(run.Error, Does.Contain("entries are only changed over its REST interface"));
    }

    private ProgramRun Run(params string[] more) => Run(["--from=61001", "--to=61004", "--types=peaklets"], more);

    private ProgramRun Run(string[] runs, string[] more) => _demo.Run(["--target=Reconcile", $"--config={_config}", .. runs, .. more]);

    private static string Run(int number, string entry = "") =>
        $$"""{"number": {{number}}, "mode": "tpc_bkg", "detectors": ["tpc"], "start": "2025-05-01T00:00:00", "data": [{{entry}}]}""";

    private string Entry(int run) =>
        $$"""{"type": "peaklets", "host": "rucio-catalogue", "location": "{{Rse}}", "did": "xnt_{{run:D6}}:peaklets-{{_hash}}", "status": "transferred"}""";

    private string Dataset(int run)
    {
        var dataset = FakeDataset.Complete($"xnt_{run:D6}:peaklets-{_hash}", 2, Rse);
        dataset.Folder = Directory.CreateDirectory(Path.Combine(_demo.Folder, "rse")).FullName;
        File.WriteAllText(Path.Combine(dataset.Folder, $"peaklets-{_hash}-metadata.json"), dataset.Metadata(2));
        return dataset.Snapshot();
    }
}
