using Outsource.Foundation.Errors;
using Outsource.Settings.CommandLine;
using Outsource.Settings.Options;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.LoadConfig;

/// <summary><c>--set KEY=VALUE</c>: any key of [Outsource] for one call.</summary>
public sealed class SetOptionTests
{
    private LoaderFixture Fixture { get; set; } = new();

    [SetUp]
    public void SetUp() => Fixture = new LoaderFixture();

    [Test]
    public void Should_win_over_the_file_and_be_recorded_with_its_origin()
    {
        Fixture.Keys["max_daily"] = "7";
        Fixture.Arguments =
        [
            "--set",
            "max_daily=5",
            "--set=use_xsede=true",
            "--set",
            "exclude_modes = tpc_noise, tpc_bkg*",
            "--set",
            "EXCLUDE_TAGS=",
        ];

        var settings = Fixture.Load().Settings;

        Assert.That(
            (settings.MaxDaily, settings.UseXsede, string.Join('|', settings.ExcludeModes), settings.ExcludeTags?.Length),
            Is.EqualTo((5, true, "tpc_noise|tpc_bkg*", 0))
        );
        Assert.That(
            new[] { "max_daily", "use_xsede", "exclude_modes", "exclude_tags" }.Select(k => settings.Origins[k]),
            Is.All.EqualTo("argument --set")
        );
    }

    [Test]
    public void Should_take_a_path_from_where_the_operator_is_and_a_folder_only_if_it_is_absolute()
    {
        Fixture.Arguments = ["--set", "work_dir=/other/place"];
        Assert.That(Fixture.Load().Settings.WorkDir, Is.EqualTo("/other/place"));

        Fixture.Arguments[1] = "work_dir=other";
        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { "work_dir is 'other', but must be an absolute path: begin it with '/'." }));
    }

    [Test]
    public void Should_refuse_a_wrong_value_as_in_the_file_but_without_a_line()
    {
        Fixture.Arguments = ["--set", "max_daily=five", "--set", "use_xsede=perhaps"];

        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    "use_xsede is 'perhaps', but must be one of 1, yes, true, on, 0, no, false, off. Correct it, or leave it out for False.",
                    "max_daily is 'five', but must be a whole number from 1 to 2147483647. Correct it, or leave it out for 2000.",
                }
            )
        );
    }

    [TestCase(
        "max_dayly=5",
        "--set max_dayly: this is not a key of [Outsource] (did you mean 'max_daily'?). docs/configuration.md lists the keys."
    )]
    [TestCase("max_daily", "--set max_daily has no value: write --set KEY=VALUE, such as --set max_daily=5.")]
    [TestCase("=5", "--set =5 has no value: write --set KEY=VALUE, such as --set max_daily=5.")]
    [TestCase(
        "rundb_api_password=x",
        "--set rundb_api_password: this key belongs to [RunDB], and --set takes keys of [Outsource] only. Write it into the file."
    )]
    public void Should_refuse_what_is_not_a_key(string set, string sentence) =>
        Assert.That(Refusal("--target=DryRun", "--set", set), Is.EqualTo(new[] { sentence }));

    [Test]
    public void Should_refuse_the_same_setting_twice()
    {
        Assert.That(
            Refusal("--target=DryRun", "--set", "max_daily=5", "--set", "max_daily=6", "--image=a", "--set", "image=b"),
            Is.EquivalentTo(
                new[]
                {
                    "--set gives 'max_daily' twice, with different values. Give it once.",
                    "--image and --set image exclude each other: give one of them.",
                }
            )
        );
        Assert.That(Refusal("--target=DryRun", "--set", "max_daily=5", "--set", "max_daily=5"), Is.Empty);
    }

    [Test]
    public void Should_know_only_the_places_at_targets_that_load_no_settings()
    {
        Assert.That(Refusal("--target=Status", "--set", "work_dir=/x"), Is.Empty);
        Assert.That(
            Refusal("--target=Status", "--set", "max_daily=5"),
            Is.EqualTo(
                new[]
                {
                    "--set max_daily: the target Status does not read this key; of --set it knows work_dir, share_with_group, "
                        + "pegasus_path. Nothing was run.",
                }
            )
        );
    }

    private static string[] Refusal(params string[] args)
    {
        try
        {
            OptionTargets.Check(CommandLineParser.Parse(args, [new TaskInfo("DryRun", ""), new TaskInfo("Status", "")]));
            return [];
        }
        catch (UsageException error)
        {
            return [.. error.Faults.Select(f => f.ToString())];
        }
    }
}
