using Outsource.Settings.Keys;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.LoadConfig;

/// <summary>Settings of plans by level, and what a file for both plans means for each.</summary>
public sealed class LevelSettingsTests
{
    private const string Config = LoaderFixture.ConfigPath;

    private LevelFixture Fixture { get; set; } = new();

    [SetUp]
    public void SetUp() => Fixture = new LevelFixture();

    [Test]
    public void Should_have_the_defaults_of_plans_by_level()
    {
        Fixture.Keys["records_rse"] = Fixture.Keys["peaklets_rse"] = Fixture.Keys["events_rse"] = null;
        var settings = Fixture.Resolve();
        Assert.Multiple(() =>
        {
            Assert.That((settings.ChunksPerJob, settings.RoughDisk), Is.EqualTo(((int?)null, (long?)16_000)));
            Assert.That((settings.MinRunNumber, settings.MaxRunNumber, settings.MaxNum), Is.EqualTo((1, (int?)null, (int?)null)));
            Assert.That((settings.ResourcesIncrement, settings.X509MinValidHours), Is.EqualTo(((double?)0.1, 96.0)));
            Assert.That((settings.LowerCpus, settings.CombineCpus, settings.UpperCpus), Is.EqualTo((1, 1, 1)));
            Assert.That((settings.AdmixTries, settings.AdmixNumThreads), Is.EqualTo((3, 5)));
            Assert.That((settings.Uploads, settings.Registers), Is.EqualTo((false, false)));
            Assert.That(settings.StageOut, Is.Empty);
        });
    }

    // ---- data types

    [Test]
    public void Should_name_the_lists_if_a_type_is_in_none()
    {
        Fixture.Keys["include_data_types"] = "peaklets, event_inf, +event_info_double";
        Assert.That(
            Fixture.Faults().Single(),
            Does.StartWith(
                    $"{Config}:{Fixture.Line("include_data_types")}: unknown data type 'event_inf' in include_data_types (did you mean "
                        + "'event_info'?): allowed are peaklets, "
                )
                .And.Contain("distinct_channels (tpc); hitlets_nv, ")
                .And.EndWith("events_mv (muon_veto) (levels.yml).")
        );
    }

    [Test]
    public void Should_warn_if_no_type_belongs_to_the_detector()
    {
        Fixture.Loader.Arguments = ["--detector=muon_veto"];
        Fixture.Resolve();
        Assert.That(Fixture.Warnings.Single(), Does.Contain("belongs to detector 'muon_veto': there is nothing to do."));
    }

    // ---- numbers

    [TestCase("pegasus_max_hours_upper", "2 * 3", 6.0)]
    [TestCase("pegasus_max_hours_upper", "24*4", 96.0)]
    [TestCase("pegasus_max_hours_upper", "(1 + 2) * 0.5", 1.5)]
    [TestCase("pegasus_max_hours_upper", ".5", 0.5)]
    public void Should_read_sums_and_products(string key, string value, double number)
    {
        Fixture.Keys[key] = value;
        Assert.That(Fixture.Resolve().PegasusMaxHoursUpper, Is.EqualTo(number));
    }

    [TestCase("dagman_maxidle", "5 * 1000", 5000)]
    [TestCase("dagman_maxidle", "0.5 * 10000", 5000)]
    public void Should_read_whole_numbers_as_products(string key, string value, int number)
    {
        Fixture.Keys[key] = value;
        Assert.That(Fixture.Resolve().DagmanMaxidle, Is.EqualTo(number));
    }

    [TestCase("pegasus_max_hours_idle", "6 / 2", "pegasus_max_hours_idle is '6 / 2', but must be a number of hours, more than 0. Of arithmetic, sums and products of numbers are read, such as 2 * 3. Correct it, or leave it out.")]
    [TestCase("pegasus_max_hours_idle", "__import__('os').system('true')", "Of arithmetic, sums and products of numbers are read, such as 2 * 3.")]
    [TestCase("pegasus_max_hours_idle", "0", "must be a number of hours, more than 0.")]
    [TestCase("pegasus_max_hours_idle", "-1", "must be a number of hours, more than 0.")]
    [TestCase("pegasus_max_hours_idle", "six", "pegasus_max_hours_idle is 'six', but must be a number of hours, more than 0.")]
    [TestCase("resources_increment", "-0.1", "must be a number, 0 or more.")]
    [TestCase("max_memory", "0.5", "max_memory is '0.5', but must be a whole number of MB, 1 or more.")]
    [TestCase("lower_cpus", "1.5 * 3", "must be a whole number from 1 to 256.")]
    [TestCase("max_memory", "9999999999 * 9999999999", "must be a whole number of MB")]
    [TestCase("chunks_per_job", "0", "Correct it, or leave it out for as many as fit rough_disk.")]
    [TestCase("lower_disk", "20 PB", "lower_disk is '20 PB', but must be a number of MB, 1 or more, or a number with a unit (KB, MB, GB or TB).")]
    [TestCase("eu_only_countries", "NL, France", "'France' in eu_only_countries is not a country code: expected two capital letters, such as NL.")]
    [TestCase("rcc_exclude_nodes", "dali1; reboot", "rcc_exclude_nodes is 'dali1; reboot', which is not a list of nodes")]
    [TestCase("rcc_container", "docker", "rcc_container is 'docker', but must be one of auto, apptainer, singularity.")]
    [TestCase("user_install_package", "strax", "user_install_package lacks cutax, which every job needs. Add cutax, or remove the key.")]
    [TestCase("user_install_path.cutax", "src/cutax", "user_install_path.cutax is 'src/cutax', but must be an absolute path")]
    [TestCase("context_from", "moon", "context_from is 'moon', but must be one of auto, environment, image.")]
    [TestCase("image", "docker://xenonnt/base-environment:development", "is a development image, which changes under the same name")]
    public void Should_refuse_a_key(string key, string value, string words)
    {
        Fixture.Keys[key] = value;
        Assert.That(Fixture.Faults().Single(), Does.StartWith($"{Config}:{Fixture.Line(key)}: ").And.Contain(words));
    }

    [Test]
    public void Should_know_where_packages_are()
    {
        Fixture.Keys["user_install_package"] = "cutax, straxen";
        Fixture.Keys["user_install_path.cutax"] = "~/src/cutax";
        var settings = Fixture.Resolve();
        Assert.That(settings.UserInstallPath.Of("cutax"), Is.EqualTo("/home/op/src/cutax"));
        Assert.That(SettingCatalog.ByName["user_install_path"].Of(settings), Is.EqualTo(new[] { "cutax=/home/op/src/cutax" }));
    }

    // ---- 2.1: one file for both

    [Test]
    public void Should_take_either_name_of_the_rses_in_either_plan()
    {
        Fixture.Keys["raw_records_rse"] = Fixture.Keys["raw_records_rses"];
        Fixture.Keys["raw_records_rses"] = null;
        Assert.That(Fixture.Resolve().RawRecordsRse, Is.EqualTo(new[] { "UC_OSG_USERDISK" }));

        Fixture = new LevelFixture();
        Fixture.Keys["dtypes"] = "peaklets";
        Fixture.Loader.Arguments = ["--plan=by-type"];
        Assert.That(Fixture.Resolve().RawRecordsRse, Is.EqualTo(new[] { "UC_OSG_USERDISK" }));
    }

    [Test]
    public void Should_take_both_names_of_the_rses_if_they_say_the_same()
    {
        Fixture.Keys["raw_records_rse"] = "SDSC_USERDISK, UC_OSG_USERDISK";
        Fixture.Keys["raw_records_rses"] = "UC_OSG_USERDISK, SDSC_USERDISK";
        Assert.That(Fixture.Resolve().RawRecordsRse, Has.Length.EqualTo(2));
    }

    [Test]
    public void Should_refuse_both_names_of_the_rses_if_they_differ()
    {
        Fixture.Keys["raw_records_rse"] = "SDSC_USERDISK";
        var (first, second) = (Fixture.Line("raw_records_rse"), Fixture.Line("raw_records_rses"));
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"{Config}:{second}: raw_records_rse (line {first}) and raw_records_rses (line {second}) are two names of one key and "
                        + "name different RSEs. Remove one of them, or make them equal.",
                }
            )
        );
    }

    [Test]
    public void Should_set_the_rses_for_one_call_by_either_name()
    {
        Fixture.Loader.Arguments = ["--set", "raw_records_rses+=SDSC_USERDISK"];
        Assert.That(Fixture.Resolve().RawRecordsRse, Is.EqualTo(new[] { "UC_OSG_USERDISK", "SDSC_USERDISK" }));
    }

    [Test]
    public void Should_refuse_two_caps()
    {
        Fixture.Keys["max_daily"] = "100";
        Fixture.Keys["max_num"] = "50";
        var (newest, drawn) = (Fixture.Line("max_daily"), Fixture.Line("max_num"));
        Assert.That(
            Fixture.Faults().Single(),
            Does.StartWith($"{Config}:{drawn}: max_num (line {drawn}) and max_daily (line {newest}) both limit the number of runs")
        );
    }

    [TestCase("max_num", "50", 50, null)]
    [TestCase("max_daily", "50", null, 50)]
    public void Should_take_either_cap(string key, string value, int? drawn, int? newest)
    {
        Fixture.Keys[key] = value;
        var settings = Fixture.Resolve();
        Assert.That((settings.MaxNum, settings.MostNewest), Is.EqualTo((drawn, newest)));
    }

    [Test]
    public void Should_leave_the_excluded_tags_to_the_table_if_they_are_not_named()
    {
        Assert.That(Fixture.Resolve().ExcludeTags, Is.Null);
        Fixture = new LevelFixture();
        Fixture.Keys["exclude_tags"] = "messy";
        Assert.That(Fixture.Resolve().ExcludeTags, Is.EqualTo(new[] { "messy" }));
    }

    [Test]
    public void Should_not_translate_the_amounts_of_the_other_plan()
    {
        Fixture.Keys["peaklets_memory"] = "not a number";
        Fixture.Keys["events_disk"] = "9000";
        Fixture.Keys["lower_memory"] = "4000";
        Fixture.Keys["upper_disk"] = "20 GB";
        var settings = Fixture.Resolve();
        Assert.That((settings.LowerMemory, settings.UpperDiskMb, settings.UpperMemory), Is.EqualTo((4000.0, 20_000.0, (double?)null)));
        Assert.That(
            Fixture.Notes.Single(),
            Does.StartWith("keys that only plans by-type read: ").And.Contain($"events_disk (line {Fixture.Line("events_disk")})")
        );
    }

    [TestCase("combine_memory = 60000", "combine_memory = 60000 (line {0}), times 1.2 for safety, is 72000 MB: more than max_memory = 12000 (line {1}), so no run could be planned. Lower the one, or raise the other.")]
    [TestCase("lower_memory = 10000.5", "lower_memory = 10000.5 (line {0}), times 1.2 for safety, is 12000.6 MB: more than max_memory = 12000 (line {1})")]
    public void Should_refuse_once_what_no_run_could_satisfy(string line, string words)
    {
        var key = line.Split(' ')[0];
        Fixture.Keys[key] = line[(key.Length + 3)..];
        Fixture.Keys["max_memory"] = "12000";
        Assert.That(
            Fixture.Faults().Single(),
            Does.StartWith($"{Config}:{Fixture.Line(key)}: ")
                .And.Contain(
                    words.Replace("{0}", $"{Fixture.Line(key)}", StringComparison.Ordinal)
                        .Replace("{1}", $"{Fixture.Line("max_memory")}", StringComparison.Ordinal)
                )
        );
    }

    [Test]
    public void Should_say_several_amounts_above_the_limit_as_one_error()
    {
        Fixture.Keys["lower_memory"] = Fixture.Keys["upper_memory"] = "11000";
        Assert.That(Fixture.Faults().Single(), Does.Contain(", and upper_memory = 11000").And.Contain("max_memory = 12000 (the default)"));
    }

    [TestCase("20000", 20_000_000L)]
    [TestCase("20000 MB", 20_000_000L)]
    [TestCase("20 GB", 20_000_000L)]
    [TestCase("20000000 KB", 20_000_000L)]
    [TestCase("2 * 10 GB", 20_000_000L)]
    [TestCase("10000000", 10_000_000_000L)]
    [TestCase("20 TB", 20_000_000_000L)]
    public void Should_take_a_number_without_a_unit_as_megabytes(string value, long kilobytes)
    {
        Fixture.Keys["combine_disk"] = value;
        Assert.That(Fixture.Resolve().CombineDisk, Is.EqualTo(kilobytes));
    }

    [TestCase("combine_disk")]
    [TestCase("lower_disk")]
    [TestCase("upper_disk")]
    [TestCase("rough_disk")]
    [TestCase("min_disk")]
    public void Should_refuse_a_disk_that_is_surely_in_kilobytes(string key)
    {
        Fixture.Keys[key] = "120000000";
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"{Config}:{Fixture.Line(key)}: {key} is 120000000 MB, more than 10 TB: in plans by level a number without a unit is MB. "
                        + $"If KB are meant, write {key} = 120000000 KB.",
                }
            )
        );
    }

    [TestCase("16000", 16_000L, true)]
    [TestCase("100000", 100_000L, false)]
    [TestCase("16 MB", 16_000L, false)]
    [TestCase("120 GB", 120_000_000L, false)]
    public void Should_warn_of_a_disk_that_is_surely_in_megabytes(string value, long kilobytes, bool warns)
    {
        Fixture.Keys["dtypes"] = "peaklets";
        Fixture.Keys["include_data_types"] = null;
        Fixture.Keys["combine_disk"] = value;
        Fixture.Loader.Arguments = ["--plan=by-type"];
        Assert.That(Fixture.Resolve().CombineDisk, Is.EqualTo(kilobytes));
        Assert.That(
            Fixture.Warnings,
            Is.EqualTo(
                warns
                    ? new[]
                    {
                        $"{Config}:{Fixture.Line("combine_disk")}: combine_disk is 16000 KB, less than 100 MB: in plans by type a number "
                            + "without a unit is KB. If MB are meant, write combine_disk = 16000 MB.",
                    }
                    : []
            )
        );
    }

    [TestCase("10", null, 10, null)]
    [TestCase("10", "8000", 10, 8000)]
    [TestCase(null, "8000", null, 8000)]
    [TestCase(null, null, null, 16000)]
    public void Should_have_a_rough_disk_where_no_number_of_chunks_is_set(string? chunks, string? disk, int? inJob, int? rough)
    {
        Fixture.Keys["chunks_per_job"] = chunks;
        Fixture.Keys["rough_disk"] = disk;
        var settings = Fixture.Resolve();
        Assert.That((settings.ChunksPerJob, settings.RoughDisk), Is.EqualTo((inJob, (long?)rough)));
    }

    [TestCase(null, null, "/home/op/user_cert")]
    [TestCase(null, "/tmp/proxy", "/tmp/proxy")]
    [TestCase("$HOME/mine", null, "/home/op/mine")]
    [TestCase("/home/op/mine", "/tmp/proxy", "/home/op/mine")]
    public void Should_find_the_proxy(string? key, string? variable, string path)
    {
        Fixture.Loader.Variables["HOME"] = "/home/op";
        Fixture.Keys["x509_user_proxy"] = key;
        if (variable is not null)
        {
            Fixture.Loader.Variables["X509_USER_PROXY"] = variable;
        }

        Assert.That(Fixture.Resolve().Proxy, Is.EqualTo(path));
        Assert.That(
            Fixture.Notes,
            Is.EqualTo(
                key is not null && variable is not null
                    ? new[] { $"x509_user_proxy is '{path}', so the proxy of $X509_USER_PROXY, '{variable}', is not used." }
                    : []
            )
        );
    }

    [TestCase("eu_only")]
    [TestCase("site_only")]
    public void Should_refuse_places_that_exclude_each_other_in_plans_by_type(string key)
    {
        Fixture.Keys["dtypes"] = "peaklets";
        Fixture.Keys["us_only"] = "True";
        Fixture.Keys[key] = "True";
        Fixture.Loader.Arguments = ["--plan=by-type"];
        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"{Config}:{Fixture.Line(key)}: us_only and {key} exclude each other in plans by type, where us_only holds for every "
                        + "job. Remove one of them.",
                }
            )
        );
    }

    [TestCase("slurm")]
    [TestCase("local")]
    public void Should_take_local_data_alone_where_jobs_can_see_it(string engine)
    {
        Fixture.Loader.Disk.AddDirectory("/there");
        (Fixture.Keys["no_remote"], Fixture.Keys["local_data"]) = ("True", "/there, ~/mine");
        Fixture.Loader.Arguments = [$"--engine={engine}"];
        Fixture.Loader.Variables["HOME"] = "/home/op";

        var settings = Fixture.Resolve();

        Assert.That((settings.NoRemote, settings.IsSet("local_data")), Is.EqualTo((true, true)));
        Assert.That(settings.LocalData, Is.EqualTo(new[] { "/there", "/home/op/mine" }));
        Assert.That(
            Fixture.Warnings.Single(w => w.Contains("local_data", StringComparison.Ordinal)),
            Is.EqualTo($"{Config}:{Fixture.Line("local_data")}: local_data has /home/op/mine, which does not exist here: it is left out.")
        );
    }

    [Test]
    public void Should_know_the_folders_of_the_computing_centre_if_none_is_named()
    {
        Fixture.Loader.Disk.AddDirectory("/project2/lgrandi/xenonnt/processed");
        Fixture.Keys["no_remote"] = "True";
        Fixture.Loader.Arguments = ["--engine=slurm"];

        var settings = Fixture.Resolve();

        Assert.That(settings.LocalData, Does.Contain("/dali/lgrandi/xenonnt/raw").And.Contain("/project2/lgrandi/xenonnt/processed"));
        Assert.That(settings.IsSet("local_data"), Is.False, "they are in the contexts of straxen: jobs need not be told them");
        Assert.That(Fixture.Warnings, Has.None.Contains("local_data"), "most are elsewhere than the others");
    }

    [Test]
    public void Should_refuse_local_data_alone_for_jobs_of_the_grid()
    {
        Fixture.Loader.Disk.AddDirectory("/there");
        (Fixture.Keys["no_remote"], Fixture.Keys["local_data"]) = ("True", "/there");

        Assert.That(
            Fixture.Faults(),
            Is.EqualTo(
                new[]
                {
                    $"{Config}:{Fixture.Line("no_remote")}: no_remote is on, but jobs of engine pegasus run on the grid, where the folders of "
                        + "this machine are not. Pass --engine=slurm or --engine=local, or remove no_remote.",
                }
            )
        );
    }

    [TestCase("/gone, /too", "none of the local folders exists here: /gone, /too. Write 'local_data = FOLDER' with your own into [Outsource].")]
    [TestCase("data", "local_data has 'data', but must have absolute paths: begin them with '/'.")]
    public void Should_refuse_folders_that_cannot_be_read(string folders, string words)
    {
        (Fixture.Keys["no_remote"], Fixture.Keys["local_data"]) = ("True", folders);
        Fixture.Loader.Arguments = ["--engine=local"];

        Assert.That(Fixture.Faults(), Has.Some.StartsWith($"{Config}:{Fixture.Line("local_data")}: ").And.Some.EndsWith(words));
    }

    [Test]
    public void Should_say_that_folders_have_no_effect_if_jobs_read_from_rucio()
    {
        Fixture.Keys["local_data"] = "/there";

        Assert.That(Fixture.Resolve().LocalData, Is.Empty);
        Assert.That(Fixture.Warnings, Has.Some.StartsWith("local_data has no effect: jobs read from Rucio."));
    }

    [TestCase("no_remote", "True")]
    [TestCase("saltax", "True")]
    public void Should_not_ignore_what_restricts_in_plans_by_type(string key, string value)
    {
        Fixture.Keys["dtypes"] = "peaklets";
        Fixture.Keys[key] = value;
        Fixture.Loader.Arguments = ["--plan=by-type"];
        Assert.That(
            Fixture.Faults(),
            Has.Some.StartsWith($"{Config}:{Fixture.Line(key)}: {key} restricts what is processed, but plans by type do not read it.")
        );
    }
}
