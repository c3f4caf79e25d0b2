using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>The walk from configuration to workflow file, as an operator types it.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
public sealed class WalkTests
{
    private DemoRun _demo = null!;

    [SetUp]
    public void MakeDemo() => _demo = new DemoRun();

    [TearDown]
    public void RemoveDemo() => _demo.Dispose();

    private static void Ends(ProgramRun run, int exitCode) => Assert.That(run.ExitCode, Is.EqualTo(exitCode), $"{run.Out}\n{run.Error}");

    [Test]
    public void Should_answer_on_the_demo_and_say_so_in_the_first_line()
    {
        var run = _demo.Run("--target=DryRun");

        Ends(run, 0);
        Assert.That(run.Out, Does.StartWith("No configuration was found, so this is the embedded demo ("));
        Assert.That(run.Out, Does.Contain("792 lines = 99 runs considered x 8 data types requested."));
        Assert.That(run.Out, Does.Match(@"\n  \./build\.sh --target=WriteWorkflow --reuse --name=2025-05-14 --plan=[0-9a-f]{12}\n\z"));
        Assert.That(run.Out, Does.Not.Contain('\e'));
        Assert.That(run.Error, Is.Empty);
    }

    [Test]
    public void Should_write_nothing_outside_the_work_dir_if_dry()
    {
        Ends(_demo.Run("--target=DryRun"), 0);

        Assert.That(Directory.EnumerateFileSystemEntries(_demo.Home), Is.Empty);
        Assert.That(
            Directory.EnumerateFileSystemEntries(_demo.Folder).Select(Path.GetFileName).Order(),
            Is.EqualTo(new[] { "home", "work" })
        );
        Assert.That(
            Directory.EnumerateFileSystemEntries(_demo.Generated("2025-05-14")).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Is.EqualTo(new[] { "ledger.jsonl", "plan.jsonl", "plan.yml", "runlist.txt", "runs.jsonl", "settings.yml", "unplanned.jsonl" })
        );
    }

    [Test]
    public void Should_leave_the_workflow_and_all_that_belongs_to_it()
    {
        Ends(_demo.Run("--target=WriteWorkflow", "--name=w"), 0);

        var files = Directory
            .EnumerateFiles(_demo.Generated("w"), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(_demo.Generated("w"), f))
            .Order(StringComparer.Ordinal);
        Assert.That(
            files,
            Is.EqualTo(
                new[]
                {
                    ".xenon_config",
                    "SHA256SUMS",
                    "journal.jsonl",
                    "ledger.jsonl",
                    "payload/combine.py",
                    "payload/payload_common.py",
                    "payload/process.py",
                    "payload/process.sh",
                    "pegasus.properties",
                    "plan.jsonl",
                    "plan.yml",
                    "replicas.yml",
                    "runlist.txt",
                    "runs.jsonl",
                    "settings.yml",
                    "sites.yml",
                    "transformations.yml",
                    "unplanned.jsonl",
                    "workflow.yml",
                }
            )
        );
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(
                File.GetUnixFileMode(Path.Combine(_demo.Generated("w"), ".xenon_config")),
                Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite)
            );
            Assert.That(
                File.GetUnixFileMode(Path.Combine(_demo.Generated("w"), "payload", "process.sh")) & UnixFileMode.UserExecute,
                Is.Not.EqualTo(UnixFileMode.None)
            );
        }
    }

    [Test]
    public void Should_say_that_no_run_is_in_range_rather_than_name_tables_that_are_empty()
    {
        var runs = _demo.File(
            "early.jsonl",
            """{"number":7,"mode":"tpc_bkg","source":"none","detectors":["tpc"],"tags":[],"data":[]}""" + "\n"
        );

        var run = _demo.Run("--target=DryRun", "--name=early", $"--rundb=file:{runs}");

        Assert.That(
            (run.ExitCode, run.Error),
            Is.EqualTo((3, "Error: nothing to do: no run is in range. Check --from, --to and min_run_number = 61000.\n"))
        );
    }

    [Test]
    public void Should_end_with_3_and_write_no_workflow_if_there_is_nothing_to_do()
    {
        var dry = _demo.Run("--target=DryRun", "--run=61999");
        Ends(dry, 3);
        Assert.That(dry.Out, Does.Contain("run-unknown"));
        Assert.That(dry.Error, Is.EqualTo("Error: nothing to do: no run has a data type to process. The tables above show why.\n"));

        var run = _demo.Run("--target=WriteWorkflow", "--run=61999");
        Ends(run, 3);
        Assert.That(Directory.EnumerateFiles(_demo.WorkDir, "workflow.yml", SearchOption.AllDirectories), Is.Empty);
        Assert.That(Directory.EnumerateFiles(_demo.WorkDir, "*.properties", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void Should_refuse_an_existing_workflow_and_replace_it_whole_if_forced()
    {
        Ends(_demo.Run("--target=WriteWorkflow", "--run=61030"), 0);
        var stale = Path.Combine(_demo.Generated("061030"), "stale");
        File.WriteAllText(stale, "");
        var before = File.ReadAllText(Path.Combine(_demo.Generated("061030"), "workflow.yml"));
        File.AppendAllText(
            Path.Combine(_demo.Generated("061030"), "journal.jsonl"),
            """{"at":"2025-05-14T12:00:00+00:00","step":"plan","state":"begun"}""" + "\n"
        );

        var refused = _demo.Run("--target=WriteWorkflow", "--run=61030");
        Ends(refused, 2);
        Assert.That(
            refused.Error,
            Does.StartWith("Error: workflow '061030' exists already (")
                .And.Contain("Choose another name with --name=NAME, --reuse to continue it, or pass --replace to replace it.")
        );
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("061030"), "workflow.yml")), Is.EqualTo(before));

        Ends(_demo.Run("--target=WriteWorkflow", "--run=61030", "--force", "--debug"), 0);
        Assert.That(File.Exists(stale), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("061030"), "workflow.yml")), Does.Not.Contain("--upload"));
        Assert.That(
            Directory.EnumerateDirectories(Path.Combine(_demo.WorkDir, "generated")).Select(Path.GetFileName),
            Is.EqualTo(new[] { "061030" })
        );
    }

    [Test]
    public void Should_replace_what_was_only_written_and_say_so_in_one_line()
    {
        Ends(_demo.Run("--target=WriteWorkflow", "--run=61030"), 0);
        var stale = Path.Combine(_demo.Generated("061030"), "stale");
        File.WriteAllText(stale, "");

        var run = _demo.Run("--target=WriteWorkflow", "--run=61030", "--debug");

        Ends(run, 0);
        Assert.That(
            run.Out.Split('\n'),
            Has.One.Match(
                @"^workflow '061030' of \d{4}-\d\d-\d\d \d\d:\d\d UTC was only written, never planned or submitted; it is replaced by "
                    + @"this one \(rucio_upload was true, now false; rundb_update was true, now false; debug was false, now true\)\.$"
            )
        );
        Assert.That(run.Out, Does.Not.Contain("was made with other options"));
        Assert.That(File.Exists(stale), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("061030"), "workflow.yml")), Does.Not.Contain("--upload"));
    }

    [Test]
    public void Should_keep_the_old_workflow_if_the_forced_one_has_nothing_to_do()
    {
        Ends(_demo.Run("--target=WriteWorkflow", "--name=n", "--run=61030"), 0);
        var before = Directory
            .EnumerateFiles(_demo.Generated("n"), "*", SearchOption.AllDirectories)
            .ToDictionary(f => f, File.ReadAllText);

        Ends(_demo.Run("--target=WriteWorkflow", "--name=n", "--run=61999", "--force"), 3);
        Assert.That(
            Directory.EnumerateFiles(_demo.Generated("n"), "*", SearchOption.AllDirectories).ToDictionary(f => f, File.ReadAllText),
            Is.EqualTo(before)
        );
    }

    [Test]
    public void Should_count_on_if_a_workflow_of_the_day_exists()
    {
        Ends(_demo.Run("--target=WriteWorkflow"), 0);
        Ends(_demo.Run("--target=WriteWorkflow"), 0);

        Assert.That(
            Directory.EnumerateDirectories(Path.Combine(_demo.WorkDir, "generated")).Select(Path.GetFileName).Order(),
            Is.EqualTo(new[] { "2025-05-14", "2025-05-14-2" })
        );
    }

    [Test]
    public void Should_leave_an_existing_workflow_alone_if_dry()
    {
        Ends(_demo.Run("--target=WriteWorkflow", "--run=61030"), 0);
        var run = _demo.Run("--target=DryRun", "--run=61030");

        Ends(run, 0);
        Assert.That(
            run.Out,
            Does.Contain("workflow '061030' exists already and stays unchanged; the artifacts of this run go to '061030-2'.")
        );
    }

    [Test]
    public void Should_run_any_stage_alone_on_what_is_there()
    {
        Ends(_demo.Run("--target=DryRun", "--name=n", "--run=61030"), 0);
        var plan = File.ReadAllText(Path.Combine(_demo.Generated("n"), "plan.jsonl"));
        foreach (var stage in new[] { "QueryRuns", "FilterModes", "PlanChunks", "WriteWorkflow" })
        {
            var run = _demo.Run($"--target={stage}", "--exclusive", "--name=n");
            Ends(run, 0);
            Assert.That(run.Out.Trim().Split('\n'), Has.Length.EqualTo(1));
        }

        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("n"), "plan.jsonl")), Is.EqualTo(plan));
        var again = _demo.Run("--target=PlanChunks", "--exclusive", "--name=n");
        Ends(again, 2);
        Assert.That(
            again.Error,
            Is.EqualTo(
                "Error: workflow 'n' is already written, and PlanChunks would change its inputs. Choose another name, or "
                    + "pass --replace and write the workflow again.\n"
            )
        );
    }

    [Test]
    public void Should_say_which_stage_makes_what_is_missing()
    {
        Ends(_demo.Run("--target=LoadConfig", "--name=n"), 0);
        var run = _demo.Run("--target=WriteWorkflow", "--exclusive", "--name=n");

        Ends(run, 2);
        Assert.That(
            run.Error,
            Is.EqualTo(
                $"Error: '{_demo.Generated("n")}/plan.jsonl' is missing. Stage PlanChunks makes it: ./build.sh "
                    + "--target=PlanChunks --name=n\n"
            )
        );
    }

    [Test]
    public void Should_refuse_options_that_a_lone_stage_would_ignore()
    {
        Ends(_demo.Run("--target=DryRun", "--name=n"), 0);
        var run = _demo.Run("--target=PlanChunks", "--exclusive", "--name=n", "--run=61030");

        Ends(run, 2);
        Assert.That(
            run.Error,
            Is.EqualTo("Error: --run: only LoadConfig reads it, and --exclusive skips LoadConfig. Leave it out, or leave out --exclusive.\n")
        );
    }

    [Test]
    public void Should_reuse_what_still_fits_and_say_why_not_otherwise()
    {
        Ends(_demo.Run("--target=DryRun", "--name=n"), 0);
        var same = _demo.Run("--target=WriteWorkflow", "--reuse", "--name=n");
        Ends(same, 0);
        Assert.That(
            same.Out,
            Does.Contain("QueryRuns: reused")
                .And.Contain("FilterModes: reused")
                .And.Contain("PlanChunks: reused")
                .And.Contain("WriteWorkflow: not reused, there is no workflow.yml yet.")
        );

        var written = File.ReadAllText(Path.Combine(_demo.Generated("n"), "workflow.yml"));
        var twice = _demo.Run("--target=WriteWorkflow", "--reuse", "--name=n");
        Ends(twice, 0);
        Assert.That(twice.Out, Does.Contain("WriteWorkflow: reused"));
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("n"), "workflow.yml")), Is.EqualTo(written));

        Ends(_demo.Run("--target=DryRun", "--name=m"), 0);
        var other = _demo.Run("--target=DryRun", "--reuse", "--name=m", "--mode=tpc_bkg");
        Ends(other, 0);
        Assert.That(
            other.Out,
            Does.Contain("QueryRuns: reused")
                .And.Contain("FilterModes: not reused, settings or inputs have changed since ledger.jsonl was made.")
        );

        var undermining = _demo.Run("--target=DryRun", "--reuse", "--name=n", "--mode=tpc_bkg");
        Ends(undermining, 2);
        Assert.That(undermining.Error, Does.StartWith("Error: workflow 'n' was made from other settings ("));
    }

    [TestCase("--from=61060", "--mode=tpc_bkg,tpc_rn220", "--debug", "--image=2024.11.1")]
    [TestCase("--runlist=runs", "--payload=canary", "--canary-fail=61030:peaklets:2")]
    [TestCase("--run=61007", "--force", "--detector=tpc", "--max-parallel-requests=3")]
    [TestCase("--demo", "--to=61050")]
    public void Should_write_the_very_plan_if_the_command_that_the_dry_run_names_is_typed(params string[] arguments)
    {
        _ = _demo.File("runs", "61030\n61031 # one more\n");
        var rehearsed = _demo.Run(["--target=DryRun", "--name=n", .. arguments]);
        Ends(rehearsed, 0);
        var plan = File.ReadAllText(Path.Combine(_demo.Generated("n"), "plan.jsonl"));
        var next = rehearsed.Out.TrimEnd().Split('\n')[^1].Trim().Split(' ');
        Assert.That(next[0], Is.EqualTo("./build.sh"));

        var run = _demo.Run(next[1..]);

        Ends(run, 0);
        Assert.That(run.Out, Does.Contain("QueryRuns: reused").And.Contain("FilterModes: reused").And.Contain("PlanChunks: reused"));
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("n"), "plan.jsonl")), Is.EqualTo(plan));
        Assert.That(
            _demo.Run(next[1..]).Out,
            arguments.Contains("--force") ? Does.Contain("WriteWorkflow: ") : Does.Contain("WriteWorkflow: reused")
        );
    }

    [Test]
    public void Should_mail_at_start_and_end_by_the_one_word_that_the_monitor_knows_for_both()
    {
        var demo = Path.Combine(Checkout.Root, "tasks", "demo");
        var config = _demo.File(
            "config",
            File.ReadAllText(Path.Combine(demo, ".xenon_config"))
                .Replace("file:", $"file:{demo}/")
                .Replace("context_file = ", $"context_file = {demo}/")
                .Replace("notification_email =", "notification_email = shift@example.org")
        );

        Ends(_demo.Run("--target=WriteWorkflow", "--name=n", "--run=61030", $"--config={config}"), 0);

        var hooks = File.ReadLines(Path.Combine(_demo.Generated("n"), "workflow.yml"))
            .SkipWhile(l => l != "hooks:")
            .TakeWhile(l => l != "jobs:")
            .ToList();
        Assert.That(hooks, Has.Count.EqualTo(3));
        Assert.That(
            hooks[2],
            Does.StartWith("    - {_on: all, cmd: \"env PEGASUS_BIN_DIR=/usr/bin python3 -c ")
                .And.EndWith(" /usr/share/pegasus/notification/email -t shift@example.org -r none\"}")
        );
    }

    [Test]
    public void Should_reuse_a_plan_with_the_keys_that_were_set_for_it()
    {
        Ends(_demo.Run("--target=DryRun", "--name=set", "--set", "max_daily=3", "--set", "exclude_modes=tpc_rn220,tpc_noise"), 0);

        var run = _demo.Run("--target=DryRun", "--reuse", "--name=set");
        Ends(run, 0);
        Assert.That(run.Out, Does.Contain("--set max_daily=3").And.Contain("--set exclude_modes=tpc_rn220,tpc_noise"));
        Assert.That(run.Out, Does.Contain("PlanChunks: reused ").And.Contain("Runs 3, jobs "));

        var other = _demo.Run("--target=DryRun", "--reuse", "--name=set", "--set", "max_daily=2");
        Ends(other, 0);
        Assert.That(other.Out, Does.Contain("--set exclude_modes=tpc_rn220,tpc_noise").And.Not.Contain("--set max_daily=3"));
        Assert.That(other.Out, Does.Contain("FilterModes: not reused"));
    }

    [Test]
    public void Should_write_and_reuse_the_memory_of_one_data_type()
    {
        Ends(_demo.Run("--target=DryRun", "--run=61030", "--name=set", "--set", "memory.peaklets=9000", "--set", "disk.peaklets=80 GB"), 0);

        var run = _demo.Run("--target=WriteWorkflow", "--reuse", "--name=set", "--demo");

        Ends(run, 0);
        Assert.That(run.Out, Does.Contain("--set memory.peaklets=9000 --set disk.peaklets=80000000.").And.Contain("PlanChunks: reused "));
        var workflow = File.ReadAllText(Path.Combine(_demo.Generated("set"), "workflow.yml"));
        Assert.That(
            workflow,
            Does.Contain("request_memory: \"ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 9000, (DAGNodeRetry + 1)*9000)\"")
                .And.Contain(" 80000000, (DAGNodeRetry + 1)*80000000)")
                .And.Not.Contain(" 14500,")
        );

        var other = _demo.Run("--target=DryRun", "--reuse", "--name=set", "--set", "memory.peaklets=8000");
        Assert.That(other.ToString(), Does.Contain("memory was peaklets=9000, now peaklets=8000"));
    }

    [Test]
    public void Should_let_what_is_typed_win_over_the_plan_that_is_reused()
    {
        Ends(_demo.Run("--target=DryRun", "--name=n", "--from=61060", "--to=61070"), 0);

        var run = _demo.Run("--target=DryRun", "--reuse", "--name=n", "--from=61065");

        Ends(run, 0);
        Assert.That(
            run.Out,
            Does.Contain("LoadConfig: arguments of plan 'n': --to=61070.\n")
                .And.Contain("QueryRuns: not reused, settings or inputs have changed since runs.jsonl was made.")
        );
        var settings = File.ReadAllText(Path.Combine(_demo.Generated("n"), "settings.yml"));
        Assert.That(
            settings,
            Does.Contain(
                "  from:\n    value: \"61065\"\n    origin: \"argument --from\"\n  to:\n    value: \"61070\"\n    origin: \"argument "
                    + "--to\"\n"
            )
        );
    }

    [Test]
    public void Should_take_over_chunk_outputs_of_an_earlier_debug_run_that_hold_the_same()
    {
        var outputs = DebugRunWithOutputs();

        var run = _demo.Run("--target=WriteWorkflow", "--name=n", "--run=61030", "--force");

        Ends(run, 0);
        Assert.That(
            run.Out,
            Does.Contain(
                " 1 chunk output of an earlier run exists already and will not be made again. 1 in outputs/n is empty, or cannot be "
                    + "proved to contain the same chunks, hashes and payload; made again.\n"
            )
        );
        var replicas = File.ReadAllText(Path.Combine(_demo.Generated("n"), "replicas.yml"));
        Assert.That(
            replicas,
            Does.Contain(
                "  - lfn: \"061030-output-peaklets-0000.tar.gz\"\n    pfns:\n      - {site: local, pfn: "
                    + $"\"file://{outputs}/061030-output-peaklets-0000.tar.gz\"}}\n"
            )
        );
        Assert.That(replicas, Does.Not.Contain("peaklets-0001").And.Not.Contain("notes.txt"));
        Assert.That(
            File.ReadAllText(Path.Combine(_demo.Generated("n"), "workflow.yml")),
            Does.Not.Contain("id: \"061030-peaklets-0000\"").And.Contain("id: \"061030-peaklets-0001\"")
        );

        // And once more: the file is older than the workflow now, but that workflow had taken it over.
        File.SetLastWriteTimeUtc(Path.Combine(outputs, "061030-output-peaklets-0000.tar.gz"), DateTime.UtcNow.AddHours(-1));
        Assert.That(
            _demo.Run("--target=WriteWorkflow", "--name=n", "--run=61030", "--force").Out,
            Does.Contain(" 1 chunk output of an earlier run exists already")
        );
    }

    [TestCase("--payload=canary", null)]
    [TestCase("--image=2024.11.1", null)]
    [TestCase("--config=other", null)]
    [TestCase("--detector=all", "older")]
    [TestCase("--detector=all", "gone")]
    public void Should_not_take_over_chunk_outputs_that_may_hold_something_else(string argument, string? change)
    {
        // Other payload, other hashes, other chunks; of a workflow before the one that stands; of one that nobody knows.
        var outputs = DebugRunWithOutputs();
        _ = _demo.File(
            "other",
            File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "demo", ".xenon_config"))
                .Replace("chunks_per_job = 10", "chunks_per_job = 20")
                .Replace("file:", $"file:{Checkout.Root}/tasks/demo/")
                .Replace("context_file = ", $"context_file = {Checkout.Root}/tasks/demo/")
        );
        if (change == "older")
        {
            File.SetLastWriteTimeUtc(Path.Combine(outputs, "061030-output-peaklets-0000.tar.gz"), DateTime.UtcNow.AddHours(-1));
        }
        else if (change == "gone")
        {
            Directory.Delete(_demo.Generated("n"), recursive: true);
        }

        var run = _demo.Run("--target=WriteWorkflow", "--name=n", "--run=61030", "--force", argument);

        Ends(run, 0);
        Assert.That(run.Out, Does.Contain(" 2 in outputs/n are empty, or cannot be proved").And.Not.Contain("already"));
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("n"), "replicas.yml")), Does.Not.Contain("061030-output-peaklets"));
        Assert.That(File.ReadAllText(Path.Combine(_demo.Generated("n"), "workflow.yml")), Does.Contain("id: \"061030-peaklets-0000\""));
    }

    /// <summary>A debug workflow of one run, of whose outputs one came back whole and one empty.</summary>
    private string DebugRunWithOutputs()
    {
        Ends(_demo.Run("--target=WriteWorkflow", "--debug", "--name=n", "--run=61030"), 0);
        var outputs = Directory.CreateDirectory(Path.Combine(_demo.WorkDir, "outputs", "n")).FullName;
        File.WriteAllText(Path.Combine(outputs, "061030-output-peaklets-0000.tar.gz"), "parts");
        File.WriteAllText(Path.Combine(outputs, "061030-output-peaklets-0001.tar.gz"), "");
        File.WriteAllText(Path.Combine(outputs, "notes.txt"), "notes");
        return outputs;
    }

    [Test]
    public void Should_show_no_secret_and_ship_only_those_the_jobs_use()
    {
        var config = File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "demo", ".xenon_config"))
            .Replace("file:", $"file:{Checkout.Root}/tasks/demo/", StringComparison.Ordinal)
            .Replace("contexts.json", $"{Checkout.Root}/tasks/demo/contexts.json", StringComparison.Ordinal);
        var secret = config
            .Replace("[Outsource]", "[Outsource]\n", StringComparison.Ordinal)
            .Replace("[RunDB]", "[RunDB]\nxe1t_url = old.invalid:1\nxe1t_password = XE1T-SECRET", StringComparison.Ordinal);
        secret = System
            .Text.RegularExpressions.Regex.Replace(secret, "(?m)^(rundb_api_password|xent_password).*\n", "")
            .Replace("[RunDB]\n", "[RunDB]\nrundb_api_password = API-SECRET\nxent_password = MONGO-SECRET\n", StringComparison.Ordinal);
        var path = _demo.File("secret_config", secret);
        var run = _demo.Run("--target=WriteWorkflow", $"--config={path}", "--name=n", "--verbosity=diagnostic", "--debug");

        Ends(run, 0);
        var shipped = File.ReadAllText(Path.Combine(_demo.Generated("n"), ".xenon_config"));
        Assert.That(shipped, Does.Contain("MONGO-SECRET").And.Not.Contain("XE1T-SECRET").And.Not.Contain("API-SECRET"));
        foreach (
            var file in Directory
                .EnumerateFiles(_demo.WorkDir, "*", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(f) != ".xenon_config")
        )
        {
            Assert.That(File.ReadAllText(file), Does.Not.Contain("-SECRET"), file);
        }

        Assert.That(run.Out + run.Error, Does.Not.Contain("-SECRET"));
    }

    private static IEnumerable<TestCaseData> BadInputs() =>
        new string[][]
        {
            ["unknown option '--taget'", "--taget=Submit"],
            ["unknown target 'DryRnu'", "--target=DryRnu"],
            ["--run=abc is not a run number", "--run=abc"],
            ["--runlist", "--run=1", "--runlist=x"],
            ["is greater than", "--from=9", "--to=8"],
            ["unknown detector 'tpx'", "--detector=tpx"],
            ["--name=a/b is not a valid workflow name", "--name=a/b"],
            ["'..'", "--name=.."],
            ["/nowhere/config", "--config=/nowhere/config"],
            ["/nowhere/runs.json", "--rundb=file:/nowhere/runs.json"],
            ["no_such_context", "--context=no_such_context"],
            ["1999.01.1", "--image=1999.01.1"],
            ["/nowhere/tables", "--tables-folder=/nowhere/tables"],
        }.Select(b => new TestCaseData(b[0], b[1..]).SetArgDisplayNames(b[1..]));

    [TestCaseSource(nameof(BadInputs))]
    public void Should_refuse_bad_input_and_write_nothing(string words, string[] arguments)
    {
        var run = _demo.Run(arguments);

        Ends(run, 2);
        Assert.That(run.Error, Does.StartWith("Error: ").And.Contain(words));
        Assert.That(run.Error, Does.Not.Contain("   at "));
        Assert.That(Directory.Exists(_demo.WorkDir), Is.False);
    }

    [Test]
    public void Should_refuse_a_snapshot_that_is_not_json_and_leave_nothing_half()
    {
        var csv = _demo.File("runs.csv", "number,mode\n");
        var run = _demo.Run("--target=DryRun", $"--rundb=file:{csv}", "--name=n");

        Ends(run, 2);
        Assert.That(run.Error, Does.StartWith($"Error: run snapshot '{csv}' is not JSON: it begins with byte 0x6e."));
        Assert.That(Directory.EnumerateFiles(_demo.Generated("n")).Select(Path.GetFileName), Is.EqualTo(new[] { "settings.yml" }));
    }
}
