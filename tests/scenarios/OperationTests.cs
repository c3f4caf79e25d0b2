using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;
using Outsource.Tests.Model.Planning;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// The operator's tasks on the real host, with stand-ins for the tools of HTCondor and Pegasus that write down how they are called.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class OperationTests
{
    private const string StandIn = """
        #!/bin/bash
        # In one piece: two may be called at once.
        echo "${0##*/}$(printf ' [%s]' "$@")" >>"$ROOT/calls"
        case ${0##*/} in
            condor_q) [[ -e $ROOT/queue ]] || { echo 'Error: no schedd' >&2; exit 1; }; cat "$ROOT/queue" ;;
            pegasus-status|pegasus-analyzer) [[ -e $ROOT/${0##*/} ]] || { echo 'it is broken' >&2; exit 9; }; cat "$ROOT/${0##*/}"; exit "$(cat "$ROOT/code" 2>/dev/null || echo 0)" ;;
            pegasus-run) [[ ! -e $ROOT/broken ]] || { echo 'Error: It looks like the workflow is already running!'; exit 7; }; printf '000 (099.000.000) 2026-11-22 17:22:53 Job submitted from host: <127.0.0.1:9618>\n...\n' >>"${@: -1}/xenonnt-0.dag.dagman.log"; echo '{}' ;;
        esac
        """;

    private string _root = "";
    private SubmitFixture _fixture = new();

    [SetUp]
    public void SetUp()
    {
        _root = Directory.CreateTempSubdirectory("outsource-").FullName;
        _ = Directory.CreateDirectory(Path.Combine(_root, "bin"));
        foreach (var tool in new[] { "condor_q", "condor_hold", "condor_release", "condor_rm", "pegasus-run", "pegasus-remove" })
        {
            Tool(tool);
        }

        File.WriteAllText(
            Path.Combine(_root, "config"),
            $"[RunDB]\nrundb_api_url = http://rundb.invalid\n[Outsource]\nwork_dir = {_root}/work\npegasus_path = {_root}\n"
        );
        _fixture = new SubmitFixture();
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Should_let_a_halted_workflow_continue_if_released()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");
        File.WriteAllText(Local(_fixture.Submit.HaltFile), "");

        var resubmitted = Run("--target=Resubmit", "--yes");
        var run = Run("--target=Release", "--yes");

        Assert.That(resubmitted.ExitCode, Is.EqualTo(2));
        Assert.That(
            resubmitted.Error,
            Does.Contain("is halted with pegasus-halt").And.Contain("--target=Release --name=test continues it")
        );
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(
            run.Out,
            Is.EqualTo("It is halted with pegasus-halt: no new jobs start.\nRelease: workflow test starts new jobs again.\n")
        );
        Assert.That(File.Exists(Local(_fixture.Submit.HaltFile)), Is.False);
        Assert.That(Calls, Has.None.StartsWith("condor_release"));
    }

    [Test]
    public void Should_not_meet_the_halt_if_resubmitted_after_it()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1).Rescued([SubmitFixture.Added], []));
        Queue("");
        File.WriteAllText(Local(_fixture.Submit.HaltFile), "");

        var released = Run("--target=Release", "--yes");
        var run = Run("--target=Resubmit", "--yes");

        Assert.That(released.ExitCode, Is.EqualTo(3));
        Assert.That(released.Error, Does.Contain("--target=Resubmit --name=test continues it"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            File.Exists(Local(_fixture.Submit.HaltFile)),
            Is.False,
            "with it and a monitor's pid file pegasus-run starts nothing and ends well"
        );
    }

    [Test]
    public void Should_print_one_document_if_status_as_json()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");

        var run = Run("--target=Status", "--json", "--verbosity=diagnostic");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            ((string?)JObject.Parse(run.Out)["state"], (bool?)JObject.Parse(run.Out)["queue_answered"]),
            Is.EqualTo(("running", (bool?)true))
        );
    }

    [TestCase(1, 1, "Error: workflow 'test' has ended and not all of it is done (failed). --target=Analyze --name=test shows why.\n")]
    [TestCase(null, 0, "")]
    public void Should_end_with_one_only_if_the_workflow_has_ended_badly_and_a_script_asks_for_it(int? dagman, int code, string error)
    {
        Tool("pegasus-status");
        Lay(dagman is { } ended ? _fixture.Ended(SubmitFixture.Added).DagmanEnded(ended) : _fixture.Ended(SubmitFixture.Added));
        Queue(dagman is null ? """[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""" : "");

        Assert.That(Run("--target=Status").ExitCode, Is.Zero);
        var asked = Run("--target=Status", "--exit-code");
        Assert.That((asked.ExitCode, asked.Error), Is.EqualTo((code, error)));
        Assert.That(asked.Out, Does.StartWith("Workflow test: "));
        Assert.That(Run("--target=Status", "--exit-code", "--json").ExitCode, Is.EqualTo(code));
    }

    [Test]
    public void Should_say_what_pegasus_says_and_where_it_errs_if_status_is_asked()
    {
        Tool("pegasus-status");
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        File.WriteAllText(
            Path.Combine(_root, "pegasus-status"),
            """{"dags": {"root": {"total": 5, "succeeded": 2, "failed": 0, "state": "Failure"}}}"""
        );

        var run = Run("--target=Status");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            run.Out,
            Does.Contain(
                "\npegasus-status: failure, 2 of 5 nodes done, 0 failed.\nWarning: pegasus-status counts 2 of 5 nodes done and 0 "
                    + "failed, DAGMan's files 1 of 5 and 0; using DAGMan's numbers.\n"
            )
        );
        Assert.That(Calls, Has.Some.EqualTo($"pegasus-status [--jsonrv] [--noqueue] [{Local(SubmitFixture.Folder)}]"));
        var sources = JObject.Parse(Run("--target=Status", "--json").Out)["sources"]!;
        Assert.That(
            sources.Select(s => $"{s["name"]} {s["answer"]}: {s["words"]}"),
            Is.EqualTo(
                new[]
                {
                    "condor_q answered: 0 jobs in the queue",
                    $"DAGMan's files answered: {Local(SubmitFixture.Folder)}",
                    "pegasus-status answered: pegasus-status: failure, 2 of 5 nodes done, 0 failed",
                }
            )
        );
    }

    [Test]
    public void Should_continue_without_pegasus_if_it_is_broken_or_not_there()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        IEnumerable<string> Sources() =>
            JObject.Parse(Run("--target=Status", "--json").Out)["sources"]!.Select(s => $"{s["name"]} {s["answer"]}: {s["words"]}");

        Assert.That(
            Sources().Last(),
            Does.StartWith($"pegasus-status not-asked: pegasus-status was not found in pegasus_path ({_root}/bin) nor in PATH (")
        );
        Tool("pegasus-status");
        Assert.That(Sources().Last(), Is.EqualTo("pegasus-status silent: it ended with exit code 9: it is broken"));
        File.WriteAllText(Path.Combine(_root, "pegasus-status"), "no JSON");
        Assert.That(Sources().Last(), Does.StartWith("pegasus-status silent: it printed something other than its JSON ("));
    }

    [Test]
    public void Should_say_what_the_analyzer_says_if_jobs_failed()
    {
        Tool("pegasus-analyzer");
        Lay(
            _fixture
                .Ended(SubmitFixture.Added)
                .Ended(SubmitFixture.First, 20)
                .Ended(SubmitFixture.First, 20, minute: 50)
                .DagmanEnded(1)
                .Rescued([SubmitFixture.Added], [SubmitFixture.First])
        );
        Queue("");
        File.WriteAllText(
            Path.Combine(_root, "pegasus-analyzer"),
            " Workflow Status    : failure\n Total jobs         :      5 (100.00%)\n # jobs succeeded   :      1 (20.00%)\n # jobs "
                + "failed      :      1 (20.00%)\n"
        );
        File.WriteAllText(Path.Combine(_root, "code"), "2");

        var run = Run("--target=Analyze");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            run.Out,
            Does.Contain("1 x exit 20")
                .And.Contain("\npegasus-analyzer: failure, 1 of 5 nodes done, 1 failed.\n")
                .And.EndWith("  ./build.sh --target=Resubmit --name=test --memory-factor=1.5\n")
        );
    }

    [Test]
    public void Should_list_from_files_if_condor_is_silent()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));

        var run = Run("--target=List");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match(@"\| test \| failed"));
        Assert.That(run.Error, Does.StartWith("Warning: HTCondor does not answer (condor_q failed with exit code 1: Error: no schedd)"));
    }

    [Test]
    public void Should_remove_only_with_yes_if_running()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");

        var refused = Run("--target=Remove", "--name=test");
        Assert.That(
            (refused.ExitCode, refused.Error),
            Is.EqualTo(
                (
                    2,
                    "Error: Remove workflow 'test' from the queue (0 jobs; DAGMan 9)? There is no terminal to ask on: repeat the command "
                        + "with --yes. Nothing was done.\n"
                )
            )
        );
        Assert.That(Calls, Has.None.StartsWith("pegasus-remove"));

        Assert.That(Run("--target=Remove", "--name=test", "--yes").ExitCode, Is.Zero);
        Assert.That(Calls, Has.Some.EqualTo("pegasus-remove [--dag-id] [9.0]"));
        Assert.That(Journal, Is.EqualTo(new[] { "remove begun 0 jobs; DAGMan 9", "remove done " }));
    }

    [Test]
    public void Should_start_again_if_resubmitted()
    {
        Lay(
            _fixture
                .Ended(SubmitFixture.Added)
                .Ended(SubmitFixture.First, 20)
                .Ended(SubmitFixture.First, 20, minute: 50)
                .DagmanEnded(1)
                .Rescued([SubmitFixture.Added], [SubmitFixture.First])
        );
        Queue("");

        var run = Run("--target=Resubmit", "--memory-factor=2", "--yes");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("== 0, 4000,").And.Contain("Resubmit: started again as cluster 99. "));
        Assert.That(Calls[^1], Is.EqualTo($"pegasus-run [--json] [{Local(SubmitFixture.Folder)}]"));
        Assert.That(Journal, Is.EqualTo(new[] { "resubmit begun --memory-factor=2", "resubmit done 99" }));
        var submission = File.ReadAllText(Path.Combine(_root, "work", "generated", "test", "submission.yml"));
        Assert.That(
            submission,
            Does.Contain("cluster: 99\nsubmitted_at: \"2026-11-22T16:40:00Z\"\n")
                .And.Contain("resubmissions: 1\n")
                .And.Contain("resubmitted_with: \"--memory-factor=2\"\n")
        );
    }

    [Test]
    public void Should_end_with_tools_code_if_it_failed()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        File.WriteAllText(Path.Combine(_root, "broken"), "");

        var run = Run("--target=Resubmit", "--yes");

        // Before it stands a warning: without its settings nobody can make the jobs' token anew.
        Assert.That(run.ExitCode, Is.EqualTo(7), run.Error);
        Assert.That(
            run.Error,
            Does.EndWith("\nError: pegasus-run failed with exit code 7: Error: It looks like the workflow is already running!\n")
        );
        Assert.That(
            Journal,
            Is.EqualTo(
                new[]
                {
                    "resubmit begun ",
                    "resubmit failed pegasus-run failed with exit code 7: Error: It looks like the workflow is already running!",
                }
            )
        );
    }

    [TestCase("Resubmit")]
    [TestCase("Hold")]
    [TestCase("Release")]
    [TestCase("Remove")]
    public void Should_touch_nothing_if_another_command_works_on_it(string target)
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        using var other = File.OpenHandle(
            Path.Combine(_root, "work", "generated", ".test.lock"),
            FileMode.OpenOrCreate,
            FileAccess.ReadWrite,
            FileShare.None
        );

        var run = Run($"--target={target}", "--name=test", "--yes");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("Error: workflow 'test' is in use"));
        Assert.That(Calls, Is.Empty);
    }

    [Test]
    public void Should_start_nothing_if_the_record_cannot_be_kept()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));
        Queue("");
        var record = Path.Combine(_root, "work", "generated", "test", "submission.yml");
        File.WriteAllText(
            record,
            File.ReadAllText(record).Replace("outsource/submission/1", "outsource/submission/9", StringComparison.Ordinal)
        );

        var run = Run("--target=Resubmit", "--yes");

        Assert.That(
            (run.ExitCode, run.Error),
            Is.EqualTo(
                (
                    1,
                    $"Error: '{record}' is not a valid outsource/submission/1 file: it was changed by hand, or written by another "
                        + "version. Delete it and rerun the stage that writes it.\n"
                )
            )
        );
        Assert.That(Calls, Has.None.StartsWith("pegasus-run"));
    }

    [Test]
    public void Should_not_touch_anything_if_queue_is_silent()
    {
        Lay(_fixture.Ended(SubmitFixture.Added).DagmanEnded(1));

        Assert.That(Run("--target=Resubmit", "--yes").ExitCode, Is.EqualTo(1));
        Assert.That(Calls, Has.None.StartsWith("pegasus-run"));
    }

    [TestCase("Status", @"Workflow test: failed")]
    [TestCase("List", @"\+---")]
    [TestCase("Analyze", @"Workflow test: 1 jobs? failed")]
    [TestCase("Outputs", @"\+---")]
    [TestCase("Statistics", @".")]
    public void Should_print_the_result_alone_if_quiet(string target, string begin)
    {
        Tool("pegasus-status");
        Tool("pegasus-analyzer");
        Tool("pegasus-statistics", "#!/bin/bash\n");
        Lay(
            _fixture
                .Ended(SubmitFixture.Added)
                .Ended(SubmitFixture.First, 20)
                .Ended(SubmitFixture.First, 20, minute: 50)
                .DagmanEnded(1)
                .Rescued([SubmitFixture.Added], [SubmitFixture.First])
        );
        Queue("");

        var (normal, quiet) = (Run($"--target={target}"), Run($"--target={target}", "--verbosity=quiet"));

        Assert.That((normal.ExitCode, quiet.ExitCode, quiet.Error), Is.EqualTo((0, 0, "")), normal.Error);
        Assert.That(Timeless(quiet.Out), Is.EqualTo(Timeless(normal.Out)).And.Match($@"\A{begin}"));

        // The two were asked one after the other.
        static string Timeless(string said) => Regex.Replace(said, "(?<=^As of )[^,]+", "now", RegexOptions.Multiline);
    }

    [TestCase("Hold", "Hold: workflow test starts no new jobs")]
    [TestCase("Remove", "Remove: workflow test is being removed from the queue")]
    [TestCase("Release", "1 held: why (peaklets_043000-peaklets-0000)\nRelease: 1 job of workflow test released.")]
    public void Should_say_what_was_done_if_quiet(string target, string word)
    {
        Lay(_fixture.Held(SubmitFixture.First));
        Queue(
            $$"""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}, {"ClusterId": 13, "ProcId": 0, "JobStatus": 5, "DAGNodeName": "{{SubmitFixture.First}}", "pegasus_root_wf_uuid": "ID", "HoldReason": "why"}]"""
        );

        var run = Run($"--target={target}", "--yes", "--verbosity=quiet");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Contain(word));
    }

    [Test]
    public void Should_look_again_until_it_ends_if_watched()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");

        // The first look finds it running; then it ends.
        Tool(
            "condor_q",
            "#!/bin/bash\ncat \"$ROOT/queue\"; : >\"$ROOT/queue\"\nprintf '11/22/26 17:00:00 **** condor_scheduniv_exec.9.0 "
                + "(condor_DAGMAN) pid 375 EXITING WITH STATUS 0\\n' "
                + ">>\"$ROOT/work/runs/straxen_v2.2.1/xenonnt_v14/test/xenonnt-0.dag.dagman.out\"\n"
        );
        var run = Run("--target=Status", "--watch", "--interval=5", $"--html={Path.Combine(_root, "live.html")}");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            File.ReadAllText(Path.Combine(_root, "live.html")),
            Does.StartWith("<!DOCTYPE html>").And.Contain("<h1>Workflow test</h1>").And.Not.Contain("data-refresh"),
            "the last page is not made again"
        );
        Assert.That(run.Out.Split('\n').Where(l => l.StartsWith("Workflow test: ", StringComparison.Ordinal)), Has.Exactly(2).Items);
        Assert.That(run.Out, Does.StartWith("Workflow test: running").And.Contain("\nWorkflow test: succeeded"));
    }

    [TestCase("notes.txt", "exists and is not a page of ours, so it is not overwritten. Name another file.")]
    [TestCase("work", "is a folder. Name a file in it.")]
    [TestCase("nowhere/live.html", "is in a folder that does not exist. Make the folder first, or name another file.")]
    public void Should_overwrite_nothing_of_others_if_a_page_is_asked_for(string file, string why)
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        File.WriteAllText(Path.Combine(_root, "notes.txt"), "mine");

        var run = Run("--target=Status", "--watch", "--interval=5", $"--html={Path.Combine(_root, file)}");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith("Error: --html: '").And.Contain(why));
        Assert.That(File.ReadAllText(Path.Combine(_root, "notes.txt")), Is.EqualTo("mine"));
    }

    [Test]
    public void Should_stop_watching_if_no_one_reads_any_more()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");

        // The workflow runs on: only the reader's end can end the watching.
        var run = ProgramRun
            .Start(
                "bash",
                [
                    "-o",
                    "pipefail",
                    "-c",
                    "timeout 60 dotnet \"$0\" --target=Status --watch --interval=5 | head -1",
                    Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
                ],
                _root,
                Variables
            )
            .End();

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")), "124: it was still watching");
        Assert.That(run.Out, Does.StartWith("Workflow test: running"));
    }

    [TestCase("#!/bin/bash\nexec cat /dev/zero\n", "a line without end")]
    [TestCase("#!/bin/bash\nexec yes '[{\"ClusterId\": 9},'\n", "lines without end")]
    public void Should_continue_without_the_queue_if_it_never_stops_talking(string talker, string what)
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Tool("condor_q", talker);

        var run = Run("--target=Status");

        Assert.That(run.ExitCode, Is.Zero, $"{what}: {run.Error}");
        Assert.That(run.Out, Does.StartWith("Workflow test: unknown").And.Contain("HTCondor does not answer (condor_q"));
    }

    [Test]
    public void Should_redraw_in_place_and_stop_quietly_if_watched_at_a_terminal()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");

        // Ctrl-C at the second look.
        var run = Terminal.Run(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "outsource.dll"), "--target=Status", "--watch", "--interval=5"],
            "A\r\u001b[J",
            "\u0003",
            Variables
        );

        Assert.That(run.ExitCode, Is.Zero, run.Out);
        Assert.That(
            run.Out,
            Does.Contain("Next refresh in 5 s. Ctrl-C stops watching, not the workflow.")
                .And.Match(@"\e\[[0-9]+A\r\e\[JWorkflow test: running"),
            "the second look is drawn over the first"
        );
        Assert.That(
            run.Out,
            Does.Contain("Stopped watching; the workflow continues. --target=Status --name=test shows it again.")
                .And.Not.Contain("Error")
        );
    }

    [TestCase("Hold", "yes", 0, "condor_hold [-reason] [held by ME with Outsource] [9.0]")]
    [TestCase("Hold", "no", 3, null)]
    [TestCase("Release", "y", 0, "condor_release [-reason] [released by ME with Outsource] [13.0]")]
    [TestCase("Release", "", 3, null)]
    [TestCase("Remove", "YES", 0, "pegasus-remove [--dag-id] [9.0]")]
    [TestCase("Remove", "yep", 3, null)]
    public void Should_ask_at_a_terminal_if_something_is_to_be_done(string target, string answer, int code, string? call)
    {
        Lay(_fixture.Held(SubmitFixture.First));
        Queue(
            $$"""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}, {"ClusterId": 13, "ProcId": 0, "JobStatus": 5, "DAGNodeName": "{{SubmitFixture.First}}", "pegasus_root_wf_uuid": "ID", "HoldReason": "why"}]"""
        );

        var run = Terminal.Run(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "outsource.dll"), $"--target={target}"],
            "[yes/no] ",
            answer + "\n",
            Variables
        );

        Assert.That(run.ExitCode, Is.EqualTo(code), run.Out);
        Assert.That(run.Out, Does.Contain($"{target} ").And.Contain("? [yes/no] "));
        Assert.That(
            Calls
                .Where(c => !c.StartsWith("condor_q", StringComparison.Ordinal))
                .Select(c => c.Replace($" by {Environment.UserName} ", " by ME ", StringComparison.Ordinal)),
            call is null ? Is.Empty : Has.Some.StartsWith(call)
        );
        if (call is null)
        {
            Assert.That(run.Out, Does.Contain("not confirmed; nothing was done."));
        }
    }

    [Test]
    public void Should_show_and_delete_nothing_if_clean_is_not_confirmed()
    {
        Lay(Finished());
        Queue("");
        Age(40);

        var run = Run("--target=Clean");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(
            run.Out,
            Does.Match(@"\| test +\| succeeded \| 40 d \| +[0-9.]+ \| .*/work/generated/test +\|")
                .And.Contain(Local(SubmitFixture.Folder))
                .And.EndWith("Clean: nothing was deleted. The same command with --yes deletes these.\n")
        );
        Assert.That(Directory.Exists(Generated), Is.True);
    }

    [Test]
    public void Should_delete_all_but_the_results_if_clean_is_told_so()
    {
        Lay(Finished());
        Queue("");
        Age(40);

        var run = Run("--target=Clean", "--yes", "--json");
        var again = Run("--target=Clean", "--yes");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        var document = JObject.Parse(run.Out);
        Assert.That(
            (string?)document["schema"] + (int?)document["deleted"] + document["workflows"]![0]!["name"],
            Is.EqualTo("outsource/clean/11test")
        );
        Assert.That(Schema("clean").Validate(run.Out).Select(e => e.ToString()), Is.Empty);
        Assert.That(
            Directory.EnumerateFileSystemEntries(Path.Combine(_root, "work", "generated")).Select(Path.GetFileName),
            Is.EqualTo(new[] { ".test.lock" })
        );
        Assert.That(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Local(SubmitFixture.Folder))!), Is.Empty);
        Assert.That(File.Exists(Local(Result)), Is.True);
        Assert.That(again.ExitCode, Is.EqualTo(3));
        Assert.That(again.Error, Does.StartWith("Error: there are no workflows below "));
        Assert.That(Run("--target=List").ExitCode, Is.EqualTo(3));
    }

    [TestCase("young", "it was changed 0 h ago")]
    [TestCase("silent", "HTCondor does not answer")]
    [TestCase("queued", "its DAG is in HTCondor's queue")]
    [TestCase("orphans", "it is in the queue (1 job: 1 running")]
    [TestCase("not back", "1 of 2 results is neither transferred nor uploaded (first 043001 event_basics)")]
    [TestCase("no plan", "its plan.jsonl is missing")]
    [TestCase("failed", "1 of 2 results is neither transferred nor uploaded (first 043000 peaklets)")]
    [TestCase("unknown", "it is unknown")]
    [TestCase("claimed", "is in use by another command")]
    [TestCase("begun", "its last start has no recorded end")]
    [TestCase("damaged", "submission.yml")]
    [TestCase("planned", "it is planned and was never started")]
    [TestCase("elsewhere", "is not ")]
    [TestCase("link", "is a link")]
    [TestCase("open", "is writable for all users")]
    public void Should_keep_a_workflow_if_it_may_be_needed(string what, string why)
    {
        var finished = what switch
        {
            "failed" => Planned(
                _fixture.Ended(SubmitFixture.Added).Ended(SubmitFixture.First, 20).Ended(SubmitFixture.First, 20, minute: 50).DagmanEnded(1)
            ),
            "unknown" => Planned(_fixture.Ended(SubmitFixture.Added)),
            _ => Finished(),
        };
        Lay(finished);
        Queue("");
        using var other = Spoil(what);
        if (what != "young")
        {
            Age(40);
        }

        var run = Run("--target=Clean", "--yes");

        Assert.That(run.ExitCode, Is.EqualTo(3), run.Out);
        Assert.That(run.Out, Does.Match(@"(?m)^Kept: test: ").And.Contain(why));
        Assert.That(run.Error, Does.StartWith("Error: none of 1 workflow may be deleted"));
        Assert.That(Directory.Exists(Generated) && Directory.Exists(Local(SubmitFixture.Folder)), Is.True);
    }

    [Test]
    public void Should_finish_the_deletion_if_it_was_stopped_after_the_first_rename()
    {
        Lay(Finished());
        Queue("");
        File.WriteAllText(Path.Combine(Generated, "to-delete.txt"), Local(SubmitFixture.Folder) + "\n");
        Directory.Move(Generated, Path.Combine(_root, "work", "generated", ".test.gone"));

        var shown = Run("--target=Clean");
        var run = Run("--target=Clean", "--yes", "--name=test");

        Assert.That((shown.ExitCode, run.ExitCode), Is.EqualTo((0, 0)), shown.Error + run.Error);
        Assert.That(shown.Out, Does.Contain("rest of a deletion"));
        Assert.That(Directory.Exists(Local(SubmitFixture.Folder)), Is.False);
        Assert.That(Directory.Exists(Path.Combine(_root, "work", "generated", ".test.gone")), Is.False);
    }

    [TestCase("yes", 0)]
    [TestCase("no", 3)]
    public void Should_ask_at_a_terminal_if_workflows_may_be_deleted(string answer, int code)
    {
        Lay(Finished());
        Queue("");
        Age(40);

        var run = Terminal.Run(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "outsource.dll"), "--target=Clean"],
            "[yes/no] ",
            answer + "\n",
            Variables
        );

        Assert.That(run.ExitCode, Is.EqualTo(code), run.Out);
        Assert.That(run.Out, Does.Contain("Delete 1 of these for good ("));
        Assert.That(Directory.Exists(Generated), Is.EqualTo(code == 3));
    }

    [TestCase("--older-than=soon", "Error: --older-than=soon is not a valid age")]
    [TestCase("--name=tset", "Error: there is no workflow 'tset'")]
    public void Should_delete_nothing_if_clean_is_called_wrongly(string argument, string words)
    {
        Lay(Finished());
        Queue("");
        Age(40);

        var run = Run("--target=Clean", argument, "--yes");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith(words));
        Assert.That(Directory.Exists(Generated), Is.True);
    }

    [Test]
    public void Should_show_the_newest_output_if_logs_are_asked_for()
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        Output(".out.000", "first try\n");
        Output(
            ".out.001",
            "- invocation: True\n  files:\n    stdout:\n      data: |\n        second try\n        Authorization: Basic abc\n"
        );
        Output(".err.001", string.Concat(Enumerable.Range(1, 300).Select(i => $"line {i}\n")));

        var run = Run("--target=Logs", "--job=0000", "--lines=2");

        var files = $"{Local(SubmitFixture.Folder)}/00/00/{SubmitFixture.First}";
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            run.Out,
            Does.StartWith(
                $"==> the program's standard output, {files}.out.001 <==\nsecond try\nAuthorization: ***\n"
                    + $"==> standard error, {files}.err.001, the last 2 of 300 lines <==\nline 299\nline 300\n"
            )
        );
        Assert.That(Run("--target=Logs", "--job=0000", "--try=0").Out, Does.Contain("first try"));
        Assert.That(Calls, Is.Empty, "files tell all of it");
    }

    [TestCase("--job=peaklets", "", 2, "fits 3 jobs of workflow 'test'")]
    [TestCase("--job=zzz", "", 2, "has no job 'zzz'")]
    [TestCase("--job=0001 --try=4", "", 2, "has no output of try 4: no try has ended yet.")]
    [TestCase("--job=0001", "", 3, "has left no output yet (it is ready): --follow waits for it.")]
    [TestCase("--job=0000", ".out.000.gz", 1, "is compressed (gzip) and is not shown")]
    [TestCase("--job=0000", ".out.000", 3, "printed nothing in try 0")]
    public void Should_say_why_there_is_no_output_if_logs_are_asked_for(string arguments, string file, int code, string words)
    {
        Lay(_fixture.Ended(SubmitFixture.Added));
        if (file.Length > 0)
        {
            Output(file, "");
        }

        var run = Run(["--target=Logs", .. arguments.Split(' ')]);

        Assert.That(run.ExitCode, Is.EqualTo(code), run.Out);
        Assert.That(run.Error, Does.StartWith("Error: ").And.Contain(words));
    }

    [Test]
    public void Should_print_what_comes_until_the_job_ends_if_logs_are_followed()
    {
        _ = _fixture.Ended(SubmitFixture.Added).Executing(SubmitFixture.First);
        Lay(_fixture);
        Output(".out", "begun\n");
        var said = Path.Combine(_root, "said");
        var running = ProgramRun.Start(
            "bash",
            [
                "-c",
                "exec dotnet \"$0\" --target=Logs --job=0000 --follow >\"$ROOT/said\"",
                Path.Combine(AppContext.BaseDirectory, "outsource.dll"),
            ],
            _root,
            Variables
        );
        Until(() => File.Exists(said) && File.ReadAllText(said).Contains("begun\n", StringComparison.Ordinal));
        Output(".out", "begun\ngoes on\nand");
        Until(() => File.ReadAllText(said).Contains("goes on\n", StringComparison.Ordinal));

        // Pegasus judges the try, and DAGMan ends.
        File.Move(Job(".out"), Job(".out.000"));
        File.AppendAllText(Job(".out.000"), " ends\n");
        Lay(_fixture.Ended(SubmitFixture.First).DagmanEnded(0));
        var run = running.End();

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(
            File.ReadAllText(said),
            Is.EqualTo(
                $"==> standard output, {Job(".out")} <==\nbegun\ngoes on\n==> standard output, {Job(".out.000")} <==\nand ends\n"
                    + $"Job {SubmitFixture.First} has ended: done.\n"
            )
        );
    }

    [Test]
    public void Should_say_that_the_workflow_goes_on_if_following_is_stopped()
    {
        _ = _fixture.Ended(SubmitFixture.Added).Executing(SubmitFixture.First);
        Lay(_fixture);
        Output(".out", "begun\n");

        var run = Terminal.Run(
            ["dotnet", Path.Combine(AppContext.BaseDirectory, "outsource.dll"), "--target=Logs", "--job=0000", "--follow"],
            "begun",
            "\u0003",
            Variables
        );

        Assert.That(run.ExitCode, Is.Zero, run.Out);
        Assert.That(
            run.Out,
            Does.Contain(
                $"Stopped following; the workflow continues. --target=Logs --name=test --job={SubmitFixture.First} --follow continues."
            )
        );
    }

    private const string Result = "/work/outputs/test/00/043001-output-event_basics.tar.gz";

    private string Generated => Path.Combine(_root, "work", "generated", "test");

    private static NJsonSchema.JsonSchema Schema(string name) =>
        NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", $"{name}.schema.json"))
            .GetAwaiter()
            .GetResult();

    /// <summary>A workflow that has ended, with one result uploaded and one back.</summary>
    private SubmitFixture Finished() =>
        Planned(
            _fixture
                .Ended(SubmitFixture.Added)
                .Ended(SubmitFixture.First)
                .Ended(SubmitFixture.Second)
                .Ended(SubmitFixture.Combine, minute: 50)
                .Ended(SubmitFixture.Other, minute: 52)
                .DagmanEnded(0)
        );

    private static SubmitFixture Planned(SubmitFixture fixture)
    {
        const string Folder = "/work/generated/test";
        var plan = new JobPlan
        {
            Fingerprint = "f",
            Groups =
            [
                JobGroupTests.Group(20, 10, run: 43000) with
                {
                    Hashes = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("peaklets", "abc"),
                },
                JobGroupTests.Group(20, 0, run: 43001, type: "event_basics") with
                {
                    Chunks = 0,
                    ChunksPerJob = 0,
                },
            ],
        };
        fixture.Disk.AddDirectory(Folder);
        plan.Write(fixture.Disk, Folder, new LoaderFixture { Arguments = ["--name=test"] }.Load());
        fixture.Disk.AddFile(Folder + "/workflow.yml", new("    arguments: [\"--run\", \"43000\", \"--upload\"]\n"));
        fixture.Disk.AddFile(Result, new("result"));
        return fixture;
    }

    /// <summary>Makes of a finished workflow one that is kept.</summary>
    private FileStream? Spoil(string what)
    {
        var submit = Local(SubmitFixture.Folder);
        switch (what)
        {
            case "silent":
                File.Delete(Path.Combine(_root, "queue"));
                File.WriteAllText(
                    Path.Combine(submit, "xenonnt-0.dag.dagman.log"),
                    "000 (009.000.000) 2026-11-22 17:22:53 Job submitted from host: <127.0.0.1:9618>\n...\n005 (009.000.000) 2026-11-22 "
                        + "17:30:53 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
                );
                return null;
            case "queued":
                Queue("""[{"ClusterId": 9, "ProcId": 0, "JobStatus": 2, "pegasus_root_wf_uuid": "ID"}]""");
                return null;
            case "orphans":
                // Of DAGMans it has none.
                Tool("condor_q", "#!/bin/bash\n[[ \"$*\" == *JobUniverse* ]] || cat \"$ROOT/queue\"\n");
                Queue(
                    $$"""[{"ClusterId": 13, "ProcId": 0, "JobStatus": 2, "DAGNodeName": "{{SubmitFixture.First}}", "pegasus_root_wf_uuid": "ID"}]"""
                );
                return null;
            case "not back":
                File.Delete(Local(Result));
                return null;
            case "no plan":
                File.Delete(Path.Combine(Generated, "plan.jsonl"));
                return null;
            case "claimed":
                return new FileStream(
                    Path.Combine(_root, "work", "generated", ".test.lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.ReadWrite,
                    FileShare.None
                );
            case "begun":
                File.WriteAllText(
                    Path.Combine(Generated, "journal.jsonl"),
                    """{"at":"2026-11-22T16:40:00Z","step":"start","state":"begun"}""" + "\n"
                );
                return null;
            case "damaged":
                File.WriteAllText(Path.Combine(Generated, "submission.yml"), "{ no: [yaml\n");
                return null;
            case "planned":
                File.Delete(Path.Combine(submit, "xenonnt-0.dag.dagman.out"));
                File.WriteAllText(Path.Combine(submit, "xenonnt-0.dag.condor.sub"), "");
                return null;
            case "elsewhere":
                Directory.CreateDirectory(Path.Combine(_root, "elsewhere"));
                var record = Path.Combine(Generated, "submission.yml");
                File.WriteAllText(
                    record,
                    File.ReadAllText(record).Replace(submit, Path.Combine(_root, "elsewhere"), StringComparison.Ordinal)
                );
                return null;
            case "link":
                Directory.Move(Generated, Path.Combine(_root, "moved"));
                Directory.CreateSymbolicLink(Generated, Path.Combine(_root, "moved"));
                return null;
            case "open":
                File.SetUnixFileMode(submit, File.GetUnixFileMode(submit) | UnixFileMode.OtherWrite);
                return null;
            default:
                return null;
        }
    }

    /// <summary>Makes all files look as if nobody had touched them for days.</summary>
    private void Age(int days)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_root, "work"), "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-days).AddHours(-1));
        }
    }

    private string Job(string ending) => $"{Local(SubmitFixture.Folder)}/00/00/{SubmitFixture.First}{ending}";

    private void Output(string ending, string text) => File.WriteAllText(Job(ending), text);

    private static void Until(Func<bool> so) =>
        Assert.That(SpinWait.SpinUntil(so, TimeSpan.FromSeconds(60)), Is.True, "it did not happen within a minute");

    private string[] Calls => File.Exists(Path.Combine(_root, "calls")) ? File.ReadAllLines(Path.Combine(_root, "calls")) : [];

    private IEnumerable<string> Journal =>
        File.ReadAllLines(Path.Combine(_root, "work", "generated", "test", "journal.jsonl"))
            .Select(JObject.Parse)
            .Select(e => $"{e["step"]} {e["state"]} {e["detail"]}{e["cluster"]}");

    private void Tool(string name, string? script = null)
    {
        var path = Path.Combine(_root, "bin", name);
        File.WriteAllText(path, (script ?? StandIn).ReplaceLineEndings("\n"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string Local(string path) => _root + path;

    private void Queue(string json) =>
        File.WriteAllText(
            Path.Combine(_root, "queue"),
            json.Replace("ID", SubmitFixture.Id, StringComparison.Ordinal)
                .Replace("Cluster" + SubmitFixture.Id, "ClusterId", StringComparison.Ordinal)
                .Replace("Proc" + SubmitFixture.Id, "ProcId", StringComparison.Ordinal)
        );

    /// <summary>Puts the directory of the fixture on the real disk.</summary>
    private void Lay(SubmitFixture fixture)
    {
        _ = fixture.Read();
        foreach (var path in fixture.Disk.AllFiles)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(Local(path))!);
            File.WriteAllText(
                Local(path),
                fixture.Disk.File.ReadAllText(path).Replace("submit_dir: /", $"submit_dir: {_root}/", StringComparison.Ordinal)
            );
        }
    }

    private ProgramRun Run(params string[] args) =>
        ProgramRun
            .Start(
                Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args],
                variables: Variables
            )
            .End();

    private Dictionary<string, string?> Variables =>
        new()
        {
            ["ROOT"] = _root,
            ["XENON_CONFIG"] = Path.Combine(_root, "config"),
            ["PATH"] = $"{_root}/bin:{Environment.GetEnvironmentVariable("PATH")}",
        };
}
