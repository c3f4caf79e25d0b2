using Outsource.Tests.Build;

namespace Outsource.Tests.Submission;

/// <summary>The real host with stand-ins for Pegasus and HTCondor: whatever happens, a workflow has one DAG.</summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class SubmitTests
{
    private static readonly string[] Submit = ["--target=Submit", "--name=w"];

    private static readonly string[] Whole = ["submission begun", "plan begun", "plan done", "start begun", "start done", "submission done"];

    private StandInGrid _grid = null!;

    [SetUp]
    public void SetUp() => _grid = new StandInGrid();

    [TearDown]
    public void TearDown() => _grid.Dispose();

    [Test]
    public void Should_PlanAndStartOnceAndRefuseTheSecondTime_If_Submitted()
    {
        var run = _grid.Host(Submit);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("PegasusRun: workflow 'w' is submitted (cluster 24, "));
        Assert.That(_grid.Journal("w"), Is.EqualTo(Whole));
        Assert.That(File.ReadAllText(_grid.Generated("w", "submission.yml")), Does.StartWith("schema: outsource/submission/1\n").And.Contain("cluster: 24\n").And.Contain("found_out: false\n"));
        Assert.That(File.ReadAllText(_grid.Generated("w", "planned.yml")), Does.StartWith("schema: outsource/planned/1\n").And.Contain("pegasus_version: \"5.1.2\"\n"));
        Assert.That(File.ReadAllText(_grid.Generated("w", "pegasus-plan.log")), Does.EndWith("[exit code 0]\n"));

        foreach (var again in new[] { Submit, [.. Submit, "--force"], [.. Submit, "--reuse"] })
        {
            var second = _grid.Host(again);
            Assert.That(second.ExitCode, Is.EqualTo(2), second.Out);
            Assert.That(second.Error, Does.StartWith("Error: workflow 'w' is left alone: its DAG is in HTCondor's queue (cluster 24 of xenon, running)."));
        }

        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Should_SayThatItIsSubmittedAndNoMore_If_Quiet()
    {
        var run = _grid.Host([.. Submit, "--verbosity=quiet"]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Match(@"\APegasusRun: workflow 'w' is submitted \(cluster 24, .*\)\.\n\z"));
    }

    [Test]
    public void Should_PrintTheCommandAlone_If_QuietAndDebug()
    {
        var run = _grid.Host([.. Submit, "--debug", "--verbosity=quiet"]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Match(@"\APegasusRun: not started, as --debug was given\. To start it: .*\n\z"));
    }

    [TestCase("version")]
    [TestCase("queue-2")]
    [TestCase("plan-before")]
    [TestCase("plan-middle")]
    [TestCase("plan-after")]
    [TestCase("run-before")]
    [TestCase("run-after")]
    public void Should_CompleteWithOneDag_If_KilledInAProgram(string point)
    {
        // It kills the host, waits a little, and goes on as an orphan while the same command is given again.
        var killed = _grid.Host(Submit, ("KILL_AT", point), ("LINGER", "0.5"));
        Assert.That(killed.ExitCode, Is.EqualTo(137));

        var again = _grid.Host(Submit);
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("going on with it").And.Contain("WriteWorkflow: reused"));
        Assert.That(_grid.Started, Is.EqualTo(1));
        Assert.That(_grid.Journal("w")[^1], Is.EqualTo("submission done"));
        Assert.That(File.Exists(_grid.Generated("w", "submission.yml")));
        Assert.That(_grid.Host(Submit).ExitCode, Is.EqualTo(2));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_CompleteWithOneDag_If_KilledBetweenAnyTwoLinesOfTheJournal()
    {
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        var journal = _grid.Generated("w", "journal.jsonl");
        var lines = File.ReadAllLines(journal);

        // What is on disk if the command was killed right after writing so many lines; the DAG was started before line 5.
        foreach (var kept in new[] { 5, 4 })
        {
            File.WriteAllText(journal, string.Concat(lines.Take(kept).Select(l => l + "\n")) + lines[kept][..20]);
            File.Delete(_grid.Generated("w", "submission.yml"));

            var again = _grid.Host(Submit);
            Assert.That(again.ExitCode, Is.Zero, again.Error);
            Assert.That(again.Out, Does.Contain("had been started already by a command that was stopped before it could say so (cluster 24, "));
            Assert.That(File.ReadAllText(_grid.Generated("w", "submission.yml")), Does.Contain("found_out: true\n"));
            Assert.That(_grid.Started, Is.EqualTo(1));
        }

        // Killed before it was started: as if it never had been.
        foreach (var kept in new[] { 3, 2, 1 })
        {
            _grid.EndDags();
            Directory.EnumerateFiles(_grid.Pool, "job.*").Concat(Directory.EnumerateFiles(_grid.Work, "*.dagman.log", SearchOption.AllDirectories)).ToList().ForEach(File.Delete);
            File.WriteAllText(journal, string.Concat(lines.Take(kept).Select(l => l + "\n")));
            File.Delete(_grid.Generated("w", "submission.yml"));
            if (kept < 3)
            {
                File.Delete(_grid.Generated("w", "planned.yml"));
            }

            var again = _grid.Host(Submit);
            Assert.That(again.ExitCode, Is.Zero, again.Error);
            Assert.That(again.Out, Does.Contain(kept == 3 ? "PegasusPlan: reused the plan" : "PegasusPlan: emptied '"));
            Assert.That(_grid.Started, Is.EqualTo(1));
        }
    }

    [Test]
    public void Should_FindOutThatItHasEnded_If_KilledAndTheDagIsThrough()
    {
        Assert.That(_grid.Host(Submit, ("KILL_AT", "run-after")).ExitCode, Is.EqualTo(137));
        _grid.EndDags();

        var again = _grid.Host(Submit);
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(_grid.Host(Submit).Error, Does.Contain("its DAG has ended"));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_GoOnWithTheSameWorkflow_If_ItsNameWasMadeFromTheDate()
    {
        string[] submit = ["--target=Submit", "--run=61070,61022"];
        Assert.That(_grid.Host(submit, ("KILL_AT", "run-before"), ("SOURCE_DATE_EPOCH", "1748736000")).ExitCode, Is.EqualTo(137));

        // The next day.
        var again = _grid.Host(submit, ("SOURCE_DATE_EPOCH", "1748822400"));
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("had done with workflow '2025-06-01': going on with it."));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_StartOneDag_If_TwoSubmitAtOnce()
    {
        ProgramRun.RunningProgram[] both = [_grid.Start(Submit), _grid.Start(Submit)];
        var codes = both.Select(b => b.End().ExitCode).Order().ToArray();

        Assert.That(codes, Is.EqualTo(new[] { 0, 2 }));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Should_SayWhyAndGoOnLater_If_PlannerFails()
    {
        var fault = Path.Combine(TestContext.CurrentContext.TestDirectory, "transcripts", "34-fault-missing-rc.txt");
        var failed = _grid.Host(Submit, ("FAIL_PLAN", fault));

        Assert.That(failed.ExitCode, Is.EqualTo(1));
        Assert.That(failed.Error, Does.StartWith("Error: pegasus-plan failed (exit code 1). The replica catalog does not say where the input 'f.0' of job 'step1_ID0001' lies")
            .And.Contain("Can't determine a location to transfer input file for lfn f.0").And.Contain($"All it said is in '{_grid.Generated("w", "pegasus-plan.log")}'."));
        Assert.That(_grid.Journal("w"), Is.EqualTo(new[] { "submission begun", "plan begun", "plan failed" }));

        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_StartNothingAndGoOnLater_If_PegasusRunOrTheScheddFails()
    {
        var silent = _grid.Host(Submit, ("NO_SCHEDD", "1"));
        Assert.That(silent.ExitCode, Is.EqualTo(1));
        Assert.That(silent.Error, Does.Contain("schedd: condor_q failed with exit code 1: Error: unknown host nohost."));

        var failed = _grid.Host(Submit, ("FAIL_RUN", "1"));
        Assert.That(failed.ExitCode, Is.EqualTo(1));
        Assert.That(failed.Error, Does.StartWith("Error: pegasus-run failed (exit code 1), so 'w' was not started:"));
        Assert.That(_grid.Started, Is.Zero);

        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_PlanAndSayHowToStart_If_Debug()
    {
        var run = _grid.Host([.. Submit, "--debug"]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("PegasusRun: not started, as --debug was given. To start it: '").And.Contain("pegasus-run"));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((0, 1)));
    }

    [Test]
    public void Should_PlanAnewIntoAnEmptiedDirectory_If_ForcedAfterItsEnd()
    {
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        _grid.EndDags();

        Assert.That(_grid.Host(Submit).ExitCode, Is.EqualTo(2));
        var forced = _grid.Host([.. Submit, "--force"]);

        Assert.That(forced.ExitCode, Is.Zero, forced.Error);
        Assert.That(forced.Out, Does.Contain("PegasusPlan: emptied '").And.Contain("cluster 25, "));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((2, 2)));
    }

    [Test]
    public void Should_SubmitTheVeryPlanOfTheDryRun_If_Reused()
    {
        Assert.That(_grid.Host(["--target=DryRun", "--name=w"]).ExitCode, Is.Zero);

        var run = _grid.Host([.. Submit, "--reuse"]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("QueryRuns: reused").And.Contain("PlanChunks: reused"));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_RefuseTheDemo_If_NotAskedForInSoManyWords()
    {
        var home = Directory.CreateDirectory(Path.Combine(_grid.Root, "home")).FullName;
        var run = ProgramRun.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), "--target=Submit", "--run=61070"], home, new Dictionary<string, string?> { ["HOME"] = home, ["OUTSOURCE_DEMO"] = _grid.Work }).End();

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("Error: --target=Submit would submit the embedded demo, whose runs are invented."));
    }

    [Test]
    public void Should_ShowATableAndTheCure_If_Preflight()
    {
        var well = _grid.Host(["--target=Preflight"]);
        Assert.That(well.ExitCode, Is.Zero, well.Error);
        Assert.That(well.Out, Does.Contain("0 failed."));

        var ill = _grid.Host(["--target=Preflight"], ("NO_SCHEDD", "1"));
        Assert.That(ill.ExitCode, Is.EqualTo(1));
        Assert.That(ill.Out, Does.Contain("FAILED"));
        Assert.That(ill.Error, Does.Contain("1 failed. Nothing is submitted before these are cured:"));
    }
}
