using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// The demo, run on this machine by the program as an operator calls it: from the submission to the results, and what goes wrong on the
/// way. Nothing stands in for anything here.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalEngineTests
{
    private const string Records = "runs/straxen_v3.1.2/xenonnt_v14/w";

    private DirectoryInfo _root = null!;

    [SetUp]
    public void SetUp() => _root = Directory.CreateTempSubdirectory("outsource-local-");

    [TearDown]
    public void TearDown() => _root.Delete(recursive: true);

    [Test]
    public void Should_run_the_demo_to_its_end_if_nothing_is_configured()
    {
        var run = Program("--target=Submit", "--run=61030", "--name=w");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out + run.Error, Does.Contain("all 8 jobs of workflow 'w' are done"));
        Assert.That(
            Program("--target=Status", "--name=w", "--json").Out,
            Does.Contain("\"engine\": \"local\"").And.Contain("\"state\": \"succeeded\"").And.Contain("\"name\": \"the runner's lock\"")
        );
        Assert.That(Program("--target=Outputs", "--name=w").Out, Does.Contain("Outputs: 3 of 3 are made."));
        Assert.That(File.Exists(In("outputs/w/061030-output-event_info_double.tar.gz")));
        var report = Program("--target=Report", "--name=w");
        Assert.That(report.ExitCode, Is.Zero, report.Error);
    }

    [Test]
    public void Should_run_levels_to_their_end_if_the_plan_is_by_level()
    {
        var config = Path.Combine(Checkout.Root, "tasks", "demo", "xenon_config_by_level");

        var run = Program("--target=Submit", "--run=61030", "--name=l", $"--config={config}");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out + run.Error, Does.Match("all [0-9]+ jobs of workflow 'l' are done"));
    }

    [Test]
    public void Should_refuse_a_second_start_if_it_has_ended()
    {
        Assert.That(Program("--target=Submit", "--run=61030", "--name=w").ExitCode, Is.Zero);

        var again = Program("--target=Submit", "--run=61030", "--name=w");
        var reused = Program("--target=Submit", "--reuse", "--name=w");
        var resubmitted = Program("--target=Resubmit", "--name=w", "--yes");

        Assert.That((again.ExitCode, reused.ExitCode, resubmitted.ExitCode), Is.EqualTo((2, 2, 3)), again.Error + reused.Error);
    }

    [Test]
    public void Should_fail_and_go_on_if_a_job_fails_on_purpose()
    {
        var run = Program("--target=Submit", "--run=61030", "--name=w", "--local-fault=61030:peaklets:1=no-output");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Out);
        Assert.That(run.Error, Does.Contain("job of workflow 'w' failed").And.Contain("--target=Analyze --name=w shows why"));
        var analyzed = Program("--target=Analyze", "--name=w");
        Assert.That(analyzed.Out, Does.Contain("1 job failed").And.Contain("peaklets_061030-peaklets-0001"));
        Assert.That(Program("--target=Status", "--name=w", "--exit-code").ExitCode, Is.EqualTo(1));

        var resubmitted = Program("--target=Resubmit", "--name=w", "--yes");

        Assert.That(resubmitted.ExitCode, Is.Zero, resubmitted.Error);
        Assert.That(EndsOf("peaklets_061030-peaklets-0000"), Is.EqualTo(1), "what was done is not done again");
    }

    [Test]
    public void Should_hold_release_and_remove_if_asked_from_another_terminal()
    {
        var submit = Started("--target=Submit", "--run=61030", "--name=w", "--canary-sleep=2", "--slots=1");
        Await(() => Program("--target=Status", "--name=w").Out.Contains("running", StringComparison.Ordinal));

        Assert.That(Program("--target=Hold", "--name=w", "--yes").ExitCode, Is.Zero);
        Assert.That(Program("--target=Status", "--name=w").Out, Does.StartWith("Workflow w: held"));
        var second = Program("--target=Submit", "--reuse", "--name=w");
        Assert.That((second.ExitCode, second.Error), Is.EqualTo((2, second.Error)));
        Assert.That(second.Error, Does.Contain("its jobs run on this machine"));
        Assert.That(Program("--target=Release", "--name=w", "--yes").ExitCode, Is.Zero);
        Assert.That(Program("--target=Remove", "--name=w", "--yes").ExitCode, Is.Zero);

        var ended = submit.End();
        Assert.That(ended.ExitCode, Is.EqualTo(1), ended.Out);
        Assert.That(ended.Error, Does.Contain("workflow 'w' was removed"));
        Assert.That(Program("--target=Status", "--name=w").Out, Does.StartWith("Workflow w: removed"));
        var on = Program("--target=Resubmit", "--name=w", "--yes");
        Assert.That(on.ExitCode, Is.Zero, on.Error);
    }

    [Test]
    public void Should_go_on_where_it_was_if_the_program_was_killed()
    {
        string[] command = ["--target=Submit", "--run=61030", "--name=w", "--canary-sleep=2", "--slots=2"];
        var killed = Started(command);
        Await(() => EndsOf("peaklets_061030-peaklets-0000") == 1);
        Assert.That(ProgramRun.Start("kill", ["-KILL", $"{killed.Id}"]).End().ExitCode, Is.Zero);
        _ = killed.End();
        Assert.That(Program("--target=Status", "--name=w").Out, Does.Contain("it was killed"));

        var on = Program(command);

        Assert.That(on.ExitCode, Is.Zero, on.Error);
        Assert.That(EndsOf("peaklets_061030-peaklets-0000"), Is.EqualTo(1), "what was done is not done again");
        Assert.That(Program("--target=Status", "--name=w").Out, Does.StartWith("Workflow w: succeeded"));
    }

    [TestCase("--local-fault=61030:peaklets=burn", "--local-fault=61030:peaklets=burn is not a valid fault")]
    [TestCase("--engine=condor", "--engine=condor")]
    [TestCase("--slots=0", "slots")]
    public void Should_say_what_is_allowed_if_an_option_is_not_valid(string option, string words)
    {
        var run = Program("--target=Submit", "--run=61030", "--name=w", option);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(run.Error, Does.Contain(words));
        Assert.That(Directory.Exists(In("generated/w")), Is.False);
    }

    [Test]
    public void Should_refuse_options_of_this_machine_if_another_engine_runs_it()
    {
        var run = Program("--target=DryRun", "--run=61030", "--name=w", "--engine=pegasus", "--slots=2");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, "Error: --slots needs --engine=local: add it, or leave --slots out.\n")));
    }

    private string In(string path) => Path.Combine(_root.FullName, "work", path);

    /// <summary>How often a job ended, by the log of all starts.</summary>
    private int EndsOf(string node)
    {
        var log = Path.Combine(In(Records), "xenonnt-0.log");
        if (!File.Exists(log))
        {
            return 0;
        }

        var lines = File.ReadAllLines(log);
        var clusters = lines
            .Select((line, i) => (line, i))
            .Where(l => l.line.StartsWith("000 (", StringComparison.Ordinal))
            .Where(l => lines.Skip(l.i).Take(3).Any(b => b.TrimEnd().EndsWith($"DAG Node: {node}", StringComparison.Ordinal)))
            .Select(l => l.line[4..13])
            .ToList();
        return lines.Count(l => l.StartsWith("005 (", StringComparison.Ordinal) && clusters.Contains(l[4..13]));
    }

    private static void Await(Func<bool> done)
    {
        for (var tried = 0; !done(); tried++)
        {
            Assert.That(tried, Is.LessThan(600), "it never came");
            Thread.Sleep(200);
        }
    }

    private ProgramRun Program(params string[] args) => Started(args).End();

    private ProgramRun.RunningProgram Started(params string[] args)
    {
        var home = _root.CreateSubdirectory("home").FullName;
        return ProgramRun.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args],
            home,
            new Dictionary<string, string?> { ["HOME"] = home, ["OUTSOURCE_DEMO"] = In("") }
        );
    }
}
