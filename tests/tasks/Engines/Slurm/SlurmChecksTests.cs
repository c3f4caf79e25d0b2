using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Slurm;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>What is wrong is told before anything is submitted, in words that help.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SlurmChecksTests
{
    private const string Partition = "PartitionName=lgrandi AllowAccounts=ALL AllowQos=ALL MaxTime=1-12:00:00 State=UP";

    private readonly MockFileSystem _disk = new();

    private static readonly SlurmChoice Choice = SlurmWorld.Choice with
    {
        Qos = "lgrandi",
        Account = "pi-lgrandi",
        Image = "/images/xenonnt-1.simg",
    };

    [SetUp]
    public void AddImage() => _disk.AddFile("/images/xenonnt-1.simg", new MockFileData(""));

    [Test]
    public void Should_find_nothing_if_all_is_well() =>
        Assert.That(Before(Site()), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>())).Using<(string[], string[])>(Same));

    [Test]
    public void Should_say_what_to_do_if_there_is_no_sbatch()
    {
        var programs = Site();
        _ = programs.Missing.Add("sbatch");

        Assert.That(Before(programs).Faults.Single(), Does.Contain("sbatch was not found on PATH").And.Contain("login node"));
        Assert.That(() => new SlurmChecks(_disk, programs).Before(Choice, "me").Require(), Throws.TypeOf<UsageException>());
    }

    [Test]
    public void Should_name_a_partition_that_does_not_exist() =>
        Assert.That(
            Before(Site().On("scontrol", "Partition lgrandi not found", 1)).Faults.Single(),
            Is.EqualTo("rcc_partition is 'lgrandi', which Slurm does not have. 'sinfo' lists the partitions.")
        );

    [Test]
    public void Should_name_a_qos_and_an_account_that_do_not_exist()
    {
        var programs = Site().On("sacctmgr", "normal\nlong", 0, "qos").On("sacctmgr", "pi-other", 0, "assoc");

        Assert.That(
            Before(programs).Faults,
            Is.EqualTo(
                new[]
                {
                    "QOS 'lgrandi', named as rcc_partition, does not exist: Slurm has long, normal.",
                    "rcc_account is 'pi-lgrandi', which me may not use: Slurm has pi-other.",
                }
            )
        );
    }

    [Test]
    public void Should_name_an_image_that_does_not_exist() =>
        Assert.That(
            Before(Site(), Choice with { Image = "/images/none.simg" }).Faults.Single(),
            Does.StartWith("the image '/images/none.simg' does not exist.")
        );

    [Test]
    public void Should_leave_out_folders_that_cannot_be_bound()
    {
        _disk.AddDirectory("/there");
        var found = new SlurmChecks(_disk, Site()).Before(Choice with { Binds = ["/there", "/not/there"] }, "me");

        Assert.That(found.Choice.Binds, Is.EqualTo(new[] { "/there" }));
        Assert.That(found.Warnings.Single(), Is.EqualTo("rcc_bind names '/not/there', which does not exist here: it is left out."));
    }

    [Test]
    public void Should_bind_the_folders_of_local_data_that_are_there()
    {
        _disk.AddDirectory("/there");
        _disk.AddDirectory("/data");
        var found = new SlurmChecks(_disk, Site()).Before(Choice with { Binds = ["/there"], Data = ["/data", "/not/there"] }, "me");

        Assert.That(found.Choice.Binds, Is.EqualTo(new[] { "/there", "/data" }));
        Assert.That(found.Warnings, Is.Empty);
    }

    [Test]
    public void Should_refuse_hours_beyond_the_limit_of_the_partition()
    {
        var found = After(Site(), hours: 72);

        Assert.That(found.Faults.Single(), Does.StartWith("a job asks for 72 h, but partition lgrandi ends jobs after 36 h."));
        Assert.That(After(Site(), hours: 36).Faults, Is.Empty);
    }

    [Test]
    public void Should_ask_sbatch_for_one_job_of_each_level()
    {
        var programs = Site().On(
            "sbatch",
            "sbatch: error: Memory specification can not be satisfied\nallocation failure: Requested node configuration is not available",
            1,
            "upper"
        );
        var found = After(programs, hours: 1);

        Assert.That(found.Faults.Single(), Does.StartWith("sbatch would refuse the upper job upper: ").And.Contain("It asks for 9000 MB and 1 h"));
        Assert.That(programs.Calls.Count(c => c.StartsWith("sbatch --test-only", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    private SlurmFindings After(AnsweringPrograms programs, double hours)
    {
        ImmutableArray<SlurmPlanJob> firsts =
        [
            .. new[] { "lower", "upper" }.Select(l => new SlurmPlanJob(l, l, l, 1) { Attempts = [new SlurmRequest(9000, 1)], Log = "" }),
        ];
        return new SlurmChecks(_disk, programs).After(new SlurmFolder("/w"), new SlurmPlanned(2, 0, firsts, hours, []), Choice);
    }

    /// <summary>A site without accounting, where every job is accepted.</summary>
    private static AnsweringPrograms Site() =>
        new AnsweringPrograms()
            .On("scontrol", Partition)
            .On("sacctmgr", "You are not running a supported accounting_storage plugin", 1)
            .On("sbatch", "sbatch: Job 8 to start at 2026-12-03T18:52:23 using 1 processors on nodes localhost in partition lgrandi");

    private (string[] Faults, string[] Warnings) Before(AnsweringPrograms programs, SlurmChoice? choice = null)
    {
        var found = new SlurmChecks(_disk, programs).Before(choice ?? Choice, "me");
        return ([.. found.Faults], [.. found.Warnings]);
    }

    private static bool Same((string[] One, string[] Two) a, (string[] One, string[] Two) b) =>
        a.One.SequenceEqual(b.One) && a.Two.SequenceEqual(b.Two);
}
