using System.IO.Abstractions.TestingHelpers;
using CsCheck;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.LoadConfig;
using Outsource.Model.Contexts;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;
using Outsource.Tests.LoadConfig;
using Outsource.Tests.Settings.Keys;
using Outsource.Workflows;

namespace Outsource.Tests.Workflows;

public sealed class WorkflowNameTests
{
    private LoaderFixture Fixture { get; set; } = new();

    [SetUp]
    public void SetUp() => Fixture = new LoaderFixture();

    [TestCase("", "2024-02-18", true)]
    [TestCase("--run=7157", "007157", false)]
    [TestCase("--run=7157,7158", "2024-02-18", true)]
    [TestCase("--run=7157,7157", "007157", false)]
    [TestCase("--run=7157 --name=my.name_1-x", "my.name_1-x", false)]
    public void Should_be_named(string arguments, string name, bool fromDate)
    {
        Fixture.Arguments = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var settings = Fixture.Load().Settings;
        Assert.That((settings.Name, settings.NameFromDate), Is.EqualTo((name, fromDate)));
    }

    [TestCase("Submit")]
    [TestCase("DryRun")]
    public void Should_count_on_if_the_date_is_taken(string target)
    {
        Workflow("2024-02-18");
        Fixture.Disk.AddDirectory($"{LoaderFixture.Work}/runs/straxen_v2.2.1/xenonnt_v14/2024-02-18-2");
        Fixture.Target = target;
        var loaded = Fixture.Load();
        Assert.That(loaded.Settings.Name, Is.EqualTo("2024-02-18-3"));
        Assert.That(loaded.Notes, Is.EqualTo(new[] { "workflow '2024-02-18' exists already; this one is '2024-02-18-3'." }));
    }

    [Test]
    public void Should_go_on_with_artifacts_that_are_no_workflow_yet()
    {
        Fixture.Disk.AddFile($"{LoaderFixture.Work}/generated/2024-02-18/runs.jsonl", new MockFileData(""));
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("2024-02-18"));
    }

    [TestCase("WriteWorkflow")]
    [TestCase("PegasusPlan")]
    [TestCase("PegasusRun")]
    [TestCase("Submit")]
    public void Should_refuse_an_existing_workflow_with_the_cure(string target)
    {
        Workflow("mine");
        Fixture.Target = target;
        Fixture.Arguments = ["--name=mine"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"workflow 'mine' exists already ({LoaderFixture.Work}/generated/mine/workflow.yml). Choose another name with "
                        + "--name=NAME, or pass --replace to replace it.",
                }
            )
        );

        Fixture.Arguments = ["--name=mine", "--force"];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("mine"));
    }

    [Test]
    public void Should_refuse_an_existing_submit_directory()
    {
        Fixture.Disk.AddDirectory($"{LoaderFixture.Work}/runs/straxen_v2.2.1/xenonnt_v14/007157");
        Fixture.Target = "Submit";
        Fixture.Arguments = ["--run=7157"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"workflow '007157' exists already ({LoaderFixture.Work}/runs/straxen_v2.2.1/xenonnt_v14/007157). Choose another "
                        + "name with --name=NAME, or pass --replace to replace it.",
                }
            )
        );
    }

    [TestCase("--name=mine")]
    [TestCase("--name=mine --force")]
    public void Should_leave_an_existing_workflow_alone_if_nothing_is_to_be_written(string arguments)
    {
        Workflow("mine");
        Fixture.Arguments = arguments.Split(' ');
        var loaded = Fixture.Load();
        Assert.That(loaded.Settings.Name, Is.EqualTo("mine-2"));
        Assert.That(
            loaded.Notes,
            Is.EqualTo(new[] { "workflow 'mine' exists already and stays unchanged; the artifacts of this run go to 'mine-2'." })
        );
    }

    [Test]
    public void Should_keep_the_name_if_artifacts_are_to_be_reused()
    {
        Workflow("mine");
        Fixture.Target = "PegasusPlan";
        Fixture.Arguments = ["--name=mine", "--reuse"];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("mine"));
    }

    [Test]
    public async Task Should_ask_no_service_for_the_context_if_a_plan_is_reused()
    {
        Fixture.Keys["context_file"] = null;
        Fixture.Catalogue = (_, _) => new RecordedContext(Given.Context);
        Fixture.Arguments = ["--name=mine"];
        var plan = Fixture.Load();
        SettingsArtifact.Write(Fixture.Host(), plan, $"{LoaderFixture.Work}/generated/mine");

        Fixture.Target = "Submit";
        Fixture.Arguments = ["--name=mine", "--reuse"];
        var loader = new SettingsLoader(
            Fixture.Host(),
            (_, _) => throw new InvalidOperationException("the catalogue is asked"),
            (_, _, _, _) => throw new InvalidOperationException("other sources are asked")
        );
        var again = await loader.LoadAsync(Fixture.Invocation(), CancellationToken.None);
        Assert.That((again.Command, again.Context.Hashes), Is.EqualTo((plan.Command, plan.Context.Hashes)));

        // Another image may need another document.
        Fixture.Arguments = ["--name=mine", "--reuse", "--image=2024.02.2"];
        Assert.That(
            () => loader.LoadAsync(Fixture.Invocation(), CancellationToken.None),
            Throws.InvalidOperationException.With.Message.EqualTo("the catalogue is asked")
        );
    }

    [Test]
    public void Should_reuse_the_latest_of_the_day()
    {
        Workflow("2024-02-18");
        Workflow("2024-02-18-2");
        Fixture.Disk.AddDirectory($"{LoaderFixture.Work}/generated/2024-02-18-10");
        Fixture.Arguments = ["--reuse"];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("2024-02-18-10"));
    }

    [TestCase("DryRun")]
    [TestCase("Submit")]
    public void Should_leave_the_plan_of_other_options_alone(string target)
    {
        Plan("2024-02-18", "--mode=tpc_bkg");
        Fixture.Target = target;
        Fixture.Arguments = [];
        var other = Fixture.Load();
        Assert.That(
            (other.Settings.Name, other.Notes),
            Is.EqualTo(
                (
                    "2024-02-18-2",
                    new[] { "plan '2024-02-18' was made with other options or settings and stays unchanged; this one is '2024-02-18-2'." }
                )
            )
        );

        Fixture.Arguments = ["--mode=tpc_bkg"];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("2024-02-18"));
    }

    [TestCase("DryRun")]
    [TestCase("Submit")]
    public void Should_find_the_plan_of_the_same_options_again(string target)
    {
        Plan("2024-02-18", "--mode=tpc_bkg");
        Plan("2024-02-18-2");
        Plan("2024-02-18-3", "--mode=tpc_kr83m");
        Fixture.Target = target;
        foreach (
            var (arguments, name) in new[]
            {
                ("--mode=tpc_bkg", "2024-02-18"),
                ("", "2024-02-18-2"),
                ("--mode=tpc_kr83m", "2024-02-18-3"),
                ("--debug", "2024-02-18-4"),
            }
        )
        {
            Fixture.Arguments = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(Fixture.Load().Settings.Name, Is.EqualTo(name), arguments);
        }
    }

    [Test]
    public void Should_leave_a_plan_of_other_settings_alone()
    {
        Plan("2024-02-18");
        Fixture.Disk.RemoveFile(LoaderFixture.ConfigPath);
        Fixture.Keys["chunks_per_job"] = "7";
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("2024-02-18-2"));
    }

    [Test]
    public void Should_leave_the_plan_of_the_only_run_alone()
    {
        Plan("007157", "--run=7157");
        Fixture.Arguments = ["--run=7157", "--debug"];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("007157-2"));
    }

    [Test]
    public void Should_say_what_differs_if_a_named_plan_is_replaced()
    {
        Plan("mine", "--name=mine", "--mode=tpc_bkg");
        Fixture.Arguments = ["--name=mine"];
        var loaded = Fixture.Load();
        Assert.That(
            (loaded.Settings.Name, loaded.Notes),
            Is.EqualTo(
                (
                    "mine",
                    new[]
                    {
                        "plan 'mine' was made with other options or settings (mode was tpc_bkg, now (none)) and is replaced by this one.",
                    }
                )
            )
        );
    }

    [TestCase("", "2024-02-18")]
    [TestCase("--name=2024-02-18", "2024-02-18")]
    public void Should_take_over_the_arguments_of_the_plan(string arguments, string name)
    {
        var made = Plan("2024-02-18", "--mode=tpc_bkg", "--debug");
        Fixture.Target = "Submit";
        Fixture.Arguments = ["--reuse", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var loaded = Fixture.Load();
        Assert.That((loaded.Settings.Name, loaded.Command), Is.EqualTo((name, made.Command)));
        Assert.That(
            loaded.Notes,
            Has.One.EqualTo("LoadConfig: arguments of plan '2024-02-18': --debug --mode=tpc_bkg.")
                .Or.One.EqualTo("LoadConfig: arguments of plan '2024-02-18': --mode=tpc_bkg --debug.")
        );
    }

    [TestCase("--name=2024-02-18")]
    [TestCase("")]
    public void Should_refuse_to_reuse_what_an_argument_contradicts(string arguments)
    {
        Plan("2024-02-18", "--mode=tpc_bkg");
        Fixture.Arguments = ["--reuse", "--mode=tpc_kr83m", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        Assert.That(Fixture.Load().Notes, Has.One.Contains("mode was tpc_bkg, now tpc_kr83m"), "what is only looked at is said");

        Fixture.Target = "Submit";
        Assert.That(
            Fixture.Faults(),
            Has.One.StartsWith(
                "--reuse uses plan '2024-02-18' unchanged, but an argument differs: mode was tpc_bkg, now tpc_kr83m."
            )
        );
    }

    [Test]
    public void Should_compare_what_arguments_mean_and_not_how_they_are_spelt()
    {
        var made = Plan("2024-02-18", "--from=7157");
        Fixture.Target = "Submit";
        Fixture.Arguments = ["--reuse", "--from=007157"];
        Assert.That(Fixture.Load().Command, Is.EqualTo(made.Command));
    }

    [Test]
    public void Should_ask_which_plan_of_the_day_is_meant_if_there_are_several()
    {
        Plan("2024-02-18", "--mode=tpc_bkg");
        Plan("2024-02-18-2");
        Fixture.Target = "Submit";
        Fixture.Arguments = ["--reuse"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "--reuse matches several plans of 2024-02-18: '2024-02-18' (--mode=tpc_bkg), '2024-02-18-2' (no "
                        + "options). Pass --name=NAME with it.",
                }
            )
        );

        Fixture.Arguments = ["--reuse", "--mode=tpc_bkg"];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("2024-02-18"));
    }

    [Test]
    public void Should_need_a_name_if_a_stage_runs_alone()
    {
        Workflow("one");
        Workflow("two");
        Fixture.Target = "FilterModes";
        Fixture.Arguments = ["--exclusive"];
        var error = Assert.Throws<UsageException>(() => Fixture.LoadFromArtifact());
        Assert.That(
            error!.Message,
            Is.EqualTo(
                "--exclusive runs FilterModes on the artifacts of an earlier run, but --name does not say which: there are one, two. "
                    + "Pass --name=NAME."
            )
        );
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { error.Message }));
    }

    [Test]
    public void Should_say_which_stage_makes_it_if_there_is_no_artifact()
    {
        Workflow("one");
        Fixture.Target = "FilterModes";
        Fixture.Arguments = ["--exclusive", "--name=on"];
        var error = Assert.Throws<UsageException>(() => Fixture.LoadFromArtifact());
        Assert.That(
            error!.Message,
            Is.EqualTo(
                $"'{LoaderFixture.Work}/generated/on/settings.yml' is missing (did you mean 'one'?): LoadConfig makes it. Run "
                    + "--target=LoadConfig --name=on first, or pass the name of an existing one: one."
            )
        );
    }

    [Test]
    public void Should_never_allow_a_name_that_leaves_its_folder()
    {
        Gen.String[Gen.Char["abA0._-/\\ \n\0é~"], 0, 12]
            .Sample(name =>
                WorkflowName.ErrorIn(name) is not null
                || (
                    Path.GetFullPath(Path.Combine("/work/generated", name)) == "/work/generated/" + name
                    && !name.StartsWith('-')
                    && !name.Contains('\\')
                )
            );
    }

    // ---- plans by level

    /// <summary>The clock of the fixture is 00:30 UTC.</summary>
    private const string Levels = "2025.07.1-xenonnt_offline-global_v16";

    [TestCase("", $"{Levels}-202402180030", true)]
    [TestCase("--run=7157", $"{Levels}-007157-202402180030", true)]
    [TestCase("--run=7157,7158", $"{Levels}-202402180030", true)]
    [TestCase("--run=7157 --name=my.name_1-x", "my.name_1-x", false)]
    [TestCase("--plan=by-type --set dtypes=peaklets --set raw_records_rse=UC_OSG_USERDISK", "2024-02-18", true)]
    public void Should_be_named_by_tag_context_version_and_time_if_it_is_by_level(string arguments, string name, bool fromTime)
    {
        var levels = new LevelFixture { Loader = { Arguments = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries) } };
        var settings = levels.Resolve();
        Assert.That((settings.Name, settings.NameFromDate), Is.EqualTo((name, fromTime)));
    }

    [TestCase("/images/xenonnt base+environment:2025.07.1", null, "xenonnt_base_environment_2025.07.1-c-v1")]
    [TestCase("/images/x.simg", null, "x.simg-c-v1")]
    [TestCase("docker://x/y:..a", "..a", "a-c-v1")]
    [TestCase("/x:-tag/2", "-tag/2", "tag_2-c-v1")]
    [TestCase("", null, "c-v1")]
    public void Should_replace_what_a_name_cannot_have(string path, string? tag, string stem)
    {
        var settings = Given.Settings with { Image = new ImageReference(path, tag), Context = "c", XedocsVersion = "v1" };
        var name = WorkflowName.Proposed(null, [53000], settings.Clock, PlanKind.ByLevel).Of(settings).Name;
        Assert.That(name, Does.StartWith($"{stem}-053000-"));
        Assert.That(WorkflowName.ErrorIn(name), Is.Null);
    }

    [Test]
    public void Should_always_fit_into_a_name_with_its_run_and_time()
    {
        Gen.Select(Gen.String[Gen.Char["abA0._-/\\ \n\0é~"], 0, 120], Gen.String[Gen.Char["a._-"], 0, 120])
            .Sample((tag, context) =>
            {
                var image = new ImageReference("/x", tag);
                var settings = Given.Settings with { Image = image, Context = context, XedocsVersion = "global_v1" };
                var name = WorkflowName.Proposed(null, [7157], settings.Clock, PlanKind.ByLevel).Of(settings).WithOwnCode().Name;
                return WorkflowName.ErrorIn(name + "-9999") is null
                    && name.StartsWith("user-", StringComparison.Ordinal)
                    && name.Contains("-007157-", StringComparison.Ordinal);
            });
    }

    [TestCase("DryRun")]
    [TestCase("Submit")]
    public void Should_count_on_if_the_name_of_the_minute_is_taken(string target)
    {
        ByLevel();
        Workflow($"{Levels}-202402180030");
        Fixture.Target = target;
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo($"{Levels}-202402180030-2"));
    }

    [TestCase("DryRun")]
    [TestCase("Submit")]
    public void Should_find_the_plan_of_the_same_options_again_if_it_is_of_an_earlier_minute(string target)
    {
        ByLevel();
        Plan($"user-{Levels}-202402180007");
        Plan($"{Levels}-202402180012", "--debug");
        Fixture.Target = target;
        Fixture.Arguments = [];
        var again = Fixture.Load();
        Assert.That(
            (again.Settings.Name, again.Notes.Where(n => n.StartsWith("plan ", StringComparison.Ordinal))),
            Is.EqualTo(
                ($"user-{Levels}-202402180007", new[] { $"plan 'user-{Levels}-202402180007' has the same options; it is made again." })
            )
        );

        Fixture.Arguments = ["--set", "max_num=3"];
        var other = Fixture.Load();
        Assert.That(other.Settings.Name, Is.EqualTo($"{Levels}-202402180030"), "another plan gets a name of its own");
        Assert.That(other.Notes, Has.None.Contains("stays unchanged"));

        Fixture.Now = Fixture.Now.AddDays(1);
        Fixture.Arguments = [];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo($"{Levels}-202402190030"), "the plan of another day is another");
    }

    [TestCase("", "B-202402180013")]
    [TestCase("--run=7157", "a-007157-202402180010-10")]
    [TestCase("--name=B-202402180012", "B-202402180012")]
    public void Should_reuse_the_newest_of_the_day_if_it_is_by_level(string arguments, string name)
    {
        ByLevel();
        foreach (
            var other in new[]
            {
                "a-007157-202402180010",
                "a-007157-202402180010-2",
                "a-007157-202402180010-10",
                "B-202402180012",
                "B-202402180013",
                "c-202402170030",
                "2024-02-18",
                "z",
            }
        )
        {
            Workflow(other);
        }

        Fixture.Arguments = ["--reuse", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo(name));
    }

    [Test]
    public void Should_take_over_the_arguments_of_the_plan_of_a_context_that_only_it_names()
    {
        ByLevel();
        Fixture.Keys["context"] = null;
        var made = Plan("x-202402180012", "--context=xenonnt_offline", "--debug");
        Fixture.Target = "Submit";
        Fixture.Arguments = ["--reuse"];
        var loaded = Fixture.Load();
        Assert.That((loaded.Settings.Name, loaded.Command), Is.EqualTo(("x-202402180012", made.Command)));
    }

    [Test]
    public void Should_ask_which_plan_is_meant_if_there_are_several_by_level()
    {
        ByLevel();
        Plan("a-202402180011", "--debug");
        Plan("b-202402180012");
        Fixture.Target = "Submit";
        Fixture.Arguments = ["--reuse"];
        Assert.That(
            Fixture.Faults().Single(),
            Is.EqualTo(
                "--reuse matches several plans of 2024-02-18: 'a-202402180011' (--debug), 'b-202402180012' (no options). Pass "
                    + "--name=NAME with it."
            )
        );
    }

    [Test]
    public void Should_begin_with_user_if_packages_of_the_operator_are_sent()
    {
        ByLevel();
        Fixture.Keys["user_install_package"] = "cutax";
        Fixture.Keys["user_install_path.cutax"] = "/home/op/cutax";
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo($"user-{Levels}-202402180030"));

        Fixture.Arguments = ["--name=mine"];
        Assert.That(Fixture.Load().Settings.Name, Is.EqualTo("mine"));

        Fixture.Arguments = ["--payload=canary"];
        Assert.That(Fixture.Load().Settings.Name, Does.Not.StartWith("user-"), "a canary has no packages");
    }

    /// <summary>A configuration by level, with the demo's description of its context.</summary>
    private void ByLevel()
    {
        var levels = new LevelFixture();
        Fixture.Keys.Clear();
        foreach (var (key, value) in levels.Keys)
        {
            Fixture.Keys[key] = value;
        }

        Fixture.Disk.AddFile(
            $"{LoaderFixture.Home}/contexts.json",
            new MockFileData(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "demo", "context_by_level.json")))
        );
    }

    /// <summary>Leaves a plan that was made with these arguments.</summary>
    private LoadedConfiguration Plan(string name, params string[] arguments)
    {
        Fixture.Arguments = arguments;
        var loaded = Fixture.Load();
        loaded = loaded with { Settings = loaded.Settings with { Name = name } };
        SettingsArtifact.Write(Fixture.Host(), loaded, $"{LoaderFixture.Work}/generated/{name}");
        return loaded;
    }

    private void Workflow(string name) => Fixture.Disk.AddFile($"{LoaderFixture.Work}/generated/{name}/workflow.yml", new MockFileData(""));
}
