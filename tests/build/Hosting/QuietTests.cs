using Newtonsoft.Json.Linq;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Build.Hosting;

/// <summary>
/// <c>--verbosity=quiet</c> on the real host: results and errors, nothing else. What needs a workflow that was started is in
/// OperationTests.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class QuietTests
{
    private const string Quiet = "--verbosity=quiet",
        Name = "2025-05-14";

    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        _demo = new DemoRun();
        Assert.That(_demo.Run("--target=DryRun").ExitCode, Is.Zero);
        Assert.That(_demo.Run("--target=DryRun", "--name=other").ExitCode, Is.Zero);
    }

    [OneTimeTearDown]
    public void TearDown() => _demo.Dispose();

    [Test]
    public void Should_print_the_report_alone_if_dry_run()
    {
        var (normal, quiet) = (_demo.Run("--target=DryRun"), _demo.Run("--target=DryRun", Quiet));

        Assert.That(quiet.Out, Does.StartWith("+---").And.Contain("792 lines = 99 runs considered"));
        Assert.That((quiet.ExitCode, quiet.Error), Is.EqualTo((0, "")));

        // On the way to it the others say a line each.
        Assert.That(normal.Out, Does.EndWith("\n\n" + quiet.Out));
        Assert.That(
            normal.Out[..^quiet.Out.Length].Trim().Split('\n').Select(l => l.Split([':', ' '])[0]),
            Is.EqualTo(new[] { "No", "LoadConfig", "QueryRuns", "FilterModes", "PlanChunks" })
        );
    }

    [TestCase("--target=List")]
    [TestCase("--target=Status", "--name=" + Name)]
    [TestCase("--target=Explain", "--run=61086", "--name=" + Name)]
    [TestCase("--target=Diff", "--name=" + Name, "--with=other")]
    public void Should_print_the_same_if_all_of_it_is_the_result(params string[] arguments)
    {
        var (normal, quiet) = (_demo.Run(arguments), _demo.Run([.. arguments, Quiet]));

        Assert.That(quiet.Out, Is.EqualTo(normal.Out).And.Not.Empty);
        Assert.That((quiet.ExitCode, quiet.Error), Is.EqualTo((0, "")));
    }

    [TestCase("LoadConfig", @"LoadConfig: plan by-type .*\n")]
    [TestCase("QueryRuns", @"QueryRuns: 99 runs in range, .*\n")]
    [TestCase("FilterModes", @"FilterModes: 50 of 99 runs selected; .*\n")]
    [TestCase("PlanChunks", @"PlanChunks: 424 jobs for 49 runs and 2,299 chunks\.\n")]
    [TestCase("WriteWorkflow", @"WriteWorkflow: .*/generated/only-WriteWorkflow/workflow\.yml: 424 jobs, .*\n")]
    [TestCase("Draw", @"Draw: .*/draw\.svg\n")]
    [TestCase("Outputs", @"(?s)\+---.*\nOutputs: 0 of 169 are made\..*\n")]
    [TestCase("Report", @"Report: .*/report\.html .*\n")]
    [TestCase("Init", @"Init: .* is written; .*\n")]
    public void Should_print_its_own_word_alone_if_asked_for_by_itself(string target, string result)
    {
        string[] more = target switch
        {
            "Init" => ["--config=" + Path.Combine(_demo.Folder, "made")],
            "Draw" or "Outputs" or "Report" => [$"--name={Name}"],
            _ => [$"--name=only-{target}"],
        };

        var run = _demo.Run([$"--target={target}", Quiet, .. more]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Match($@"\A{result}\z"));
    }

    [Test]
    public void Should_print_the_document_alone_if_json()
    {
        var run = _demo.Run("--target=DryRun", "--json", Quiet);

        Assert.That((string?)JObject.Parse(run.Out)["schema"], Does.StartWith("outsource/"));
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
    }

    [Test]
    public void Should_show_checks_and_errors_if_preflight_fails()
    {
        var run = _demo.Run("--target=Preflight", "--engine=pegasus", Quiet);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(
            run.Out.Trim().Split('\n').Select(l => l.Split(' ')[0]).Distinct(),
            Is.SubsetOf(new[] { "ok", "warning", "FAILED" }).And.Not.Empty
        );
        Assert.That(run.Error, Does.StartWith("Error: ").And.Contain("Fix these before submitting"));
    }

    [TestCase(2, "Error: there is no workflow 'none'", "--target=Status", "--name=none")]
    [TestCase(3, "Error: nothing to do: no run has a data type to process.", "--target=DryRun", "--run=61025", "--name=idle")]
    [TestCase(2, "Error: unknown", "--target=DryRun", "--taget=x")]
    public void Should_still_show_errors_if_something_is_wrong(int code, string error, params string[] arguments)
    {
        var run = _demo.Run([.. arguments, Quiet]);

        Assert.That(run.ExitCode, Is.EqualTo(code));
        Assert.That(run.Error, Does.StartWith(error));
    }

    [Test]
    public void Should_list_the_tasks_if_cakes_dry_run() =>
        Assert.That(_demo.Run("--dryrun", "--target=QueryRuns", Quiet).Out, Does.Contain("1. LoadConfig").And.Contain("2. QueryRuns"));
}
