using System.Text.RegularExpressions;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>The plan that was read is the plan that is submitted, by the real host.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class ReadPlanTests
{
    private const string Day = "2025-05-14";

    [Test]
    public void Should_keep_the_plan_and_its_next_step_if_another_is_made_on_the_same_day()
    {
        using var demo = new DemoRun();
        var first = demo.Run("--target=DryRun");
        var second = demo.Run("--target=DryRun", "--mode=tpc_bkg");
        var again = demo.Run("--target=DryRun", "--mode=tpc_bkg");

        Assert.That(
            second.Out,
            Does.Contain($"\nplan '{Day}' was made with other options or settings and stays unchanged; this one is '{Day}-2'.\n")
        );
        Assert.That((NextStep(first)[1], NextStep(second)[1]), Is.EqualTo(($"--reuse", "--reuse")));
        Assert.That((NextStep(first)[2], NextStep(second)[2]), Is.EqualTo(($"--name={Day}", $"--name={Day}-2")));
        Assert.That(NextStep(again), Is.EqualTo(NextStep(second)), "the same options, the same plan");
        Assert.That(Directory.EnumerateDirectories(Path.Combine(demo.WorkDir, "generated")).Count(), Is.EqualTo(2));

        foreach (var shown in new[] { first, second })
        {
            var written = demo.Run(NextStep(shown));
            Assert.That(written.ExitCode, Is.Zero, written.Error);
            Assert.That(written.Out, Does.Contain("PlanChunks: reused "));
        }
    }

    [Test]
    public void Should_print_a_next_step_that_finds_the_plan_if_work_dir_was_set_for_the_call()
    {
        using var demo = new DemoRun();
        var elsewhere = Directory.CreateTempSubdirectory("outsource-").FullName;
        try
        {
            var shown = demo.Run("--target=DryRun", "--run=61030", "--set", $"work_dir={elsewhere}");
            var written = demo.Run(NextStep(shown));

            Assert.That(written.ExitCode, Is.Zero, written.Error);
            Assert.That(File.Exists(Path.Combine(elsewhere, "generated", "061030", "workflow.yml")), Is.True);
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [Test]
    public void Should_continue_by_that_name_if_a_workflow_is_named_by_its_date()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=WriteWorkflow").ExitCode, Is.Zero);

        var named = demo.Run("--target=WriteWorkflow", "--reuse", $"--name={Day}");

        Assert.That(named.ExitCode, Is.Zero, named.Error);
        Assert.That(named.Out, Does.Contain("WriteWorkflow: reused "));
    }

    [Test]
    public void Should_refuse_if_the_plan_is_not_the_one_that_was_shown()
    {
        using var demo = new DemoRun();
        var shown = NextStep(demo.Run("--target=DryRun", "--name=mine"));
        Assert.That(
            demo.Run("--target=DryRun", "--name=mine", "--mode=tpc_bkg").Out,
            Does.Contain(
                "\nplan 'mine' was made with other options or settings (mode was (none), now tpc_bkg) and is replaced by this one.\n"
            )
        );

        var late = demo.Run(shown);

        Assert.That(late.ExitCode, Is.EqualTo(2), late.Out);
        Assert.That(
            late.Error,
            Does.StartWith($"Error: the plan 'mine' has changed: {shown[3]} is requested, it is now ")
                .And.Contain("Nothing was submitted.")
        );
        Assert.That(File.Exists(Path.Combine(demo.Generated("mine"), "workflow.yml")), Is.False);
    }

    [Test]
    public void Should_say_how_many_jobs_are_there_only_because_of_it_if_forced()
    {
        using var demo = new DemoRun();

        var forced = demo.Run("--target=DryRun", "--force");

        Assert.That(forced.Out + forced.Error, Does.Match(@"[1-9][0-9]* jobs of [0-9,]+ exist only because of --force: "));
        Assert.That(demo.Run("--target=DryRun").Error, Does.Not.Contain("only because of"));
    }

    [TestCase("y\n", 0)]
    [TestCase("yes\n", 0)]
    [TestCase("n\n", 3)]
    [TestCase("maybe\n", 3)]
    [TestCase("\u0004", 3)]
    public void Should_show_totals_and_ask_if_several_runs_are_submitted_at_a_terminal(string answer, int code)
    {
        using var grid = new StandInGrid();

        var run = grid.AtTerminal(["--target=Submit", "--run=61069,61070", "--name=two"], answer);

        Assert.That(run.ExitCode, Is.EqualTo(code), run.Out);
        Assert.That(run.Out, Does.Match(@"Submit workflow 'two' with 2 runs, [0-9,]+ jobs and [0-9,]+ chunks\? \[yes/no\] "));
        Assert.That((grid.Started, grid.Plans), Is.EqualTo(code == 0 ? (1, 1) : (0, 0)));
    }

    [TestCase("--run=61069,61070", "--yes")]
    [TestCase("--run=61070", "--verbosity=normal")]
    public void Should_not_ask_if_told_or_one_run_only(string runs, string option)
    {
        using var grid = new StandInGrid();

        var run = grid.AtTerminal(["--target=Submit", runs, option], "");

        Assert.That((run.ExitCode, grid.Started), Is.EqualTo((0, 1)), run.Out);
        Assert.That(run.Out, Does.Not.Contain("[yes/no]"));
    }

    /// <summary>The arguments of the command that a dry run prints last.</summary>
    private static string[] NextStep(ProgramRun run)
    {
        var printed = Regex.Match(run.Out, @"\n  \./build\.sh (.*)\n\z");
        Assert.That(printed.Success, run.Out + run.Error);
        return printed.Groups[1].Value.Split(' ');
    }
}
