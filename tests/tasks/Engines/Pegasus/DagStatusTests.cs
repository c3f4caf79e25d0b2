using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines;
using Outsource.Engines.Pegasus;
using Outsource.Engines.State;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Engines.Pegasus;

/// <summary>
/// Where a workflow stands, told by the queue and by DAGMan's own words: HTCondor's return value of pegasus-dagman is 0 whatever DAGMan
/// did.
/// </summary>
internal sealed class DagStatusTests
{
    private const string Began = "11/22/26 16:41:00 ** condor_scheduniv_exec.9.0 (CONDOR_DAGMAN) STARTING UP\n",
        Halt = "11/22/26 16:59:00 Exiting because DAG is halted and no jobs or scripts are running\n";

    private const string DagmanSubmitted =
            "000 (009.000.000) 2026-11-22 16:40:53 Job submitted from host: <127.0.0.1:9618>\n...\n",
        DagmanEnded = "005 (009.000.000) 2026-11-22 17:00:00 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n",
        DagmanRemoved = "009 (009.000.000) 2026-11-22 17:00:00 Job was aborted.\n\tvia condor_rm (by user tester)\n...\n",
        Exited = "11/22/26 17:00:00 **** condor_scheduniv_exec.9.0 (condor_DAGMAN) pid 375 EXITING WITH STATUS ";

    private static readonly string Counts =
        "11/22/26 16:59:58  Done     Pre   Queued    Post   Ready   Un-Ready   Failed   Futile\n11/22/26 16:59:58   ===     ===      "
        + "===     ===     ===        ===      ===      ===\n11/22/26 16:59:58     2       0        0       0       0          "
        + "0        2        1\n";

    [TestCase("", 0, false, "its DAG has ended with all done", false, true)]
    [TestCase("", 1, false, "its DAG has ended before all was done", false, false)]
    [TestCase("", 1, true, "its DAG was halted with pegasus-halt and has ended", true, false)]
    [TestCase(Halt, 1, false, "its DAG was halted with pegasus-halt and has ended", true, false)]
    [TestCase("COUNTS", 1, false, "its DAG has ended with 2 failed nodes", false, false)]
    [TestCase("COUNTS", 1, true, "its DAG has ended with 2 failed nodes", false, false)]
    [TestCase("11/22/26 16:58:00 Received SIGUSR1\n", 2, false, "was removed from the queue", false, false)]
    public void Should_say_how_it_ended_and_how_to_continue_if_its_dag_has_ended(
        string said,
        int status,
        bool haltFile,
        string words,
        bool halted,
        bool succeeded
    )
    {
        var read = Of(
            $"{Began}{said.Replace("COUNTS", Counts, StringComparison.Ordinal)}11/22/26 17:00:00 **** condor_scheduniv_exec.9.0 "
                + $"(condor_DAGMAN) pid 375 EXITING WITH STATUS {status}\n",
            haltFile,
            []
        );

        Assert.That(read.Description, Does.EndWith(words).And.Not.Contain("return value"));
        Assert.That((read.State, read.Halted, read.Succeeded), Is.EqualTo((DagState.Ended, halted, succeeded)));
        Assert.That(read.WayOn("w"), Is.EqualTo(succeeded ? "" : " --target=Resubmit --name=w continues where it stopped."));
    }

    [TestCase(true, " and is halted with pegasus-halt: no new jobs start", " --target=Release --name=w continues it.")]
    [TestCase(false, "", "")]
    public void Should_say_that_it_is_halted_if_it_drains(bool haltFile, string words, string wayOn)
    {
        var read = Of(Began, haltFile, [new QueueJob(9, 0, QueueJob.Running)]);

        Assert.That(read.Description, Does.StartWith("its DAG is in HTCondor's queue (").And.EndWith(")" + words));
        Assert.That((read.State, read.MayRun, read.WayOn("w")), Is.EqualTo((DagState.Running, true, wayOn)));
    }

    /// <summary>Files may be lost. A workflow that was started is never taken for one that was not.</summary>
    [TestCase("braindump.yml", true, DagState.Ended)]
    [TestCase("braindump.yml", false, DagState.Unknown)]
    [TestCase("xenonnt-0.dag.condor.sub", true, DagState.Ended)]
    [TestCase("xenonnt-0.dag.dagman.log", true, DagState.Ended)]
    public void Should_know_that_it_was_started_if_a_file_is_lost(string file, bool ended, DagState expected)
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile(fixture.Submit.DagmanLog, new MockFileData(ended ? DagmanSubmitted + DagmanEnded : DagmanSubmitted));
        if (ended)
        {
            _ = fixture.DagmanEnded(0);
        }

        fixture.Disk.File.Delete(fixture.Submit.In(file));

        var read = DagStatus.Of(fixture.Submit, new QueueOnlyGrid(new QueueAnswer([])));

        Assert.That((read.State, read.Succeeded), Is.EqualTo((expected, ended)), read.Description);
        Assert.That(read.Description, Does.StartWith(ended ? "it was started (cluster 9" : "cannot determine whether its DAG is running"));
    }

    /// <summary>What is shown and what may be changed come from the same evidence.</summary>
    [Test]
    public void Should_agree_with_what_is_shown(
        [Values(null, "submitted", "ended", "removed")] string? log,
        [Values(null, "began", "failed", "done")] string? dagmanOut,
        [Values(null, 0, 1)] int? queued,
        [Values(null, "there")] string? elsewhere,
        [Values(true, false)] bool notes
    )
    {
        var fixture = new SubmitFixture();
        Put(
            fixture.Submit.DagmanLog,
            log switch
            {
                null => null,
                "submitted" => DagmanSubmitted,
                "ended" => DagmanSubmitted + DagmanEnded,
                _ => DagmanSubmitted + DagmanRemoved,
            }
        );
        Put(
            fixture.Submit.DagmanOut,
            dagmanOut switch
            {
                null => null,
                "began" => Began,
                "failed" => Began + Exited + "1\n",
                _ => Began + Exited + "0\n",
            }
        );
        Put(fixture.Submit.Notes, notes ? fixture.Disk.File.ReadAllText(fixture.Submit.Notes) : null);
        var answer = queued switch
        {
            null => new QueueAnswer(null, "condor_q: no schedd"),
            0 => new QueueAnswer([]),
            _ => new QueueAnswer([new QueueJob(9, 0, QueueJob.Running)]),
        };
        var seen = new DagEvidence(fixture.Submit, () => answer, TimeZoneInfo.Utc) { Elsewhere = elsewhere };

        var (status, shown) = (DagStatus.Of(seen), ShownState.Of(seen, () => "--target=Submit starts it"));

        Assert.That(
            status.State switch
            {
                DagState.Unplanned or DagState.HalfPlanned or DagState.Planned => shown.State == WorkflowState.Planned,
                DagState.Running => shown.State == WorkflowState.Running,
                DagState.Ended or DagState.Unknown => shown.State
                    is WorkflowState.Succeeded
                        or WorkflowState.Failed
                        or WorkflowState.Removed
                        or WorkflowState.Unknown,
            },
            $"{status.State} ({status.Description}) is shown as {shown.State} ({shown.Detail})"
        );
        Assert.That(shown.State is WorkflowState.Unknown or WorkflowState.Planned ? shown.Detail : "", Is.Not.Null);
        Assert.That(
            status.State is DagState.Planned or DagState.HalfPlanned && (log is not null || dagmanOut is not null),
            Is.False,
            "what was started is never taken for something that can be started"
        );

        void Put(string path, string? text)
        {
            fixture.Disk.File.Delete(path);
            if (text is not null)
            {
                fixture.Disk.AddFile(path, new MockFileData(text));
            }
        }
    }

    private static DagStatus Of(string dagmanOut, bool haltFile, ImmutableArray<QueueJob> queue)
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile(fixture.Submit.DagmanOut, new MockFileData(dagmanOut));
        fixture.Disk.AddFile(fixture.Submit.DagmanLog, new MockFileData(DagmanSubmitted + DagmanEnded));
        if (haltFile)
        {
            // The name that pegasus-halt gives it, and that DAGMan looks for: the DAG's, and ".halt".
            fixture.Disk.AddFile($"{fixture.Submit.Path}/xenonnt-0.dag.halt", new MockFileData(""));
        }

        return DagStatus.Of(fixture.Submit, new QueueOnlyGrid(new QueueAnswer(queue)));
    }
}
