using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Records;

namespace Outsource.Tests.Engines.Records;

[TestFixture]
internal sealed class ReaderTests
{
    private static readonly DateTimeOffset Newest = new(2027, 1, 2, 0, 0, 0, TimeSpan.Zero);

    [TestCase("peaklets_043000-peaklets-0003", "peaklets", 43000, "peaklets", "0003")]
    [TestCase("combine_043000-peaklets-combine", "combine", 43000, "peaklets", "combine")]
    [TestCase("events_1043000-event_info_double", "events", 1043000, "event_info_double", null)]
    [TestCase("stage_in_remote_local_0_0", "stage_in", null, null, null)]
    [TestCase("clean_up_local_level_3_0", "cleanup", null, null, null)]
    [TestCase("create_dir_xenonnt_0_local", "create_dir", null, null, null)]
    [TestCase("step2_ID0002", "step2_ID0002", null, null, null)]
    public void Should_report_run_and_type_if_node_named(string node, string job, int? run, string? type, string? part) =>
        Assert.That(NodeName.Parse(node), Is.EqualTo(new NodeName(job, run, type, part)));

    [Test]
    public void Should_read_nodes_and_edges_if_planner_wrote_them()
    {
        var fixture = new SubmitFixture();

        var dag = DagFile.Read(fixture.Disk, fixture.Submit.Dag);

        Assert.That(dag.Nodes, Has.Count.EqualTo(5));
        var combine = dag.Nodes[SubmitFixture.Combine];
        Assert.That((combine.SubmitFile, combine.Retries, combine.HasPost), Is.EqualTo(($"00/00/{SubmitFixture.Combine}.sub", 1, true)));
        Assert.That(combine.Parents.Select(p => p.Name), Is.EqualTo(new[] { SubmitFixture.First, SubmitFixture.Second }));
    }

    [TestCase("2026-11-22 16:41:24", "2026-11-22T15:41:24Z", TestName = "local time")]
    [TestCase("2026-11-22T16:41:24.250-0600", "2026-11-22T22:41:24.25Z", TestName = "with a zone")]
    [TestCase("11/22 16:41:24", "2026-11-22T15:41:24Z", TestName = "without a year, of the year before")]
    [TestCase("01/01 16:41:24", "2027-01-01T15:41:24Z", TestName = "without a year, of this year")]
    public void Should_give_utc_if_time_read(string text, string expected) =>
        Assert.That(
            UserLog.TimeOf(text, TimeZoneInfo.CreateCustomTimeZone("x", TimeSpan.FromHours(1), "x", "x"), Newest),
            Is.EqualTo(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture))
        );

    [Test]
    public void Should_skip_what_is_no_event_if_log_is_being_written()
    {
        var disk = new MockFileSystem();
        disk.AddFile(
            "/log",
            new MockFileData(
                """
                garbage
                000 (023.000.000) 2026-11-22 16:32:02 Job submitted from host: <127.0.0.1>
                    DAG Node: a
                ...
                001 (023.000.000) 2026-11-22 16:32:03 Job executing on host: <127.0.0.1>
                012 (023.000.000) 2026-11-22 16:32:27 Job was held.
                	Transfer output files failure
                	Code 12 Subcode 2
                ...
                005 (023.000.000) 2026-11-22 16:3
                """
            )
        );

        var events = UserLog.Read(disk, "/log", TimeZoneInfo.Utc, Newest).ToList();

        Assert.That(events.Select(e => e.Number), Is.EqualTo(new[] { 0, 12 }));
        Assert.That(events[0].Node, Is.EqualTo("a"));
        Assert.That(events[1].Body, Is.EqualTo(new[] { "Transfer output files failure", "Code 12 Subcode 2" }));
    }

    [Test]
    public void Should_take_newest_rescue_if_several()
    {
        var fixture = new SubmitFixture()
            .Rescued([SubmitFixture.Added], [SubmitFixture.First])
            .Rescued([SubmitFixture.Added, SubmitFixture.First], [SubmitFixture.Second, SubmitFixture.Other], 2);

        var rescue = RescueFile.Newest(fixture.Disk, fixture.Submit.Dag)!;

        Assert.That(rescue.Number, Is.EqualTo(2));
        Assert.That(rescue.Done, Is.EquivalentTo(new[] { SubmitFixture.Added, SubmitFixture.First }));
        Assert.That(rescue.Failed, Is.EquivalentTo(new[] { SubmitFixture.Second, SubmitFixture.Other }));
    }

    [Test]
    public void Should_read_last_words_if_dagman_ended_and_began_again()
    {
        var disk = new MockFileSystem();
        disk.AddFile(
            "/out",
            new MockFileData(
                """
                11/22/26 16:41:23 ** condor_scheduniv_exec.78.0 (CONDOR_DAGMAN) STARTING UP
                11/22/26 16:41:54 Received SIGUSR1
                11/22/26 16:41:54 **** condor_scheduniv_exec.78.0 (condor_DAGMAN) pid 2124 EXITING WITH STATUS 2
                11/22/26 16:42:06 ** condor_scheduniv_exec.86.0 (CONDOR_DAGMAN) STARTING UP
                11/22/26 16:42:37  Done     Pre   Queued    Post   Ready   Un-Ready   Failed   Futile
                11/22/26 16:42:37   ===     ===      ===     ===     ===        ===      ===      ===
                11/22/26 16:42:37    13       0        1       0       0          0        2        0
                """
            )
        );

        var read = DagmanOut.Read(disk, "/out", TimeZoneInfo.Utc);

        Assert.That((read.ClusterId, read.ExitStatus, read.Removed), Is.EqualTo(((int?)86, (int?)null, false)));
        Assert.That((read.Counts!["Done"], read.Counts["Failed"], read.Counts["Un-Ready"]), Is.EqualTo((13, 2, 0)));
        Assert.That(read.LastLineAt, Is.EqualTo(new DateTimeOffset(2026, 11, 22, 16, 42, 37, TimeSpan.Zero)));
    }

    [TestCase(2, 2, false)]
    [TestCase(3, null, true, Description = "condor_hold, or the schedd was shut down")]
    public void Should_not_take_it_for_an_end_if_dagman_is_started_again(int status, int? end, bool interrupted)
    {
        var disk = new MockFileSystem();
        disk.AddFile(
            "/out",
            new MockFileData($"11/22/26 16:41:54 **** condor_scheduniv_exec.78.0 (condor_DAGMAN) pid 2124 EXITING WITH STATUS {status}\n")
        );

        Assert.That(
            DagmanOut.Read(disk, "/out", TimeZoneInfo.Utc),
            Has.Property("ExitStatus").EqualTo(end).And.Property("Interrupted").EqualTo(interrupted)
        );
    }

    [Test]
    public void Should_forget_counts_if_another_dagman_began()
    {
        var disk = new MockFileSystem();
        disk.AddFile(
            "/out",
            new MockFileData(
                """
                11/22/26 16:42:37  Done     Pre   Queued    Post   Ready   Un-Ready   Failed   Futile
                11/22/26 16:42:37    13       0        1       0       0          0        2        0
                11/22/26 16:42:40 ** condor_scheduniv_exec.86.0 (CONDOR_DAGMAN) STARTING UP
                """
            )
        );

        Assert.That(DagmanOut.Read(disk, "/out", TimeZoneInfo.Utc).Counts, Is.Null);
    }
}
