using System.Diagnostics;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.Scenarios;

/// <summary>The real host with stand-ins for Pegasus and HTCondor: whatever happens, a workflow has one DAG.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class SubmitTests
{
    private static readonly string[] Submit = ["--target=Submit", "--name=w"];

    private static readonly string[] Whole =
    [
        "submission begun",
        "plan begun",
        "plan done",
        "start begun",
        "start done",
        "submission done",
    ];

    private StandInGrid _grid = null!;

    [SetUp]
    public void SetUp() => _grid = new StandInGrid();

    [TearDown]
    public void TearDown() => _grid.Dispose();

    [Test]
    public void Should_plan_and_start_once_and_refuse_the_second_time_if_submitted()
    {
        var run = _grid.Host(Submit);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("PegasusRun: workflow 'w' is submitted (cluster 24, "));
        Assert.That(_grid.Journal("w"), Is.EqualTo(Whole));
        Assert.That(
            File.ReadAllText(_grid.Generated("w", "submission.yml")),
            Does.StartWith("schema: outsource/submission/1\n").And.Contain("cluster: 24\n").And.Contain("found_out: false\n")
        );
        Assert.That(
            File.ReadAllText(_grid.Generated("w", "planned.yml")),
            Does.StartWith("schema: outsource/planned/1\n").And.Contain("pegasus_version: \"5.1.2\"\n")
        );
        Assert.That(File.ReadAllText(_grid.Generated("w", "pegasus-plan.log")), Does.EndWith("[exit code 0]\n"));

        foreach (var again in new[] { Submit, [.. Submit, "--force"], [.. Submit, "--reuse"] })
        {
            var second = _grid.Host(again);
            Assert.That(second.ExitCode, Is.EqualTo(2), second.Out);
            Assert.That(
                second.Error,
                Does.StartWith("Error: workflow 'w' refused: its DAG is in HTCondor's queue (cluster 24 of xenon, running).")
            );
        }

        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Should_not_have_it_drawn_if_planned()
    {
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);

        Assert.That(File.Exists(Path.Combine(_grid.Pool, "drawn")), Is.False, "the planner slept for most of its time over it");
        Assert.That(File.ReadAllText(_grid.Generated("w", "pegasus-plan.log")), Does.Not.Contain("ERROR").And.Not.Contain("redundant"));
    }

    [Test]
    public void Should_cover_the_planners_words_if_it_fails()
    {
        var words = Path.Combine(_grid.Root, "words");
        File.WriteAllText(
            words,
            "cannot connect to mysql://u:pw1234567@host/x\n[FATAL ERROR] Caused by: x "
                + $"password=hunter2hunter2\n{new string('x', 100_000)}\ntoken: "
                + "eyJhbGciOiJIUzI1NiJ9.eyJpZGVudGl0eSI6MX0.abcdefgh\n"
        );
        var log = _grid.Generated("w", "pegasus-plan.log");

        var run = _grid.Host(Submit, ("FAIL_PLAN", words));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(
            run.Error,
            Does.StartWith(
                "Error: pegasus-plan failed (exit code 1). The cause is unknown.\n  [FATAL ERROR] Caused by: x "
                    + "password=***\n"
            )
        );
        var kept = File.ReadAllText(log);
        Assert.That(run.Out + run.Error + kept, Does.Not.Contain("pw1234567").And.Not.Contain("hunter2").And.Not.Contain("eyJhbGci"));
        Assert.That(kept, Does.Contain("mysql://***@host/x"));
        Assert.That(File.GetUnixFileMode(log), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [TestCase("yes 'it goes on'")]
    [TestCase("tr '\\0' x < /dev/zero", Description = "a line without end, of a child of the script")]
    public void Should_end_the_planner_if_it_never_stops_talking(string talker)
    {
        File.WriteAllText(
            Path.Combine(_grid.Root, "pegasus", "bin", "pegasus-plan"),
            $"#!/bin/bash\necho $$ > '{_grid.Pool}/talker'\n{talker}\nexit 0\n"
        );

        var run = _grid.Host(Submit);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("Error: pegasus-plan cannot be used: it printed more than 128 MB and was stopped"));
        Assert.That(_grid.Journal("w")[^1], Is.EqualTo("plan failed"));
        Assert.That(
            () =>
                Process.GetProcessById(
                    int.Parse(File.ReadAllText(Path.Combine(_grid.Pool, "talker")), System.Globalization.CultureInfo.InvariantCulture)
                ),
            Throws.ArgumentException
        );
    }

    [Test]
    public void Should_say_that_it_is_submitted_and_no_more_if_quiet()
    {
        var run = _grid.Host([.. Submit, "--verbosity=quiet"]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Match(@"\APegasusRun: workflow 'w' is submitted \(cluster 24, .*\)\.\n\z"));
    }

    [Test]
    public void Should_print_the_command_alone_if_quiet_and_debug()
    {
        var run = _grid.Host([.. Submit, "--debug", "--verbosity=quiet"]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Match(@"\APegasusRun: not started, because of --debug\. To start it: .*\n\z"));
    }

    [TestCase("version")]
    [TestCase("queue-1")]
    [TestCase("queue-2")]
    [TestCase("plan-before")]
    [TestCase("plan-middle")]
    [TestCase("plan-after")]
    [TestCase("run-before")]
    [TestCase("run-after")]
    public void Should_complete_with_one_dag_if_killed_in_a_program(string point)
    {
        // It kills the host, waits a little, and goes on as an orphan while the same command is given again.
        var killed = _grid.Host(Submit, ("KILL_AT", point), ("LINGER", "0.5"));
        Assert.That(killed.ExitCode, Is.EqualTo(137));

        var again = _grid.Host(Submit);
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("continuing it").And.Contain("WriteWorkflow: reused"));
        Assert.That(_grid.Started, Is.EqualTo(1));
        Assert.That(_grid.Journal("w")[^1], Is.EqualTo("submission done"));
        Assert.That(File.Exists(_grid.Generated("w", "submission.yml")));
        Assert.That(_grid.Host(Submit).ExitCode, Is.EqualTo(2));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [TestCase("settings.yml")]
    [TestCase("runs.jsonl")]
    [TestCase("ledger.jsonl")]
    [TestCase("plan.jsonl")]
    [TestCase("replicas.yml")]
    [TestCase("workflow.yml")]
    [TestCase("planned.yml")]
    [TestCase("submission.yml")]
    public void Should_complete_with_one_dag_if_killed_as_soon_as_a_file_is_there(string file)
    {
        var host = _grid.Start(Submit);
        Assert.That(SpinWait.SpinUntil(() => File.Exists(_grid.Generated("w", file)), TimeSpan.FromMinutes(1)));
        using (var process = Process.GetProcessById(host.Id))
        {
            process.Kill();
        }

        // Its last moments may have sufficed for the rest.
        _ = host.End();
        var journal = _grid.Generated("w", "journal.jsonl");
        var done =
            File.Exists(journal) && File.ReadAllText(journal).Contains("\"submission\",\"state\":\"done\"", StringComparison.Ordinal);
        var again = _grid.Host(Submit);
        Assert.That(again.ExitCode, Is.EqualTo(done ? 2 : 0), again.Error);
        Assert.That(_grid.Host(Submit).ExitCode, Is.EqualTo(2));
        Assert.That(_grid.Started, Is.EqualTo(1));
        Assert.That(_grid.Journal("w")[^1], Is.EqualTo("submission done"));
        Assert.That(File.Exists(_grid.Generated("w", "submission.yml")));
    }

    [Test]
    public void Should_complete_with_one_dag_if_killed_between_any_two_lines_of_the_journal()
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
            Assert.That(
                again.Out,
                Does.Contain("was already started by a command that was stopped before it could record it (cluster 24, ")
            );
            Assert.That(File.ReadAllText(_grid.Generated("w", "submission.yml")), Does.Contain("found_out: true\n"));
            Assert.That(_grid.Started, Is.EqualTo(1));
        }

        // Killed before it was started: as if it never had been.
        foreach (var kept in new[] { 3, 2, 1 })
        {
            _grid.EndDags();
            Directory
                .EnumerateFiles(_grid.Pool, "job.*")
                .Concat(Directory.EnumerateFiles(_grid.Work, "*.dagman.log", SearchOption.AllDirectories))
                .ToList()
                .ForEach(File.Delete);
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
    public void Should_find_out_that_it_has_ended_if_killed_and_the_dag_is_through()
    {
        Assert.That(_grid.Host(Submit, ("KILL_AT", "run-after")).ExitCode, Is.EqualTo(137));
        _grid.EndDags();

        var again = _grid.Host(Submit);
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(_grid.Host(Submit).Error, Does.Contain("its DAG has ended"));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_continue_with_the_same_workflow_if_its_name_was_made_from_the_date()
    {
        string[] submit = ["--target=Submit", "--run=61070,61022"];
        Assert.That(_grid.Host(submit, ("KILL_AT", "run-before"), ("SOURCE_DATE_EPOCH", "1748736000")).ExitCode, Is.EqualTo(137));

        // The next day.
        var again = _grid.Host(submit, ("SOURCE_DATE_EPOCH", "1748822400"));
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(
            again.Out,
            Does.Contain("the same command was stopped before it finished workflow '2025-06-01': continuing it.")
        );
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_say_that_the_same_command_failed_if_it_was_not_stopped()
    {
        string[] submit = ["--target=Submit", "--run=61070,61022"];
        var fault = Path.Combine(TestContext.CurrentContext.TestDirectory, "transcripts", "34-fault-missing-rc.txt");
        Assert.That(_grid.Host(submit, ("FAIL_PLAN", fault), ("SOURCE_DATE_EPOCH", "1748736000")).ExitCode, Is.EqualTo(1));

        var again = _grid.Host(submit, ("SOURCE_DATE_EPOCH", "1748736000"));
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("the same command failed before it finished workflow '2025-06-01': continuing it."));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_start_one_dag_if_two_submit_at_once()
    {
        ProgramRun.RunningProgram[] both = [_grid.Start(Submit), _grid.Start(Submit)];
        var codes = both.Select(b => b.End().ExitCode).Order().ToArray();

        Assert.That(codes, Is.EqualTo(new[] { 0, 2 }));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Should_say_why_and_continue_later_if_planner_fails()
    {
        var fault = Path.Combine(TestContext.CurrentContext.TestDirectory, "transcripts", "34-fault-missing-rc.txt");
        var failed = _grid.Host(Submit, ("FAIL_PLAN", fault));

        Assert.That(failed.ExitCode, Is.EqualTo(1));
        Assert.That(
            failed.Error,
            Does.StartWith(
                    "Error: pegasus-plan failed (exit code 1). The replica catalog has no location for the input 'f.0' of job 'step1_ID0001'"
                )
                .And.Contain("Can't determine a location to transfer input file for lfn f.0")
                .And.Contain($"The whole output is in '{_grid.Generated("w", "pegasus-plan.log")}'.")
        );
        Assert.That(_grid.Journal("w"), Is.EqualTo(new[] { "submission begun", "plan begun", "plan failed" }));

        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_start_nothing_and_continue_later_if_pegasus_run_or_the_schedd_fails()
    {
        var silent = _grid.Host(Submit, ("NO_SCHEDD", "1"));
        Assert.That(silent.ExitCode, Is.EqualTo(1));
        Assert.That(silent.Error, Does.EndWith("Fix these before submitting: schedd.\n"));
        Assert.That(silent.Out, Does.Contain("schedd: condor_q failed with exit code 1: Error: unknown host nohost."));

        var failed = _grid.Host(Submit, ("FAIL_RUN", "1"));
        Assert.That(failed.ExitCode, Is.EqualTo(1));
        Assert.That(failed.Error, Does.StartWith("Error: pegasus-run failed (exit code 1), so 'w' was not started:"));
        Assert.That(_grid.Started, Is.Zero);

        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_plan_and_say_how_to_start_if_debug()
    {
        var run = _grid.Host([.. Submit, "--debug"]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("PegasusRun: not started, because of --debug. To start it: '").And.Contain("pegasus-run"));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((0, 1)));
    }

    [Test]
    public void Should_plan_again_into_an_emptied_directory_if_forced_after_its_end()
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
    public void Should_look_at_everything_again_if_killed_before_the_forced_plan()
    {
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        _grid.EndDags();

        // What an earlier command had not emptied to the end is no hindrance, and goes.
        var half = Directory.CreateDirectory(Path.Combine(_grid.Submitted(".w.gone"), "00")).Parent!;
        Assert.That(_grid.Host([.. Submit, "--force"], ("KILL_AT", "version")).ExitCode, Is.EqualTo(137));
        var again = _grid.Host([.. Submit, "--force"]);

        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(
            again.Out,
            Does.Contain("continuing it")
                .And.Contain("Preflight: 15 checks")
                .And.Contain("PegasusPlan: emptied '")
                .And.Contain("is submitted (cluster 25, ")
        );
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((2, 2)));
        half.Refresh();
        Assert.That(half.Exists, Is.False);
    }

    [TestCase(null)]
    [TestCase("version")]
    public void Should_plan_again_from_the_old_artifacts_if_reused_and_forced_after_its_end(string? point)
    {
        string[] submit = [.. Submit, "--reuse", "--force"];
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        _grid.EndDags();

        if (point is not null)
        {
            Assert.That(_grid.Host(submit, ("KILL_AT", point)).ExitCode, Is.EqualTo(137));
        }

        var forced = _grid.Host(submit);
        Assert.That(forced.ExitCode, Is.Zero, forced.Error);
        Assert.That(
            forced.Out,
            Does.Contain("QueryRuns: reused").And.Contain("PegasusPlan: emptied '").And.Contain("is submitted (cluster 25, ")
        );
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((2, 2)));
    }

    [Test]
    public void Should_complete_with_one_dag_if_the_forced_one_was_killed_after_its_start()
    {
        string[] submit = [.. Submit, "--reuse", "--force"];
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        _grid.EndDags();
        Assert.That(_grid.Host(submit, ("KILL_AT", "run-after")).ExitCode, Is.EqualTo(137));

        var again = _grid.Host(submit);
        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("was already started by a command that was stopped before it could record it (cluster 25, "));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((2, 2)));
    }

    [Test]
    public void Should_leave_it_alone_if_it_runs_with_another_context()
    {
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        string[] other = [.. Submit, "--image=2024.11.1"];

        foreach (var again in new[] { other, [.. other, "--force"] })
        {
            var second = _grid.Host(again);
            Assert.That(second.ExitCode, Is.EqualTo(2), second.Out);
            Assert.That(
                second.Error,
                Does.StartWith("Error: workflow 'w' refused: its DAG is in HTCondor's queue (cluster 24 of xenon, running).")
            );
        }

        Assert.That(_grid.Started, Is.EqualTo(1));
        _grid.EndDags();
        Assert.That(_grid.Host([.. other, "--force"]).ExitCode, Is.Zero);
    }

    [Test]
    public void Should_leave_it_alone_if_another_machine_started_it_and_its_end_is_not_logged()
    {
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);
        var journal = _grid.Generated("w", "journal.jsonl");
        File.WriteAllText(
            journal,
            File.ReadAllText(journal).Replace($"\"host\":\"{Environment.MachineName}\"", "\"host\":\"ap99\"", StringComparison.Ordinal)
        );

        var forced = _grid.Host([.. Submit, "--force"], ("OTHER_SCHEDD", "1"));
        Assert.That(forced.ExitCode, Is.EqualTo(2), forced.Out);
        Assert.That(
            forced.Error,
            Does.StartWith(
                "Error: workflow 'w' refused: cannot determine here whether its DAG is running: it was started on ap99 (cluster 24), "
                    + "whose queue this machine cannot query"
            )
        );
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));

        File.AppendAllText(
            _grid.Submitted("w", "xenonnt-0.dag.dagman.log"),
            "005 (024.000.000) 2026-11-22 18:22:53 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
        );
        Assert.That(_grid.Host([.. Submit, "--force"], ("OTHER_SCHEDD", "1")).ExitCode, Is.Zero);
    }

    [Test]
    public void Should_leave_it_alone_if_no_one_knows_whether_it_runs()
    {
        Assert.That(_grid.Host(Submit).ExitCode, Is.Zero);

        var silent = _grid.Host([.. Submit, "--force"], ("NO_SCHEDD", "1"));
        Assert.That(silent.ExitCode, Is.EqualTo(2), silent.Out);
        Assert.That(
            silent.Error,
            Does.StartWith(
                "Error: workflow 'w' refused: cannot determine whether its DAG is running: condor_q failed with exit code 1: Error: "
                    + "unknown host nohost"
            )
        );

        File.Delete(_grid.Submitted("w", "braindump.yml"));
        var lost = _grid.Host([.. Submit, "--force"]);
        Assert.That(lost.ExitCode, Is.EqualTo(2), lost.Out);
        Assert.That(lost.Error, Does.Contain("braindump.yml' is missing, and HTCondor's log does not say that cluster 24 has ended"));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Should_name_the_key_if_work_dir_cannot_be_written()
    {
        File.WriteAllText(_grid.Work, "a file is in the way");

        foreach (var target in new[] { "Submit", "Preflight", "DryRun" })
        {
            var run = _grid.Host([$"--target={target}", "--name=w"]);
            Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
            Assert.That(
                run.Error,
                Does.StartWith($"Error: work_dir '{_grid.Work}' is not writable: ")
                    .And.EndWith($"another work_dir in [Outsource] of {_grid.Root}/demo/.xenon_config.\n")
            );
        }
    }

    [Test]
    public void Should_keep_the_operators_properties_to_themselves_and_the_catalogs_to_us()
    {
        var own = Path.Combine(_grid.Root, "own.properties");
        File.AppendAllText(Path.Combine(_grid.Root, "demo", ".xenon_config"), $"\npegasus_properties = {own}\n");
        File.WriteAllText(
            own,
            "pegasus.catalog.replica.db.password=of-the-test\n  pegasus.catalog.site.file : "
                + "/elsewhere.yml\n#pegasus.catalog.site=x\npegasus.catalog.transformation=Text\n"
        );

        var refused = _grid.Host(["--target=WriteWorkflow", "--name=w"]);
        Assert.That(refused.ExitCode, Is.EqualTo(2), refused.Out);
        Assert.That(
            refused.Error,
            Does.Contain($"{own}:2: pegasus_properties sets pegasus.catalog.site.file, ")
                .And.Contain($"{own}:4: pegasus_properties sets pegasus.catalog.transformation, ")
                .And.Not.Contain(":3:")
        );

        File.WriteAllText(own, "pegasus.catalog.replica.db.password=of-the-test\n");
        Assert.That(_grid.Host(["--target=WriteWorkflow", "--name=w", "--force"]).ExitCode, Is.Zero);
        var written = _grid.Generated("w", "pegasus.properties");
        Assert.That(File.ReadAllText(written), Does.EndWith("password=of-the-test\n"));
        Assert.That(File.GetUnixFileMode(written), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        var others = Directory
            .EnumerateFiles(_grid.Work, "*", SearchOption.AllDirectories)
            .Where(f => f != written && File.ReadAllText(f).Contains("of-the-test", StringComparison.Ordinal));
        Assert.That(others, Is.Empty);
    }

    [Test]
    public void Should_do_nothing_if_the_file_system_keeps_no_locks()
    {
        var run = _grid.Host(Submit, ("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1"));

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(run.Error, Does.StartWith($"Error: the file system of '{_grid.Work}/generated/.w.lock' has no locks"));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((0, 0)));
    }

    [TestCase("sites.yml", null, "is missing")]
    [TestCase("sites.yml", "pegasus: \"5.0\"\nsites: []\n", "was not written with this workflow (fingerprint none, expected ")]
    [TestCase("replicas.yml", null, "is missing")]
    public void Should_not_plan_if_a_catalog_is_not_ours(string file, string? text, string fault)
    {
        Assert.That(_grid.Host(["--target=WriteWorkflow", "--name=w"]).ExitCode, Is.Zero);
        File.Delete(_grid.Generated("w", file));
        if (text is not null)
        {
            File.WriteAllText(_grid.Generated("w", file), text);
        }

        var run = _grid.Alone("PegasusPlan");
        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(
            run.Error,
            Does.StartWith($"Error: '{_grid.Generated("w", file)}' {fault}").And.Contain("--target=WriteWorkflow --name=w --replace")
        );
        Assert.That(_grid.Plans, Is.Zero);
    }

    [Test]
    public void Should_submit_the_very_plan_of_the_dry_run_if_reused()
    {
        Assert.That(_grid.Host(["--target=DryRun", "--name=w"]).ExitCode, Is.Zero);

        // Whoever asked again would find nobody there.
        File.WriteAllText(Path.Combine(_grid.Root, "demo", "runs.jsonl"), "");
        File.WriteAllText(Path.Combine(_grid.Root, "demo", "rucio.jsonl"), "");

        var run = _grid.Host([.. Submit, "--reuse"]);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("QueryRuns: reused").And.Contain("PlanChunks: reused"));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_refuse_the_demo_if_not_asked_for_explicitly()
    {
        var home = Directory.CreateDirectory(Path.Combine(_grid.Root, "home")).FullName;
        var run = ProgramRun
            .Start(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), "--target=Submit", "--run=61070", "--engine=pegasus"],
                home,
                new Dictionary<string, string?> { ["HOME"] = home, ["OUTSOURCE_DEMO"] = _grid.Work }
            )
            .End();

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("Error: --target=Submit would submit the embedded demo, whose runs do not exist."));
    }

    [Test]
    public void Should_look_at_the_workflow_that_is_named_if_preflight()
    {
        Assert.That(_grid.Host(["--target=WriteWorkflow", "--payload=canary", "--run=61070", "--name=w"]).ExitCode, Is.Zero);
        File.Delete(Path.Combine(_grid.Work, "generated", "w", "sites.yml"));

        var run = _grid.Host(["--target=Preflight", "--payload=canary", "--name=w"]);

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Error);
        Assert.That(run.Out, Does.Contain($"'{_grid.Work}/generated/w/sites.yml' is missing"));
        Assert.That(
            Directory.EnumerateDirectories(Path.Combine(_grid.Work, "generated")).Select(Path.GetFileName),
            Is.EqualTo(new[] { "w" })
        );
    }

    [Test]
    public void Should_show_a_table_and_the_remedy_if_preflight()
    {
        var well = _grid.Host(["--target=Preflight"]);
        Assert.That(well.ExitCode, Is.Zero, well.Error);
        Assert.That(well.Out, Does.Contain("0 failed."));

        Assert.That(
            Directory.Exists(Path.Combine(_grid.Work, "generated"))
                ? Directory.EnumerateFileSystemEntries(Path.Combine(_grid.Work, "generated"))
                : [],
            Is.Empty
        );

        var ill = _grid.Host(["--target=Preflight"], ("NO_SCHEDD", "1"));
        Assert.That(ill.ExitCode, Is.EqualTo(1));
        Assert.That(ill.Out, Does.Contain("FAILED"));
        Assert.That(ill.Error, Does.Contain("1 failed. Fix these before submitting:"));
    }
}
