using Outsource.Build.Tools.TestSuite;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// The real host with a queue that can be looked into: no run and data type is made by two workflows at once, however a command was given
/// before.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class InFlightTests
{
    private static readonly string[] Submit = ["--target=Submit", "--run=61069"];

    private StandInGrid _grid = null!;

    [SetUp]
    public void SetUp() => _grid = new StandInGrid();

    [TearDown]
    public void TearDown() => _grid.Dispose();

    [Test]
    public void Should_start_no_second_dag_of_the_same_runs_if_submitted_twice_without_a_name()
    {
        var first = _grid.Host(Submit);
        Assert.That((first.ExitCode, _grid.Started), Is.EqualTo((0, 1)), first.Error);
        var name = Names().Single();

        var second = _grid.Host(Submit);

        Assert.That(second.ExitCode, Is.EqualTo(3), second.Error);
        Assert.That(
            second.Error,
            Does.StartWith("Error: nothing to do: everything to process is already in flight (")
                .And.Contain($"in workflow '{name}', whose DAG is in HTCondor's queue")
        );
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
        Assert.That(
            Ledger(name + "-2"),
            Does.Contain(
                "\"outcome\":\"in-flight\",\"code\":\"in-flight\",\"detail\":\"in workflow '"
                    + name
                    + "', whose DAG is in HTCondor's queue\""
            )
        );
    }

    [Test]
    public void Should_submit_the_others_only_if_some_runs_are_in_flight()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);

        var second = _grid.Host(["--target=Submit", "--name=second", "--run=61069"]);

        Assert.That((second.ExitCode, _grid.Started), Is.EqualTo((0, 2)), second.Error);
        Assert.That(File.ReadAllText(_grid.Generated("second", "runlist.txt")), Is.EqualTo("61069\n"));
    }

    [Test]
    public void Should_process_them_all_the_same_if_told()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);

        Assert.That(_grid.Host(["--target=Submit", "--name=second", "--include-in-flight"]).ExitCode, Is.Zero);
        Assert.That(_grid.Started, Is.EqualTo(2));
    }

    [Test]
    public void Should_plan_them_again_if_the_dag_has_ended()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        _grid.EndDags();

        Assert.That(_grid.Host(["--target=DryRun", "--name=second"]).ExitCode, Is.Zero);
        Assert.That(Ledger("second"), Does.Not.Contain("\"code\":\"in-flight\""));
    }

    [TestCase("WriteWorkflow")]
    [TestCase("PegasusPlan")]
    public void Should_not_count_if_only_written_or_planned(string target)
    {
        _ = _grid.Host([$"--target={target}", "--name=first"]);

        Assert.That(_grid.Host(["--target=DryRun", "--name=second"], ("NO_SCHEDD", "1")).ExitCode, Is.Zero);
        Assert.That(Ledger("second"), Does.Not.Contain("\"code\":\"in-flight\""));
    }

    [Test]
    public void Should_count_if_no_one_can_report()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        _grid.EndDags();

        // The queue does not answer, and no log has the end.
        Assert.That(_grid.Host(["--target=DryRun", "--name=second"], ("NO_SCHEDD", "1")).ExitCode, Is.EqualTo(3));
        Assert.That(Ledger("second"), Does.Contain("in workflow 'first', cannot determine whether its DAG is running: "));
    }

    [Test]
    public void Should_go_by_the_list_of_runs_if_the_plan_of_a_running_workflow_is_damaged()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        File.AppendAllText(_grid.Generated("first", "plan.jsonl"), "{\n");

        Assert.That(_grid.Host(["--target=DryRun", "--name=second"]).ExitCode, Is.EqualTo(3));
        Assert.That(Ledger("second"), Does.Contain("\"code\":\"in-flight\""));
    }

    [Test]
    public void Should_count_if_the_artifacts_of_a_running_workflow_are_gone()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        Directory.Delete(Path.GetDirectoryName(_grid.Generated("first", "x"))!, recursive: true);

        Assert.That(_grid.Host(["--target=DryRun", "--name=second"]).ExitCode, Is.EqualTo(3));
    }

    [Test]
    public void Should_start_nothing_if_no_one_can_report_which_runs_are_in_a_running_workflow()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        Directory.Delete(Path.GetDirectoryName(_grid.Generated("first", "x"))!, recursive: true);
        File.Delete(_grid.Submitted("first", "runlist.txt"));

        var second = _grid.Host(["--target=Submit", "--name=second"]);

        Assert.That((second.ExitCode, _grid.Started), Is.EqualTo((2, 1)));
        Assert.That(
            second.Error,
            Does.Contain("Error: workflow 'second' is not started: cannot determine which runs are in workflow 'first'")
        );
    }

    [Test]
    public void Should_start_nothing_if_a_plan_that_is_reused_came_in_flight_since()
    {
        Assert.That(_grid.Host(["--target=DryRun", "--name=plan"]).ExitCode, Is.Zero);
        _ = _grid.Host(["--target=Submit", "--name=other"]);

        var late = _grid.Host(["--target=Submit", "--reuse", "--name=plan"]);

        Assert.That((late.ExitCode, _grid.Started), Is.EqualTo((2, 1)), late.Out);
        Assert.That(
            late.Error,
            Does.Contain("Error: workflow 'plan' is not started: ")
                .And.Contain("would be made twice; the first is in workflow 'other', whose DAG is in HTCondor's queue")
                .And.Contain("with another --name=NAME and without --reuse plans only the rest")
        );
        Assert.That(_grid.Host(["--target=Submit", "--name=another"]).ExitCode, Is.EqualTo(3), "nothing is left");
    }

    [Test]
    public void Should_start_nothing_if_resubmitted_beside_another_workflow_of_its_runs()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        _grid.EndDags();
        Assert.That(_grid.Host(["--target=Submit", "--name=second"]).ExitCode, Is.Zero);

        var again = _grid.Operate("Resubmit", "first", "--yes");

        Assert.That((again.ExitCode, _grid.Started), Is.EqualTo((2, 2)), again.Out);
        Assert.That(
            again.Error,
            Does.Contain("Error: workflow 'first' is not resubmitted: ")
                .And.Contain("would be made twice; the first is in workflow 'second', whose DAG is in HTCondor's queue.")
                .And.Contain("--include-in-flight")
        );
        Assert.That(_grid.Operate("Resubmit", "first", "--yes", "--include-in-flight").ExitCode, Is.Zero);
        Assert.That(_grid.Started, Is.EqualTo(3));
    }

    [Test]
    public void Should_start_it_again_if_resubmitted_after_the_other_workflow_has_ended()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        _grid.EndDags();
        _ = _grid.Host(["--target=Submit", "--name=second"]);
        _grid.EndDags();

        var again = _grid.Operate("Resubmit", "first", "--yes");

        Assert.That((again.ExitCode, _grid.Started), Is.EqualTo((0, 3)), again.Error);
    }

    [Test]
    public void Should_report_how_to_continue_if_the_workflow_in_flight_is_halted()
    {
        _ = _grid.Host(["--target=Submit", "--name=first"]);
        File.WriteAllText(_grid.Submitted("first", "xenonnt-0.dag.halt"), "");

        Assert.That(_grid.Host(["--target=DryRun", "--name=second"]).ExitCode, Is.EqualTo(3));
        Assert.That(
            Ledger("second"),
            Does.Contain("in HTCondor's queue, halted with pegasus-halt (--target=Release --name=first continues it)")
        );
    }

    [Test]
    public void Should_start_each_run_once_if_two_commands_with_other_names_run_at_the_same_time()
    {
        var both = new[] { _grid.Start(["--target=Submit", "--name=one"]), _grid.Start(["--target=Submit", "--name=two"]) }
            .Select(p => p.End())
            .ToList();

        Assert.That(_grid.Started, Is.EqualTo(1));
        Assert.That(both.Select(b => b.ExitCode).Order().First(), Is.Zero);
        Assert.That(both.Select(b => b.ExitCode).Order().Last(), Is.AnyOf(2, 3));
    }

    [Test]
    public void Should_ask_nothing_if_no_one_sits_at_a_terminal() => Assert.That(_grid.Host(Submit).Out, Does.Not.Contain("[yes/no]"));

    [TestCase("version")]
    [TestCase("plan-before")]
    [TestCase("plan-middle")]
    [TestCase("plan-after")]
    [TestCase("run-before")]
    [TestCase("run-after")]
    public void Should_have_one_dag_if_killed_and_given_again_without_a_name(string point)
    {
        Assert.That(_grid.Host(Submit, ("KILL_AT", point), ("LINGER", "0.5")).ExitCode, Is.EqualTo(137));

        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        Assert.That(_grid.Host(Submit).ExitCode, Is.EqualTo(3));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [TestCase("settings.yml")]
    [TestCase("journal.jsonl")]
    [TestCase("runs.jsonl")]
    [TestCase("ledger.jsonl")]
    [TestCase("plan.jsonl")]
    [TestCase("plan.yml")]
    [TestCase("replicas.yml")]
    [TestCase("workflow.yml")]
    [TestCase("pegasus-plan.log")]
    [TestCase("planned.yml")]
    [TestCase("submission.yml")]
    public void Should_have_one_dag_if_killed_as_soon_as_a_file_is_there_and_given_again_without_a_name(string file)
    {
        var host = _grid.Start(Submit);
        var generated = Path.Combine(_grid.Work, "generated");
        Assert.That(
            SpinWait.SpinUntil(
                () => Directory.Exists(generated) && Directory.EnumerateFiles(generated, file, SearchOption.AllDirectories).Any(),
                TimeSpan.FromMinutes(1)
            )
        );
        using (var process = System.Diagnostics.Process.GetProcessById(host.Id))
        {
            process.Kill();
        }

        // Its last moments may have sufficed for the rest.
        _ = host.End();
        var again = _grid.Host(Submit);
        Assert.That(again.ExitCode, Is.AnyOf(0, 3), again.Error);
        Assert.That(_grid.Host(Submit).ExitCode, Is.EqualTo(3));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    private IEnumerable<string> Names() =>
        Directory.EnumerateDirectories(Path.Combine(_grid.Work, "generated")).Select(d => Path.GetFileName(d));

    private string Ledger(string name) => File.ReadAllText(_grid.Generated(name, "ledger.jsonl"));
}
