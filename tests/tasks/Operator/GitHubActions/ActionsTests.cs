using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Machine;
using Outsource.Operator.GitHubActions;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;
using YamlDotNet.RepresentationModel;

namespace Outsource.Tests.Operator.GitHubActions;

/// <summary>
/// A dry run in GitHub Actions: on the real host, with the files that a runner gives; and the workflow that ships with the repository, its
/// steps run by bash.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class ActionsTests
{
    private DemoRun _demo = null!;

    [SetUp]
    public void SetUp() => _demo = new DemoRun();

    [TearDown]
    public void TearDown() => _demo.Dispose();

    [Test]
    public void Should_fold_stages_annotate_and_give_outputs()
    {
        var run = Host("--target=DryRun", "--name=d", "--to=61040");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var lines = run.Out.Split('\n');
        Assert.That(
            lines.Where(l => l.StartsWith("::", StringComparison.Ordinal)),
            Is.EqualTo(
                new[]
                {
                    "::group::LoadConfig",
                    "::endgroup::",
                    "::group::QueryRuns",
                    "::endgroup::",
                    "::group::FilterModes",
                    "::endgroup::",
                    "::group::PlanChunks",
                    "::endgroup::",
                }
            )
        );
        Assert.That(
            Array.IndexOf(lines, "272 lines = 34 runs considered x 8 data types requested."),
            Is.GreaterThan(Array.LastIndexOf(lines, "::endgroup::"))
        );
        var outputs = Outputs();
        Assert.That(outputs.Select(o => o.Key), Is.EqualTo(new[] { "runs", "jobs", "chunks", "ledger", "report" }));
        Assert.That((outputs["runs"], outputs["jobs"], outputs["chunks"]), Is.EqualTo(("19", "192", "976")));
        Assert.That(outputs["ledger"], Is.EqualTo(Path.Combine(_demo.Generated("d"), "ledger.jsonl")));
        Assert.That(File.ReadAllText(outputs["report"]), Does.StartWith("<!DOCTYPE html>"));
        Assert.That(
            Summary,
            Does.StartWith("## Dry run d\n")
                .And.Contain("**19 runs, 192 jobs, 976 chunks**; 34 runs considered.")
                .And.Contain("| process | 82 |")
                .And.Contain("| **total** | **272** |")
                .And.Contain("| excluded | tagged | 16 | run 61016: tag bad |")
        );
    }

    [Test]
    public void Should_annotate_what_is_wrong()
    {
        var run = Host("--target=DryRun", "--to=60000");

        Assert.That(run.ExitCode, Is.EqualTo(3));
        Assert.That(
            run.Error,
            Does.StartWith("::warning title=Outsource::--to=60000 is below min_run_number = 61000 (")
                .And.Contain("\n::error title=Outsource::nothing to do: no run has a data type to process. The tables above show why.\n")
        );
        Assert.That(Outputs()["jobs"], Is.EqualTo("0"));
        Assert.That(Host("--target=DryRun", "--taget=x").Error, Does.StartWith("::error title=Outsource::unknown option '--taget'"));
    }

    [Test]
    public void Should_leave_standard_output_to_the_document()
    {
        var run = Host("--target=DryRun", "--name=d", "--to=61040", "--json");

        Assert.That(run.Out, Does.StartWith("{\n").And.EndWith("}\n").And.Not.Contain("::group"));
        Assert.That(run.Error, Does.Contain("::group::LoadConfig\n"));
        Assert.That(Outputs()["jobs"], Is.EqualTo("192"));
    }

    [Test]
    public void Should_show_nothing_of_it_elsewhere()
    {
        var run = _demo.Run("--target=DryRun", "--name=d", "--to=61040");

        Assert.That(run.Out + run.Error, Does.Not.Contain("::"));
        Assert.That(File.Exists(Path.Combine(_demo.Generated("d"), "report.html")), Is.False);
    }

    [Test]
    public void Should_report_what_changed_since_the_plan_before()
    {
        Assert.That(_demo.Run("--target=DryRun", "--name=old", "--to=61040").ExitCode, Is.Zero);

        var more = Host("--target=DryRun", "--name=new", "--to=61045", $"--previous={_demo.Generated("old")}", "--fail-if-shrunk");
        Assert.That(more.ExitCode, Is.Zero, more.Error);
        Assert.That(more.Out, Does.Contain($"\nFrom plan {_demo.Generated("old")} to plan new:\n"));
        Assert.That(
            Summary,
            Does.Contain($"### Since {_demo.Generated("old")}\n\n```text\nFrom plan ").And.Contain("  to: 61040 -> 61045")
        );

        var fewer = Host("--target=DryRun", "--name=newer", "--to=61020", $"--previous={_demo.Generated("old")}", "--fail-if-shrunk");
        Assert.That(fewer.ExitCode, Is.EqualTo(1));
        Assert.That(
            fewer.Error,
            Does.Contain(
                    $"::error title=Outsource::the plan shrank since '{_demo.Generated("old")}', and --fail-if-shrunk was given: runs "
                        + "considered: 34 -> "
                )
                .And.Contain("lines of the ledger: 272 -> ")
        );

        _ = Directory.CreateDirectory(Path.Combine(_demo.Folder, "empty"));
        var first = _demo.Run("--target=DryRun", "--name=first", "--to=61040", "--previous=empty", "--fail-if-shrunk");
        Assert.That(
            (first.ExitCode, first.Error),
            Is.EqualTo((0, "Warning: 'empty' is empty, so nothing is compared: this is the first run of a pipeline.\n"))
        );

        foreach (var guard in new string[][] { [], ["--fail-if-shrunk"] })
        {
            var mistyped = _demo.Run(["--target=DryRun", "--name=second", "--to=61040", "--previous=emty", .. guard]);
            Assert.That(
                (mistyped.ExitCode, mistyped.Out, mistyped.Error),
                Is.EqualTo(
                    (
                        2,
                        "",
                        $"Error: --previous: '{_demo.Folder}/emty' does not exist (did you mean 'empty'?). Pass the folder with a "
                            + "workflow's artifacts ({work_dir}/generated/NAME), or leave --previous out. The first run of a pipeline has "
                            + "no earlier plan: it says so with an empty folder (mkdir -p).\n"
                    )
                )
            );
        }

        Assert.That(Directory.Exists(_demo.Generated("second")), Is.False, "nothing was run");
    }

    [TestCase(2, "--fail-if-shrunk compares with the plan of --previous=FOLDER: pass it. Nothing was run.", "--fail-if-shrunk")]
    [TestCase(2, "contains no complete plan: settings.yml, ledger.jsonl, plan.jsonl are missing.", "--previous=.")]
    [TestCase(1, "9 lines of the ledger ended as source-error, and --fail-on-source-error was given.", "--fail-on-source-error")]
    public void Should_fail_where_it_was_told_to(int code, string error, string argument)
    {
        _ = _demo.File("a file", "");
        var run = _demo.Run("--target=DryRun", argument);

        Assert.That(run.ExitCode, Is.EqualTo(code));
        Assert.That(run.Error, Does.Contain(error));
        Assert.That(run.Out, code == 2 ? Is.Empty : Is.Not.Empty, "what is called wrongly asks no service before it is told");
    }

    [Test]
    public void Should_take_no_command_from_a_run_document()
    {
        var demo = Path.Combine(Checkout.Root, "tasks", "demo", "runs.jsonl");
        var runs = _demo.File(
            "runs.jsonl",
            string.Join(
                '\n',
                File.ReadLines(demo)
                    .Select(l =>
                        l.Contains("\"number\":61030,", StringComparison.Ordinal)
                            ? l.Replace(
                                "\"status\":\"transferred\"",
                                "\"status\":\"lost [x](//y)\\n::stop-commands::a\\n##[add-mask]b\"",
                                StringComparison.Ordinal
                            )
                            : l
                    )
            )
        );
        Assert.That(_demo.Run("--target=DryRun", "--name=old", "--run=61030,61031").ExitCode, Is.Zero);

        var run = Host(
            "--target=DryRun",
            "--name=new",
            "--run=61030,61031",
            $"--rundb=file:{runs}",
            $"--previous={_demo.Generated("old")}"
        );
        var explained = Host("--target=Explain", "--run=61030", "--name=new");

        Assert.That((run.ExitCode, explained.ExitCode), Is.EqualTo((0, 0)), run.Error + explained.Error);
        Assert.That(Summary, Does.Contain("lost \\[x](//y)\\\\n::stop-commands::a"), "no link, no line of its own");
        Assert.That(run.Out, Does.Contain(": :stop-commands::a\n").And.Contain("## [add-mask]b"));
        Assert.That(run.Out + explained.Out, Does.Not.Match(@"(?m)^\s*::(?!group|endgroup)|##\[|\e"));
    }

    [Test]
    public void Should_hold_no_value_that_ends_an_output_or_a_message()
    {
        Assert.That(
            ActionsText.Annotation("error", "a,b:c%", "100 %\r\n::error::x"),
            Is.EqualTo("::error title=a%2Cb%3Ac%25::100 %25%0D%0A::error::x")
        );
        var file = _demo.File("output", "");
        new ActionsFiles(
            new HostEnvironment
            {
                Disk = new System.IO.Abstractions.FileSystem(),
                Now = default,
                Variables = new Dictionary<string, string> { ["GITHUB_OUTPUT"] = file, ["GITHUB_STEP_SUMMARY"] = file + ".md" },
                WorkingDirectory = "/",
                User = "u",
                Home = "/",
                HostName = "h",
                DataFolder = "/",
                DemoWorkDir = "/",
            }
        ).Output([KeyValuePair.Create("a", "one\nEND\nb<<X")]);
        Assert.That(File.ReadAllText(file), Is.EqualTo("a<<END_\none\nEND\nb<<X\nEND_\n"));
    }

    [Test]
    public void Should_be_a_workflow_whose_scripts_are_sound()
    {
        var scripts = Scripts().ToList();

        Assert.That(scripts, Has.Count.EqualTo(2));
        foreach (var script in scripts)
        {
            // What somebody typed comes through variables: in a script it would be code.
            Assert.That(script, Does.Not.Contain("${{"));
            Assert.That(ProgramRun.Start("bash", ["-n", "-c", script]).End(), Has.Property("ExitCode").Zero);
        }
    }

    [Test]
    public void Should_run_on_the_demo_without_a_secret_and_ask_the_services_with_one()
    {
        var scripts = Scripts().ToList();
        var demo = Step(scripts[0]);
        Assert.That(demo.ExitCode, Is.Zero, demo.Error);
        Assert.That(demo.Out, Does.Contain("This is the embedded demo ("));
        Assert.That(Outputs()["measure"], Is.EqualTo("true"));
        var kept = Step(scripts[1], ("LEDGER", Outputs()["ledger"]));
        Assert.That(kept.ExitCode, Is.Zero, kept.Error);
        Assert.That(
            Directory.EnumerateFiles(Path.Combine(_demo.Folder, "previous")).Select(Path.GetFileName),
            Is.EquivalentTo(
                new[]
                {
                    "settings.yml",
                    "runs.jsonl",
                    "ledger.jsonl",
                    "runlist.txt",
                    "unplanned.jsonl",
                    "plan.jsonl",
                    "plan.yml",
                    "report.html",
                }
            )
        );

        var secret = File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "demo", ".xenon_config"))
            .Replace("file:", $"file:{Checkout.Root}/tasks/demo/", StringComparison.Ordinal)
            .Replace("context_file = ", $"context_file = {Checkout.Root}/tasks/demo/", StringComparison.Ordinal)
            .Replace("rundb_api_user = demo", "rundb_api_user = demo\nrundb_api_password = never-shown", StringComparison.Ordinal);
        var asked = Step(
            scripts[0],
            ("XENON_CONFIG_TEXT", secret),
            ("ASK_RUNS", "61030,61031"),
            ("ASK_MODE", "$(touch hacked); tpc_rn220")
        );
        Assert.That(asked.Out, Does.Contain("QueryRuns: 2 runs in range"));
        Assert.That(asked.Out + asked.Error + Summary, Does.Not.Contain("never-shown"));
        Assert.That(File.ReadAllText(Path.Combine(_demo.Folder, "mode")), Is.EqualTo("600\n"), "while it was needed");
        Assert.That(File.Exists(Path.Combine(_demo.Folder, "xenon_config")), Is.False);
        Assert.That(Outputs(), Does.Not.ContainKey("measure"), "a selection by hand is none");
        Assert.That(File.Exists(Path.Combine(_demo.Folder, "hacked")), Is.False);

        var all = Step(scripts[0], ("XENON_CONFIG_TEXT", secret));
        Assert.That(all.ExitCode, Is.EqualTo(1), "a service fails on some runs of the demo");
        Assert.That(all.Error, Does.Contain("::error title=Outsource::9 lines of the ledger ended as source-error"));
        Assert.That(Outputs()["measure"], Is.EqualTo("true"));
    }

    [Test]
    public void Should_fail_where_the_totals_shrank_unless_that_is_accepted()
    {
        var script = Scripts().First();
        var secret = $"""
            [RunDB]
            [Outsource]
            work_dir = {_demo.WorkDir}
            context = xenonnt_v14
            image = 2025.05.3
            rundb = file:{_demo.Folder}/runs.jsonl
            rucio = file:{Checkout.Root}/tasks/demo/rucio.jsonl
            context_file = {Checkout.Root}/tasks/demo/contexts.json
            dtypes = peaklets
            raw_records_rse = UC_OSG_USERDISK
            records_rse = UC_MIDWAY_USERDISK
            peaklets_rse = UC_OSG_USERDISK
            events_rse = UC_MIDWAY_USERDISK
            """;
        ProgramRun Night(string[] runs, params (string, string)[] inputs)
        {
            _ = _demo.File(
                "runs.jsonl",
                string.Join(
                    '\n',
                    File.ReadLines(Path.Combine(Checkout.Root, "tasks", "demo", "runs.jsonl"))
                        .Where(l => runs.Any(r => l.StartsWith($"{{\"number\":{r},", StringComparison.Ordinal)))
                )
            );
            return Step(script, [("XENON_CONFIG_TEXT", secret), .. inputs]);
        }

        var first = Night(["61004", "61030", "61031"]);
        Assert.That(first.ExitCode, Is.Zero, first.Error);
        Assert.That(Step(Scripts().Last(), ("LEDGER", Outputs()["ledger"])).ExitCode, Is.Zero);

        Assert.That(
            Night(["61004", "61030"]),
            Has.Property("ExitCode").EqualTo(1).And.Property("Error").Contains("::error title=Outsource::the plan shrank since 'previous'")
        );
        Assert.That(Night(["61004", "61030"], ("ACCEPT", "true")).ExitCode, Is.Zero);
        Assert.That(
            Night(["61004", "61030"], ("ASK_RUNS", "61004")),
            Has.Property("ExitCode").Zero.And.Property("Error").Contains("nothing to do"),
            "all is processed: no failure"
        );
    }

    [Test]
    public void Should_pin_what_the_workflows_use_and_give_them_no_rights()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Checkout.Root, ".github", "workflows")).ToList();

        Assert.That(files, Has.Count.EqualTo(2));
        foreach (var text in files.Select(File.ReadAllText))
        {
            var used = System.Text.RegularExpressions.Regex.Matches(text, "uses: (.+)").Select(m => m.Groups[1].Value).ToList();
            Assert.That(used, Is.Not.Empty.And.All.Match(@"^actions/[a-z/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$"));
            Assert.That(
                text,
                Does.Contain("\npermissions:\n  contents: read\njobs:\n").Or.Contain("\npermissions:\n  contents: read\nconcurrency:\n")
            );
            Assert.That(text, Does.Not.Contain("write\n").And.Contain("persist-credentials: false\n"));
        }
    }

    private string Summary => File.ReadAllText(Path.Combine(_demo.Folder, "summary.md"));

    private static IEnumerable<string> Scripts()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(Checkout.Root, ".github", "workflows", "dry-run.yml"))));
        var job = (YamlMappingNode)stream.Documents[0].RootNode["jobs"]["dry-run"];
        Assert.That(
            stream.Documents[0].RootNode["permissions"].ToString(),
            Does.Contain("contents").And.Contain("read").And.Not.Contain("write")
        );
        return ((YamlSequenceNode)job["steps"])
            .Children.OfType<YamlMappingNode>()
            .Where(s => s.Children.ContainsKey("run"))
            .Select(s => ((YamlScalarNode)s["run"]).Value!);
    }

    private Dictionary<string, string> Outputs()
    {
        Dictionary<string, string> outputs = [];
        var lines = File.ReadAllLines(Path.Combine(_demo.Folder, "output"));
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].Contains("<<", StringComparison.Ordinal))
            {
                // As a script of the workflow writes it.
                outputs[lines[i].Split('=')[0]] = lines[i].Split('=')[1];
                continue;
            }

            var (name, end) = (lines[i].Split("<<")[0], lines[i].Split("<<")[1]);
            var value = lines.Skip(i + 1).TakeWhile(l => l != end).ToList();
            outputs[name] = string.Join('\n', value);
            i += value.Count + 1;
        }

        return outputs;
    }

    private Dictionary<string, string?> Variables =>
        new()
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_OUTPUT"] = Path.Combine(_demo.Folder, "output"),
            ["GITHUB_STEP_SUMMARY"] = Path.Combine(_demo.Folder, "summary.md"),
            ["RUNNER_TEMP"] = _demo.Folder,
            ["OUTSOURCE_DEMO"] = _demo.WorkDir,
            ["HOME"] = _demo.Home,
            ["SOURCE_DATE_EPOCH"] = "1747224000",
            ["CONDA_PREFIX"] = null,
        };

    private ProgramRun Host(params string[] arguments) =>
        ProgramRun.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. arguments], _demo.Folder, Variables).End();

    /// <summary>A step as the runner runs it, in a checkout whose build.sh is the built program.</summary>
    private ProgramRun Step(string script, params (string Name, string Value)[] variables)
    {
        var build = _demo.File(
            "build.sh",
            "#!/bin/bash\nstat -c %a \"$RUNNER_TEMP/xenon_config\" 2>/dev/null >mode\nexec dotnet "
                + $"'{Path.Combine(AppContext.BaseDirectory, "outsource.dll")}' "
                + "\"$@\"\n"
        );
        File.SetUnixFileMode(build, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _ = _demo.File("output", "");
        var all = Variables;
        foreach (
            var name in new[]
            {
                "XENON_CONFIG_TEXT",
                "RUCIO_CFG_TEXT",
                "ASK_CONTEXT",
                "ASK_IMAGE",
                "ASK_MODE",
                "ASK_RUNS",
                "ASK_FROM",
                "ACCEPT",
            }
        )
        {
            all[name] = "";
        }

        foreach (var (name, value) in variables)
        {
            all[name] = value;
        }

        return ProgramRun.Start("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], _demo.Folder, all).End();
    }
}
