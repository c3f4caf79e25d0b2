using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Records;

namespace Outsource.Tests.Engines.Records;

internal sealed class DagmanJobTests
{
    [Test]
    public void Should_report_its_life_if_read_from_the_schedds_log()
    {
        // As seen after two pegasus-run within seconds of each other.
        var job = Read(
            "000 (095.000.000) 2026-11-22 17:22:53 Job submitted from host: <127.0.0.1:9618>",
            "...",
            "000 (096.000.000) 2026-11-22 17:22:54 Job submitted from host: <127.0.0.1:9618>",
            "...",
            "005 (096.000.000) 2026-11-22 17:23:11 Job terminated.",
            "\t(1) Normal termination (return value 1)",
            "..."
        );

        Assert.That(job.Clusters, Is.EqualTo(new[] { 95, 96 }));
        Assert.That(job.Alive, Is.EqualTo(new[] { 95 }));
        Assert.That(
            (job.Last, job.Started, job.ReturnValue, job.Ended, job.Removed),
            Is.EqualTo(((int?)96, (DateTimeOffset?)new DateTimeOffset(2026, 11, 22, 17, 22, 54, TimeSpan.Zero), (int?)1, false, false))
        );
    }

    [Test]
    public void Should_be_removed_if_taken_out_of_the_queue()
    {
        var job = Read(
            "000 (095.000.000) 2026-11-22 17:22:53 Job submitted from host: <127.0.0.1:9618>",
            "...",
            "009 (095.000.000) 2026-11-22 17:23:11 Job was aborted.",
            "\tvia condor_rm (by user xenon)",
            "..."
        );

        Assert.That((job.Ended, job.Removed, job.ReturnValue), Is.EqualTo((true, true, (int?)null)));
    }

    [Test]
    public void Should_be_neither_if_there_is_no_log() =>
        Assert.That(
            DagmanJob.Read(new MockFileSystem(), "/x/a.dagman.log", TimeZoneInfo.Utc),
            Has.Property("Ended").False.And.Property("Last").Null.And.SameAs(DagmanJob.Unborn)
        );

    private static DagmanJob Read(params string[] lines) =>
        DagmanJob.Read(
            new MockFileSystem(new Dictionary<string, MockFileData> { ["/x/a.dagman.log"] = new(string.Join('\n', lines) + "\n") }),
            "/x/a.dagman.log",
            TimeZoneInfo.Utc
        );
}
