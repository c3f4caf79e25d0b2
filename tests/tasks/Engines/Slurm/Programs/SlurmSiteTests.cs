using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Slurm.Programs;

/// <summary>What a computing centre is like, and what became of jobs: recorded from 22.05.8, and sacct as its documentation has it.</summary>
internal sealed class SlurmSiteTests
{
    private const string Partition =
        "PartitionName=lgrandi AllowGroups=ALL AllowAccounts=ALL AllowQos=lgrandi,test AllocNodes=ALL Default=YES QoS=N/A DefaultTime=NONE "
        + "MaxNodes=UNLIMITED MaxTime=1-12:00:00 MinNodes=0 Nodes=localhost State=UP TotalCPUs=2 TotalNodes=1 DefMemPerNode=UNLIMITED";

    private const string Job =
        "JobId=3 JobName=j.sh UserId=root(0) GroupId=root(0) JobState=FAILED Reason=BadConstraints Dependency=(null) Requeue=1 Restarts=0 "
        + "ExitCode=0:1 RunTime=00:00:00 SubmitTime=2026-12-01T11:08:23 StartTime=2026-12-01T11:08:23 EndTime=2026-12-01T11:08:29 "
        + "Comment=outsource:w1:a Power=";

    [Test]
    public void Should_read_a_partition()
    {
        var partition = new SlurmSite(new AnsweringPrograms().On("scontrol", Partition)).Partition("lgrandi")!;

        Assert.That((partition.MaxTime, partition.State, partition.Accounts.Length), Is.EqualTo((TimeSpan.FromHours(36), "UP", 0)));
        Assert.That(partition.Qos, Is.EqualTo(new[] { "lgrandi", "test" }));
        Assert.That(new SlurmSite(new AnsweringPrograms().On("scontrol", "Partition nope not found", 1)).Partition("nope"), Is.Null);
        Assert.That(() => new SlurmSite(new AnsweringPrograms()).Partition("x"), Throws.TypeOf<OutsourceException>());
    }

    [TestCase("UNLIMITED", null)]
    [TestCase("90", 1.5)]
    [TestCase("04:00:00", 4)]
    [TestCase("3-00:00:00", 72)]
    [TestCase("1-12", 36)]
    [TestCase("30:00", 0.5)]
    [TestCase("x-1", null)]
    public void Should_read_a_time_limit(string text, double? hours) =>
        Assert.That(SlurmSite.TimeLimit(text)?.TotalHours, Is.EqualTo(hours));

    /// <summary>T17: nodes with the feature lc are found, so that they can be added to those of the configuration.</summary>
    [Test]
    public void Should_find_nodes_with_a_feature_t17()
    {
        var programs = new AnsweringPrograms().On("sinfo", "midway2-0401|tc,e5\nmidway2-0402|lc,tc\nmidway2-0402|lc,tc\nx y|lc\n");

        Assert.That(new SlurmSite(programs).NodesWith("lc", "lgrandi"), Is.EqualTo(new[] { "midway2-0402" }));
        Assert.That(new SlurmSite(new AnsweringPrograms()).NodesWith("lc", null), Is.Empty);
    }

    [Test]
    public void Should_take_a_job_that_has_ended_meanwhile_for_removed()
    {
        var programs = new AnsweringPrograms().On("scancel", "scancel: error: Kill job error on job id 7: Invalid job id specified", 1);

        Assert.That(() => new SlurmSite(programs).Cancel([7]), Throws.Nothing);
        Assert.That(
            () => new SlurmSite(new AnsweringPrograms().On("scontrol", "Access/permission denied", 1)).Hold([7]),
            Throws.TypeOf<OutsourceException>().With.Message.EqualTo("scontrol hold failed with exit code 1: Access/permission denied.")
        );
    }

    [Test]
    public void Should_ask_scontrol_for_ended_jobs_if_there_is_no_accounting()
    {
        var programs = new AnsweringPrograms().On("sacct", "Slurm accounting storage is disabled", 1).On("scontrol", Job, 0, "3");
        var ended = new EndedJobs(programs, TimeZoneInfo.Utc).Of([3, 99]);

        Assert.That(ended.Keys, Is.EqualTo(new[] { 3 }));
        Assert.That((ended[3].State, ended[3].Reason, ended[3].ExitCode, ended[3].NodeIn("w1")), Is.EqualTo(("FAILED", "BadConstraints", -1, "a")));
        Assert.That(ended[3].Ended, Is.EqualTo(new DateTimeOffset(2026, 12, 1, 11, 8, 29, TimeSpan.Zero)));
    }

    [Test]
    public void Should_ask_sacct_for_ended_jobs_if_there_is_accounting()
    {
        var programs = new AnsweringPrograms().On(
            "sacct",
            "7|TIMEOUT|0:0|2026-12-01T10:00:00|2026-12-01T14:00:00||None\n7.batch|CANCELLED|0:15|2026-12-01T10:00:00|2026-12-01T14:00:02|2097152K|\n"
                + "8|CANCELLED by 1000|0:0|None|2026-12-01T14:00:00||DependencyNeverSatisfied\n"
        );
        var ended = new EndedJobs(programs, TimeZoneInfo.Utc).Of([7, 8]);

        Assert.That((ended[7].State, ended[7].PeakMb, ended[7].Reason), Is.EqualTo(("TIMEOUT", 2147L, "")));
        Assert.That((ended[8].State, ended[8].WaitsForNothing, ended[8].Started), Is.EqualTo(("CANCELLED", true, (DateTimeOffset?)null)));
    }
}
