using System.IO.Abstractions.TestingHelpers;
using CsCheck;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.LoadConfig;
using Outsource.Model.Contexts;
using Outsource.Tests.Fixtures;
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
