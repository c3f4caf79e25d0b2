using Outsource.Settings.Keys;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.LoadConfig;

/// <summary>What is uploaded, and what must not be; all that is wrong is told together.</summary>
public sealed class UploadSettingsTests
{
    private LevelFixture Fixture { get; set; } = new();

    [SetUp]
    public void SetUp() => Fixture = new LevelFixture();

    [TestCase("rucio_upload", false, false)]
    [TestCase("rundb_update", true, false)]
    public void Should_upload_in_plans_by_type_unless_switched_off(string key, bool upload, bool update)
    {
        Fixture.Keys["dtypes"] = "peaklets";
        Fixture.Keys[key] = "False";
        Fixture.Loader.Arguments = ["--plan=by-type"];
        var settings = Fixture.Resolve();
        Assert.That((settings.Uploads, settings.Registers), Is.EqualTo((upload, update)));
    }

    [TestCase("", false, false)]
    [TestCase("--rucio-upload", true, false)]
    [TestCase("--rucio_upload --rundb_update", true, true)]
    public void Should_upload_in_plans_by_level_if_asked(string typed, bool upload, bool update)
    {
        Fixture.Loader.Arguments = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var settings = Fixture.Resolve();
        Assert.That((settings.RucioUpload, settings.RundbUpdate), Is.EqualTo((upload, update)));
    }

    [Test]
    public void Should_let_an_option_switch_off_what_the_configuration_switches_on()
    {
        Fixture.Keys["rucio_upload"] = "True";
        Fixture.Keys["rundb_update"] = "True";
        Fixture.Loader.Arguments = ["--rucio-upload=false", "--rundb-update=false"];
        var settings = Fixture.Resolve();
        Assert.That((settings.RucioUpload, settings.RundbUpdate), Is.EqualTo((false, false)));
        Assert.That(settings.Origins["rucio_upload"], Is.EqualTo("argument --rucio-upload"));
    }

    [Test]
    public void Should_switch_uploads_off_with_debug_and_say_so()
    {
        Fixture.Loader.Arguments = ["--rucio-upload", "--rundb-update", "--debug"];
        var settings = Fixture.Resolve();
        Assert.That((settings.RucioUpload, settings.RundbUpdate), Is.EqualTo((false, false)));
        Assert.That(
            Fixture.Notes,
            Is.EqualTo(
                new[]
                {
                    "rucio_upload is off, because --debug uploads and registers nothing.",
                    "rundb_update is off, because --debug uploads and registers nothing.",
                }
            )
        );
    }

    [Test]
    public void Should_refuse_to_register_what_is_not_uploaded()
    {
        Fixture.Loader.Arguments = ["--rundb-update"];
        Assert.That(Fixture.Faults().Single(), Does.StartWith("rundb_update without rucio_upload: "));
    }

    [Test]
    public void Should_need_the_destinations_only_if_results_are_uploaded()
    {
        Fixture.Keys["records_rse"] = Fixture.Keys["peaklets_rse"] = Fixture.Keys["events_rse"] = null;
        Fixture.Resolve();
        Fixture.Loader.Arguments = ["--rucio-upload"];
        Assert.That(Fixture.Faults(), Has.Count.EqualTo(3).And.Some.Contains("records_rse is missing"));
    }

    [Test]
    public void Should_tell_all_that_is_wrong_together()
    {
        Fixture.Keys["image"] = null;
        Fixture.Keys["saltax"] = "True";
        Fixture.Keys["user_install_package"] = "straxen";
        Fixture.Keys["include_data_types"] = "peaklets, nonsense";
        Fixture.Loader.Arguments = ["--run=7157", "--runlist=/runs.txt", "--rucio-upload", "--ignore-processed"];
        Fixture.Loader.Disk.AddEmptyFile("/runs.txt");

        var faults = Fixture.Faults();

        Assert.Multiple(() =>
        {
            Assert.That(faults, Has.Some.StartsWith("no image is set, which plans by level need."));
            Assert.That(faults, Has.Some.EqualTo("--run and --runlist exclude each other: give one."));
            Assert.That(faults, Has.Some.StartsWith("--ignore-processed and rucio_upload exclude each other"));
            Assert.That(faults, Has.Some.StartsWith("saltax and rucio_upload exclude each other"));
            Assert.That(faults, Has.Some.Contains("saltax is on, but simulation_config is missing"));
            Assert.That(faults, Has.Some.Contains("user_install_package lacks cutax"));
            Assert.That(faults, Has.Some.Contains("unknown data type 'nonsense'"));
        });
    }

    [TestCase("--force")]
    [TestCase("--ignore_processed")]
    public void Should_process_again_in_either_spelling(string typed)
    {
        Fixture.Loader.Arguments = [typed];
        Assert.That(Fixture.Resolve().IgnoreProcessed, Is.True);
    }

    [Test]
    public void Should_not_replace_if_only_processed_again()
    {
        Fixture.Loader.Arguments = ["--ignore-processed"];
        Assert.That(Fixture.Loader.Invocation().Replaces, Is.False);
    }

    [TestCase("", null)]
    [TestCase("--rucio-upload", "these corrections change under the same hash")]
    [TestCase("--rucio-upload --debug", null)]
    [TestCase("--rucio-upload --accept-online-corrections", null)]
    public void Should_refuse_to_upload_what_is_made_with_the_corrections_of_the_day(string typed, string? words)
    {
        Fixture.Keys["xedocs_version"] = "global_ONLINE";
        Fixture.Loader.Arguments = typed.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is null)
        {
            Assert.That(Fixture.Resolve().XedocsVersion, Is.EqualTo("global_ONLINE"));
        }
        else
        {
            Assert.That(
                Fixture.Faults().Single(),
                Does.StartWith($"{LoaderFixture.ConfigPath}:{Fixture.Line("xedocs_version")}: ").And.Contain(words)
            );
        }
    }

    [Test]
    public void Should_need_a_version_of_the_corrections()
    {
        Fixture.Keys["xedocs_version"] = null;
        Assert.That(Fixture.Faults().Single(), Does.StartWith("no xedocs_version is set, which plans by level need."));
    }

    [TestCase("--stage-out=upper,lower")]
    [TestCase("--stage_out_lower --stage_out_upper")]
    [TestCase("--stage-out-upper --stage-out=lower --stage-out-combine=false")]
    public void Should_stage_out_the_levels_that_are_named(string typed)
    {
        Fixture.Loader.Arguments = typed.Split(' ');
        Assert.That(Fixture.Resolve().StageOut, Is.EqualTo(new[] { StageOutLevel.Lower, StageOutLevel.Upper }));
    }
}
