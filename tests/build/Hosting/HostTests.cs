using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Build.Hosting;

/// <summary>The real host, as a process, with arguments as typed.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class HostTests
{
    [Test]
    public void Should_show_tree_if_asked()
    {
        var run = ProgramRun.Host("--tree");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("Default\n").And.Contain("DryRun\n").And.Contain("Test\n"));
        Assert.That(run.Error, Is.Empty);
    }

    [Test]
    public void Should_list_descriptions_if_asked()
    {
        var run = ProgramRun.Host("--description");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match(@"Test\s+Run the tests of the checkout"));
    }

    [Test]
    public void Should_run_nothing_if_cakes_dry_run()
    {
        var run = ProgramRun.Host("--dryrun", "--target=Test");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("1. Test").And.Contain("No tasks were actually executed."));
    }

    [Test]
    public void Should_show_version_if_asked()
    {
        var run = ProgramRun.Host("--version");

        Assert.That(run, Is.EqualTo(new ProgramRun(0, typeof(OutsourceContext).Assembly.GetName().Version!.ToString(3) + "\n", "")));
    }

    [Test]
    public void Should_name_engine_if_info_asked() => Assert.That(ProgramRun.Host("--info").Out, Does.Contain("Cake 7.0.0"));

    [Test]
    public void Should_show_help_if_asked()
    {
        var run = ProgramRun.Host("--help");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("DryRun"));
    }

    [Test]
    public void Should_refuse_and_run_nothing_if_target_mistyped()
    {
        var run = ProgramRun.Host("--target=DryRnu");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Out, Is.Empty);
        Assert.That(run.Error, Does.StartWith("Error: ").And.Contain("DryRnu").And.Contain("DryRun"));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public void Should_refuse_if_clock_is_no_time() =>
        Assert.That(
            Misconfigured("--target=List"),
            Is.EqualTo(
                new ProgramRun(
                    2,
                    "",
                    "Error: SOURCE_DATE_EPOCH='yesterday' is not a valid time: it must be whole seconds since 1970-01-01 UTC. Correct or unset it.\n"
                )
            )
        );

    [TestCase("--tree", "DryRun")]
    [TestCase("--description", "Run the tests of the checkout")]
    [TestCase("--dryrun", "1. LoadConfig")]
    [TestCase("--version", ".")]
    [TestCase("--help", "Usage: ")]
    public void Should_still_report_if_all_is_misconfigured(string looks, string told)
    {
        var run = Misconfigured(looks, "--working=/not/there", "--config=/not/there", "--tables-folder=/not/there", "--from=9", "--to=1");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Out, Does.Contain(told));
    }

    [Test]
    public void Should_say_what_to_do_if_the_folder_is_gone()
    {
        var host = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "outsource.dll")}'";
        ProgramRun In(string arguments) =>
            ProgramRun.Start("bash", ["-c", $"cd \"$(mktemp -d)\" && rmdir \"$PWD\" && exec {host} {arguments}"]).End();

        Assert.That(
            In("--target=List"),
            Is.EqualTo(
                new ProgramRun(
                    2,
                    "",
                    "Error: The current folder has been deleted. Change to an existing one (cd), and run the command again.\n"
                )
            )
        );
        Assert.That(In("--tree").ExitCode, Is.Zero);
    }

    [Test]
    public void Should_start_relative_paths_there_if_a_folder_to_work_in_is_named()
    {
        using var demo = new DemoRun();
        _ = Directory.CreateDirectory(Path.Combine(demo.Folder, "desk"));

        var made = demo.Run("--target=Init", "--config=mine", "--working=desk");
        var nowhere = demo.Run("--target=Init", "-w", "no desk");

        Assert.That(made.Out, Does.StartWith($"Init: {demo.Folder}/desk/mine is written"), made.Error);
        Assert.That(
            nowhere,
            Is.EqualTo(
                new ProgramRun(
                    2,
                    "",
                    $"Error: --working=no desk: there is no folder '{demo.Folder}/no desk'. Pass an existing one, or leave the "
                        + "option out to use the current folder.\n"
                )
            )
        );
    }

    private static ProgramRun Misconfigured(params string[] arguments) =>
        ProgramRun
            .Start(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. arguments],
                variables: new Dictionary<string, string?>
                {
                    ["SOURCE_DATE_EPOCH"] = "yesterday",
                    ["XENON_CONFIG"] = "/not/there",
                    ["OUTSOURCE_DEMO"] = "/proc/nothing",
                }
            )
            .End();
}
