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
    public void Should_add_to_the_list_of_the_file_or_else_of_the_default()
    {
        Fixture.Keys["exclude_modes"] = "tpc_noise";
        Fixture.Arguments = ["--set", "exclude_modes+=tpc_bkg*", "--set", "exclude_modes += x, y", "--set=exclude_sites+=MWT2"];

        var settings = Fixture.Load().Settings;

        Assert.That(
            (string.Join('|', settings.ExcludeModes), string.Join('|', settings.ExcludeSites)),
            Is.EqualTo(("tpc_noise|tpc_bkg*|x|y", "MWT2"))
        );
        Assert.That(settings.Origins["exclude_modes"], Is.EqualTo("argument --set"));
    }

    [TestCase("max_daily+=5", "--set max_daily+=5: += adds to a list, and max_daily is not a list. Write --set max_daily=VALUE.")]
    [TestCase(
        "exclude_tags+=messy",
        "--set exclude_tags+=messy: the default of exclude_tags is in a table, so give the whole list: --set exclude_tags=VALUE,VALUE."
    )]
    [TestCase("exclude_modes=a", "--set gives 'exclude_modes' both with = and with +=. Use one of them.")]
    public void Should_refuse_to_add_if_the_result_is_not_clear(string text, string sentence) =>
        Assert.That(Refusal("--target=DryRun", "--set=exclude_modes+=b", "--set", text), Is.EqualTo(new[] { sentence }));

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
    public void Should_take_memory_and_disk_of_single_data_types()
    {
        Fixture.Keys["memory.peaklets"] = "8 GB";
        Fixture.Keys["memory.events_nv"] = "20000  # MB";
        Fixture.Arguments = ["--set", "memory.peaklets=9000", "--set", "disk.Event_Info_Double=80 GB"];

        var settings = Fixture.Load().Settings;

        Assert.That(settings.Memory.Texts, Is.EqualTo(new[] { "events_nv=20000", "peaklets=9000" }));
        Assert.That(settings.Disk.Texts, Is.EqualTo(new[] { "event_info_double=80000000" }));
        Assert.That((settings.Origins["memory"], settings.Origins["disk"]), Is.EqualTo(("argument --set", "argument --set")));
    }

    [Test]
    public void Should_record_the_line_of_the_file_if_only_the_file_has_memory_of_a_type()
    {
        Fixture.Keys["memory.peaklets"] = "8.5 gb";

        var settings = Fixture.Load().Settings;

        Assert.That(settings.Memory.Of("peaklets"), Is.EqualTo(8500));
        Assert.That(settings.Origins["memory"], Does.Match($"^{LoaderFixture.ConfigPath}:[0-9]+$"));
        Assert.That((settings.Disk.Texts.Length, settings.Origins["disk"]), Is.EqualTo((0, "default")));
    }

    [TestCase("memory.peaklet=1", "memory.peaklet: there is no data type 'peaklet' (did you mean 'peaklets'?). Allowed are records, peaklets, "
        + "peak_basics, event_info_double, event_shadow, peak_basics_he, afterpulses, led_calibration, hitlets_nv, events_nv, events_mv.")]
    [TestCase("disk.events=80 GB", "disk.events: there is no data type 'events' (did you mean 'events_nv'?). Allowed are records, peaklets, "
        + "peak_basics, event_info_double, event_shadow, peak_basics_he, afterpulses, led_calibration, hitlets_nv, events_nv, events_mv. "
        + "events_disk is the disk of a job of the event level, KB.")]
    [TestCase("disk.peaklets=80", "disk.peaklets is '80', but must be a whole number of KB from 1000, or a number with a unit (KB, MB, GB or "
        + "TB), such as 80 GB. Correct it, or leave it out.")]
    [TestCase("memory.peaklets=", "memory.peaklets is empty, but must be a whole number of MB from 1, or a number with a unit (KB, MB, GB or "
        + "TB), such as 9000. Correct it, or leave it out.")]
    public void Should_refuse_memory_and_disk_that_no_type_can_have(string set, string sentence)
    {
        Fixture.Arguments = ["--set", set];

        Assert.That(Fixture.Faults(), Is.EqualTo(new[] { sentence }));
    }

    [Test]
    public void Should_ask_for_a_data_type_if_memory_is_set_without_one() =>
        Assert.That(
            Refusal("--target=DryRun", "--set", "memory=9000", "--set", "disk=1"),
            Is.EqualTo(
                new[]
                {
                    "--set memory needs a data type: write --set memory.TYPE=VALUE, such as --set memory.peaklets=9000.",
                    "--set disk needs a data type: write --set disk.TYPE=VALUE, such as --set 'disk.peaklets=80 GB'.",
                }
            )
        );

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
