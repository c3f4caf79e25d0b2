using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Pegasus.Condor;
using Outsource.Tests.Engines.Pegasus.DagMan;
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

    private static DagStatus Of(string dagmanOut, bool haltFile, ImmutableArray<QueueJob> queue)
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile(fixture.Submit.DagmanOut, new MockFileData(dagmanOut));
        fixture.Disk.AddFile(fixture.Submit.In("xenonnt-0.dag.condor.sub"), new MockFileData("queue\n"));
        fixture.Disk.AddFile(
            fixture.Submit.DagmanLog,
            new MockFileData(
                "000 (009.000.000) 2026-11-22 16:40:53 Job submitted from host: <127.0.0.1:9618>\n...\n005 (009.000.000) 2026-11-22 "
                    + "17:00:00 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n"
            )
        );
        if (haltFile)
        {
            // The name that pegasus-halt gives it, and that DAGMan looks for: the DAG's, and ".halt".
            fixture.Disk.AddFile($"{fixture.Submit.Path}/xenonnt-0.dag.halt", new MockFileData(""));
        }

        return DagStatus.Of(fixture.Submit, new QueueOnlyGrid(new QueueAnswer(queue)));
    }
}
