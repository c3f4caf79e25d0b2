using Outsource.LoadConfig;
using Outsource.Settings.Keys;
using Outsource.Tests.Settings.Keys;

namespace Outsource.Tests.LoadConfig;

/// <summary>Which plan a configuration makes: one of 2024, one of today, and one with both kinds of keys.</summary>
public sealed class PlanChoiceTests
{
    private const string Config = LoaderFixture.ConfigPath;

    [Test]
    public void Should_plan_by_type_with_the_configuration_of_2024()
    {
        var fixture = new LevelFixture();
        fixture.Loader.ConfigText = LevelFixture.Reference("reference/inputs", "xenon_config");
        fixture.Loader.Variables["OUTSOURCE_WORK"] = "/work";
        fixture.Loader.Arguments = ["--context=xenonnt_v14", "--image=2024.02.1"];

        var settings = fixture.Resolve();

        Assert.Multiple(() =>
        {
            Assert.That(settings.Plan, Is.EqualTo(PlanKind.ByType));
            Assert.That(PlanChoice.Why(settings), Is.EqualTo("the configuration has no include_data_types"));
            Assert.That(settings.DataTypes, Has.Length.EqualTo(7));
            Assert.That(settings.IncludeDataTypes, Is.Empty);
            Assert.That((settings.RucioUpload, settings.RundbUpdate, settings.Summary), Is.EqualTo((true, true, false)));
            Assert.That((settings.MinRunNumber, settings.ChunksPerJob, settings.Increment), Is.EqualTo((666, 10, 1.0)));
            Assert.That((settings.CombineMemory, settings.CombineDisk), Is.EqualTo((60_000L, 120_000_000L)));
            Assert.That(settings.X509MinValidHours, Is.EqualTo(20));
            Assert.That(fixture.Notes, Is.Empty);
        });
    }

    [Test]
    public void Should_plan_by_level_with_the_configuration_of_today()
    {
        var fixture = Today();
        var settings = fixture.Resolve();

        Assert.Multiple(() =>
        {
            Assert.That(settings.Plan, Is.EqualTo(PlanKind.ByLevel));
            Assert.That(PlanChoice.Why(settings), Is.EqualTo($"{Config}:21"));
            Assert.That(settings.IncludeDataTypes, Has.Length.EqualTo(13));
            Assert.That(settings.DataTypes, Is.Empty);
            Assert.That(settings.RawRecordsRse, Has.Length.EqualTo(6));
            Assert.That((settings.RucioUpload, settings.RundbUpdate, settings.Summary), Is.EqualTo((false, false, true)));
            Assert.That((settings.MinRunNumber, settings.MaxRunNumber, settings.MostNewest), Is.EqualTo((1, (int?)999999, (int?)null)));
            Assert.That((settings.ChunksPerJob, settings.RoughDisk), Is.EqualTo(((int?)10, (long?)16000)));
            Assert.That((settings.MaxMemory, settings.MinDisk), Is.EqualTo((12000L, 1000L)));
            Assert.That((settings.CombineMemory, settings.CombineDisk), Is.EqualTo(((long?)null, (long?)null)));
            Assert.That((settings.LowerMemory, settings.UpperDiskMb), Is.EqualTo(((double?)null, (double?)null)));
            Assert.That((settings.DagmanRetry, settings.DagmanStaticRetry, settings.Increment), Is.EqualTo((2, 0, 0.2)));
            Assert.That((settings.PegasusMaxHoursIdle, settings.PegasusMaxHoursUpper), Is.EqualTo(((double?)6, (double?)6)));
            Assert.That(settings.X509MinValidHours, Is.EqualTo(48));
            Assert.That(settings.EuOnlyCountries, Is.EqualTo(new[] { "NL", "FR", "IT" }));
            Assert.That(settings.UserInstallPackage, Does.Contain("cutax"));
            Assert.That(settings.Proxy, Is.EqualTo("/home/op/user_cert"));
            Assert.That(fixture.Warnings, Has.None.Contain("unknown key").And.None.Contain("not used"));
            Assert.That(fixture.Notes, Is.EqualTo(new[] { "keys that have no use in this program: logging_level (line 14)." }));
        });
    }

    [TestCase("by-level", "dtypes is not used, because the plan is by-level: the data types are those of include_data_types (line {0}).")]
    [TestCase("by-type", "include_data_types is not used, because the plan is by-type: the data types are those of dtypes (line {0}).")]
    [TestCase(null, "dtypes is not used, because the plan is by-level: the data types are those of include_data_types (line {0}).")]
    public void Should_say_which_types_do_not_count_if_a_configuration_has_both(string? plan, string warning)
    {
        // Given
        var fixture = new LevelFixture();
        fixture.Keys["dtypes"] = "peaklets";
        fixture.Keys["plan"] = plan;
        var (used, unused) = plan == "by-type" ? ("dtypes", "include_data_types") : ("include_data_types", "dtypes");

        // When
        var settings = fixture.Resolve();

        // Then
        var line = fixture.Line(used);
        Assert.That(settings.Plan.Word(), Is.EqualTo(plan ?? "by-level"));
        Assert.That(
            fixture.Warnings,
            Is.EqualTo(new[] { $"{Config}:{fixture.Line(unused)}: {warning.Replace("{0}", $"{line}", StringComparison.Ordinal)}" })
        );
    }

    [Test]
    public void Should_take_each_key_of_the_plan_if_a_configuration_has_both_kinds()
    {
        var fixture = Both();
        var byLevel = fixture.Resolve();
        fixture.Loader.Arguments = [.. fixture.Loader.Arguments, "--plan=by-type"];
        var byType = fixture.Resolve();

        Assert.Multiple(() =>
        {
            Assert.That(byLevel.Plan, Is.EqualTo(PlanKind.ByLevel));
            Assert.That(byLevel.IncludeDataTypes, Is.EqualTo(new[] { "peaklets", "events_nv" }));
            Assert.That(byLevel.CombineDisk, Is.EqualTo(20_000_000));
            Assert.That(byType.Plan, Is.EqualTo(PlanKind.ByType));
            Assert.That(byType.DataTypes, Is.EqualTo(new[] { "peaklets" }));
            Assert.That(byType.CombineDisk, Is.EqualTo(20_000_000));
            Assert.That((byType.PeakletsMemory, byLevel.PeakletsMemory), Is.EqualTo((9000L, 14_500L)));
            Assert.That((byType.MaxMemory, byLevel.MaxMemory), Is.EqualTo((12_000L, 16_000L)));
            Assert.That(
                fixture.Notes.Single(),
                Is.EqualTo(
                    $"keys that only plans by-level read: include_data_types (line {fixture.Line("include_data_types")}), max_memory (line "
                        + $"{fixture.Line("max_memory")})."
                )
            );
        });
    }

    [TestCase("--plan=by-type", PlanKind.ByType, "--plan")]
    [TestCase("--plan=BY-LEVEL", PlanKind.ByLevel, "--plan")]
    [TestCase("--set plan=by-type", PlanKind.ByType, "--set")]
    public void Should_do_what_is_typed(string typed, PlanKind plan, string why)
    {
        var fixture = Both();
        fixture.Loader.Arguments = [.. fixture.Loader.Arguments, .. typed.Split(' ')];
        var settings = fixture.Resolve();
        Assert.That((settings.Plan, PlanChoice.Why(settings)), Is.EqualTo((plan, why)));
    }

    [Test]
    public void Should_plan_by_level_because_of_the_newer_name_of_the_rses()
    {
        var fixture = new LevelFixture();
        fixture.Keys.Remove("include_data_types");
        fixture.Keys["dtypes"] = "peaklets";
        Assert.That(fixture.Faults().Single(), Does.StartWith($"{Config}: include_data_types is missing: "));
    }

    [Test]
    public void Should_plan_by_type_if_the_types_by_level_are_empty()
    {
        var fixture = new LoaderFixture();
        fixture.Keys["include_data_types"] = "";
        Assert.That(fixture.Load().Settings.Plan, Is.EqualTo(PlanKind.ByType));
    }

    [Test]
    public void Should_refuse_a_plan_that_does_not_exist()
    {
        var fixture = new LevelFixture();
        fixture.Keys["plan"] = "by-run";
        Assert.That(
            fixture.Faults().Single(),
            Does.StartWith($"{Config}:{fixture.Line("plan")}: plan is 'by-run'").And.Contain("must be one of by-type, by-level.")
        );
    }

    private static LevelFixture Today()
    {
        var fixture = new LevelFixture();
        fixture.Loader.ConfigText = LevelFixture.Reference("reference-today", "xenon_config");
        fixture.Loader.Variables["OUTSOURCE_WORK"] = "/work";
        fixture.Loader.Variables["HOME"] = "/home/op";
        fixture.Loader.Arguments = ["--context", "xenonnt_offline", "--xedocs_version", "global_v16", "--image", "2025.07.1"];
        return fixture;
    }

    private static LevelFixture Both()
    {
        var fixture = new LevelFixture();
        fixture.Keys["dtypes"] = "peaklets";
        fixture.Keys["include_data_types"] = "peaklets, events_nv";
        fixture.Keys["raw_records_rse"] = "UC_OSG_USERDISK";
        fixture.Keys["peaklets_memory"] = "9000";
        fixture.Keys["max_memory"] = "16000";
        fixture.Keys["combine_disk"] = "20 GB";
        return fixture;
    }
}
