using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Files;
using Outsource.Operator.Analyze;
using Outsource.Operator.Report;
using Outsource.Operator.Statistics;
using Outsource.Tests.Engines.Records;
using Outsource.Workflows.State;

namespace Outsource.Tests.Workflows.State;

/// <summary>A workflow in which nothing moves says so, and one that moves does not.</summary>
[TestFixture]
internal sealed class StandstillTests
{
    private static readonly QueueJob Dagman = new(9, 0, QueueJob.Running) { RootId = SubmitFixture.Id };

    private static SubmitFixture At(int hour, int minute) =>
        new() { Now = new DateTimeOffset(2026, 11, 22, hour, minute, 0, TimeSpan.Zero) };

    private static QueueJob Job(int cluster, string node, int status) => new(cluster, 0, status) { Node = node, RootId = SubmitFixture.Id };

    [Test]
    public void Should_say_release_if_all_is_held()
    {
        var fixture = At(16, 51).Ended(SubmitFixture.Added).Ended(SubmitFixture.Other).Held(SubmitFixture.First).Held(SubmitFixture.Second);

        var status = fixture.Read(
            new QueueAnswer([Dagman, Job(13, SubmitFixture.First, QueueJob.Held), Job(14, SubmitFixture.Second, QueueJob.Held)])
        );

        Assert.That((status.State, status.StateWords), Is.EqualTo((WorkflowState.Running, "running, stuck")));
        Assert.That(
            status.Standstill,
            Is.EqualTo(
                "nothing moves: all 2 jobs in the queue are held, and everything else waits for them. --target=Analyze shows why; "
                    + "when the cause is fixed, --target=Release continues them"
            )
        );
        Assert.That((status.JobsPerHour, status.Eta), Is.EqualTo(((double?)null, (DateTimeOffset?)null)));
    }

    [Test]
    public void Should_say_nothing_if_one_of_them_runs()
    {
        var fixture = At(16, 51).Ended(SubmitFixture.Added).Held(SubmitFixture.First);
        var cluster = fixture.Executing(SubmitFixture.Second, 50);

        Assert.That(
            fixture
                .Read(
                    new QueueAnswer([
                        Dagman,
                        Job(12, SubmitFixture.First, QueueJob.Held),
                        Job(cluster, SubmitFixture.Second, QueueJob.Running),
                    ])
                )
                .Standstill,
            Is.Null
        );
    }

    [Test]
    public void Should_say_that_dagman_is_gone_if_only_its_job_is_in_the_queue_and_it_is_silent()
    {
        // The job ended; nobody judged it, and nobody submits the others.
        var fixture = At(18, 0).Ended(SubmitFixture.Added);
        var cluster = fixture.Executing(SubmitFixture.First, 50);
        _ = fixture.Event(5, cluster, 51, "Job terminated.", "\t(1) Normal termination (return value 0)");

        var status = fixture.Read(new QueueAnswer([Dagman]));

        Assert.That(
            status.Standstill,
            Is.EqualTo(
                "nothing moves since 2026-11-22T16:51:00Z: HTCondor has only the DAGMan of this workflow, which has written nothing "
                    + "since, while 3 nodes wait for it. Its program (condor_dagman) was probably killed. --target=Remove, then "
                    + "--target=Resubmit start it again; finished results are kept"
            )
        );
        fixture.Now = new DateTimeOffset(2026, 11, 22, 16, 53, 0, TimeSpan.Zero);
        Assert.That(fixture.Read(new QueueAnswer([Dagman])).Standstill, Is.Null, "two minutes are no time");
    }

    [Test]
    public void Should_say_that_jobs_are_lost_if_the_queue_does_not_have_them()
    {
        var fixture = At(18, 0).Ended(SubmitFixture.Added);
        _ = fixture.Executing(SubmitFixture.First, 50);
        var cluster = fixture.Executing(SubmitFixture.Second, 50);

        Assert.That(
            fixture.Read(new QueueAnswer([Dagman, Job(cluster, SubmitFixture.Second, QueueJob.Running)])).Standstill,
            Is.EqualTo(
                "1 job is in DAGMan's log and not in HTCondor's queue, and nothing has happened since 2026-11-22T16:50:00Z: the pool "
                    + "lost it, and DAGMan will wait for its end for ever. --target=Remove, then --target=Resubmit try it again; finished results are kept"
            )
        );
    }

    [TestCase(17, 0, "it waits for the machine to come back, usually 40 minutes, and then runs the job elsewhere automatically")]
    [TestCase(18, 0, "longer than it usually waits. 'condor_vacate_job -fast 12' makes it run it elsewhere")]
    public void Should_say_that_the_machine_is_lost_if_the_jobs_log_says_so(int hour, int minute, string then)
    {
        var fixture = At(hour, minute).Ended(SubmitFixture.Added);
        var cluster = fixture.Executing(SubmitFixture.First, 50);
        var found = fixture.Executing(SubmitFixture.Second, 50);
        fixture.Disk.AddFile(
            fixture.Submit.JobLog,
            new MockFileData(
                $"022 ({cluster:D3}.000.000) 2026-11-22 16:52:00 Job disconnected, attempting to reconnect\n    Socket between submit "
                    + "and execute hosts closed unexpectedly\n...\n"
                    + $"022 ({found:D3}.000.000) 2026-11-22 16:52:00 Job disconnected, attempting to reconnect\n...\n023 "
                    + $"({found:D3}.000.000) "
                    + "2026-11-22 16:53:00 Job reconnected to slot1@vm\n...\n"
            )
        );

        Assert.That(
            fixture
                .Read(
                    new QueueAnswer([
                        Dagman,
                        Job(cluster, SubmitFixture.First, QueueJob.Running),
                        Job(found, SubmitFixture.Second, QueueJob.Running),
                    ])
                )
                .Standstill,
            Is.EqualTo(
                $"1 job counts as running, but HTCondor has lost its machine since 2026-11-22T16:52:00Z ({SubmitFixture.First}): {then}"
            )
        );
    }

    [TestCase(17, 10, false)]
    [TestCase(17, 30, true)]
    public void Should_say_what_no_machine_offers_if_jobs_wait_for_long(int hour, int minute, bool said)
    {
        var fixture = At(hour, minute).Ended(SubmitFixture.Added);
        var cluster = fixture.Submitted(SubmitFixture.First, 50);

        var status = fixture.Read(new QueueAnswer([Dagman, Job(cluster, SubmitFixture.First, QueueJob.Idle)]));

        Assert.That(
            status.Standstill,
            said
                ? Is.EqualTo(
                    "nothing runs: 1 job waits for a machine, and nothing has happened since 2026-11-22T16:50:00Z. 'condor_q "
                        + "-better-analyze 12' shows which requirement no machine of the pool meets"
                )
                : Is.Null
        );
        Assert.That(status.Runs.Select(r => r.State), Is.EqualTo(new[] { RunState.Queued, RunState.Waiting }));
    }

    [Test]
    public void Should_say_nothing_if_the_queue_is_silent() =>
        Assert.That(At(20, 0).Ended(SubmitFixture.Added).Held(SubmitFixture.First).Read().Standstill, Is.Null);

    [Test]
    public void Should_be_removing_if_dagman_is_on_its_way_out() =>
        Assert.That(
            At(16, 55)
                .Ended(SubmitFixture.Added)
                .Ended(SubmitFixture.First)
                .Ended(SubmitFixture.Second)
                .Ended(SubmitFixture.Other)
                .Read(new QueueAnswer([Dagman with { Status = QueueJob.Removing }])),
            Has.Property("State").EqualTo(WorkflowState.Removing).And.Property("JobsPerHour").Null.And.Property("Standstill").Null
        );

    [Test]
    public void Should_say_resubmit_if_dagman_vanished_without_a_log() =>
        Assert.That(
            At(18, 0).Ended(SubmitFixture.Added).Read(new QueueAnswer([])).Detail,
            Is.EqualTo(
                "its DAGMan is not in the queue and has not recorded its end (its last line is from 2026-11-22T16:41:00Z): it was "
                    + "killed, or HTCondor lost it, and nothing runs. --target=Resubmit starts it again; finished results are kept"
            )
        );

    [Test]
    public void Should_be_halted_if_pegasus_halt_was_given()
    {
        var fixture = At(17, 0).Ended(SubmitFixture.Added);
        fixture.Disk.AddFile(fixture.Submit.HaltFile, new MockFileData(""));

        var drains = fixture.Read(new QueueAnswer([Dagman]));
        var ended = fixture.DagmanEnded(1).Rescued([SubmitFixture.Added], []).Read(new QueueAnswer([]));
        var failed = fixture.Rescued([SubmitFixture.Added], [SubmitFixture.First], number: 2).Read(new QueueAnswer([]));
        var removed = fixture.DagmanEnded(2, removed: true).Read(new QueueAnswer([]));

        Assert.That(
            (drains.State, drains.Ended, drains.Detail),
            Is.EqualTo(
                (
                    WorkflowState.Halted,
                    false,
                    "halted with pegasus-halt: jobs in the queue finish, no new ones start, and then DAGMan ends. "
                        + "--target=Release continues it while DAGMan is running; after its end use --target=Resubmit"
                )
            )
        );
        Assert.That(
            (ended.State, ended.Ended, ended.Detail),
            Is.EqualTo(
                (
                    WorkflowState.Halted,
                    true,
                    "halted with pegasus-halt, and no job failed: its jobs finished, then DAGMan ended; --target=Resubmit "
                        + "continues it"
                )
            )
        );
        Assert.That(
            (failed.State, failed.Detail),
            Is.EqualTo(
                (
                    WorkflowState.Failed,
                    "DAGMan ended with 1, and was halted before that by pegasus-halt; --target=Analyze shows why, --target=Resubmit "
                        + "continues it"
                )
            )
        );
        Assert.That(removed.State, Is.EqualTo(WorkflowState.Removed));
    }

    [Test]
    public void Should_say_how_a_debug_plan_is_started()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete(fixture.Submit.DagmanOut);
        fixture.Disk.AddFile(
            "/work/generated/test/settings.yml",
            new MockFileData(
                "settings:\n  debug:\n    value: \"true\"\n    origin: \"argument --debug\"\ncontext_document:\n  name: \"x\"\n"
            )
        );

        Assert.That(
            fixture.Read(new QueueAnswer([])),
            Has.Property("State")
                .EqualTo(WorkflowState.Planned)
                .And.Property("Detail")
                .EqualTo($"never started: --debug plans only. To start it: pegasus-run '{SubmitFixture.Folder}'")
        );
    }

    [Test]
    public void Should_not_call_a_run_finished_before_its_results_are_back()
    {
        const string Out = "stage_out_local_local_1_0";
        var fixture = At(16, 55);
        fixture.Disk.File.AppendAllText(
            fixture.Submit.Dag,
            $"JOB {Out} 00/00/{Out}.sub\nRETRY {Out} 1\nJOB register_local_1_0 00/00/r.sub\nPARENT  {SubmitFixture.Other} CHILD "
                + $"{Out}\nPARENT "
                + $"{Out} CHILD register_local_1_0\n"
        );
        RunState Other() => fixture.Read(new QueueAnswer([Dagman])).Runs.Single(r => r.Run == 43001).State;
        _ = fixture.Ended(SubmitFixture.Added).Ended(SubmitFixture.Other);
        Assert.That(Other(), Is.EqualTo(RunState.Queued));

        var cluster = fixture.Executing(Out, 50);
        Assert.That(Other(), Is.EqualTo(RunState.Running));
        _ = fixture
            .Event(5, cluster, 51, "Job terminated.", "\t(1) Normal termination (return value 0)")
            .Ended("register_local_1_0", minute: 53);

        Assert.That(Other(), Is.EqualTo(RunState.Finished));
    }

    [Test]
    public void Should_sum_up_all_dagmans_if_it_was_resubmitted()
    {
        // The first DAGMan ran 16:40 to 17:40, lost the second chunk job twice and was done with three nodes; the second began a night
        // later with a log of its own.
        var first = new SubmitFixture()
            .Ended(SubmitFixture.Added)
            .Ended(SubmitFixture.First)
            .Ended(SubmitFixture.Other)
            .Ended(SubmitFixture.Second, 40, minute: 60)
            .Ended(SubmitFixture.Second, 40, minute: 70);
        _ = first.Read();
        var fixture = new SubmitFixture { Now = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero) }.Rescued(
            [SubmitFixture.Added, SubmitFixture.First, SubmitFixture.Other],
            [SubmitFixture.Second]
        );
        fixture.Disk.AddFile(fixture.Submit.JobLog, new MockFileData(first.Disk.File.ReadAllText(first.Submit.NodesLog)));
        fixture.Disk.AddFile(
            fixture.Submit.DagmanLog,
            new MockFileData(
                "000 (009.000.000) 2026-11-22 16:40:00 Job submitted from host: <127.0.0.1:9618>\n...\n001 (009.000.000) 2026-11-22 "
                    + "16:40:00 Job executing on host: <127.0.0.1:9618>\n...\n005 (009.000.000) 2026-11-22 17:40:00 Job "
                    + "terminated.\n\t(1) Normal termination (return value 1)\n...\n"
                    + "000 (099.000.000) 2026-11-23 08:00:00 Job submitted from host: <127.0.0.1:9618>\n...\n001 (099.000.000) "
                    + "2026-11-23 08:00:00 Job executing on host: <127.0.0.1:9618>\n...\n"
            )
        );
        void Second(string log) => fixture.Disk.AddFile(fixture.Submit.NodesLog, new MockFileData(log));
        var again =
            $"000 (100.000.000) 2026-11-23 08:01:00 Job submitted from host: <127.0.0.1:9618>\n    DAG Node: {SubmitFixture.Second}\n...\n";
        Second(again);

        var status = fixture.Read(new QueueAnswer([Dagman with { Cluster = 99 }, Job(100, SubmitFixture.Second, QueueJob.Idle)]));

        var second = status.Nodes.Single(n => n.Node.Name == SubmitFixture.Second);
        Assert.That(
            (second.State, second.Attempts, second.Tries, second.FailedTries, second.FailedCode),
            Is.EqualTo((NodeState.Idle, 1, 3, 2, (int?)40))
        );
        Assert.That(status.Nodes.Select(n => n.Tries), Is.EqualTo(new[] { 1, 1, 3, 0, 1 }));
        Assert.That(
            new RunStatistics(status).PerName.Select(n => (n.Name, n.Nodes, n.Retried, n.Wall, n.MemoryMb)),
            Is.EqualTo(
                new (string, int, int, TimeSpan, long?)[]
                {
                    ("events", 1, 0, TimeSpan.FromMinutes(2), 2400),
                    ("peaklets", 2, 2, TimeSpan.FromMinutes(6), 2400),
                    ("stage_in", 1, 0, TimeSpan.FromMinutes(2), 2400),
                }
            )
        );
        Assert.That(
            (status.Dagmans, status.BeganAt, status.Retried),
            Is.EqualTo((2, (DateTimeOffset?)new DateTimeOffset(2026, 11, 22, 16, 42, 0, TimeSpan.Zero), 2))
        );

        // What the first one did counts, and the night in which none ran does not.
        Assert.That(StateTimeline.Of(status)!.Samples[^2].Nodes[0], Is.EqualTo(3), "done");
        Second(
            again
                + "005 (100.000.000) 2026-11-23 08:30:00 Job terminated.\n\t(1) Normal termination (return value 0)\n...\n016 "
                + "(100.000.000) 2026-11-23 08:30:00 POST Script terminated.\n\t(1) Normal termination (return value 0)\n    DAG "
                + $"Node: {SubmitFixture.Second}\n...\n"
        );
        var done = fixture.Read(new QueueAnswer([Dagman with { Cluster = 99 }]));
        Assert.That((done.JobsPerHour, done.Counts[NodeState.Done]), Is.EqualTo(((double?)(3 / (118 / 60.0)), 4)));
    }

    [Test]
    public void Should_report_the_state_all_the_same_if_the_log_of_earlier_dagmans_is_damaged()
    {
        var fixture = At(17, 0).Ended(SubmitFixture.Second).Rescued([SubmitFixture.Added, SubmitFixture.First], []);
        fixture.Disk.AddFile(fixture.Submit.JobLog, new MockFileData(new string('x', BoundedText.LongestStatement + 1)));
        var status = fixture.Read(new QueueAnswer([Dagman]));

        Assert.That((status.State, status.Counts[NodeState.Done]), Is.EqualTo((WorkflowState.Running, 3)));
        Assert.That(
            status.Warnings.Single(),
            Does.StartWith(
                $"these sums do not include times and tries of earlier DAGMans: '{fixture.Submit.JobLog}' cannot be read: line 1 is longer "
                    + "than 16 million characters"
            )
        );
    }

    [Test]
    public void Should_report_tries_that_are_tried_again_from_jobs_that_failed_for_good()
    {
        var fixture = At(17, 0)
            .Ended(SubmitFixture.Added)
            .Ended(SubmitFixture.First, 40)
            .Ended(SubmitFixture.Second, 30)
            .Ended(SubmitFixture.Second, 30, minute: 50)
            .Ended(SubmitFixture.Other, 40)
            .Ended(SubmitFixture.Other, minute: 50);

        var jobs = new TroubledJobs(fixture.Read(new QueueAnswer([Dagman])).Nodes);

        Assert.That(
            jobs.Summary("test"),
            Is.EqualTo(
                "Workflow test: 1 job failed, 0 held, 0 removed from the queue; 0 unknown. 1 job failed so far and is retried. 1 "
                    + "job failed at first and is done."
            )
        );
        Assert.That(
            jobs.AgainHeading,
            Is.EqualTo(
                "Failed so far, and retried by DAGMan (1 job, 1 try so far, at most 2 each). If the cause remains, they will fail for good: fix it now."
            )
        );
        Assert.That(
            new FailureReader(fixture.Disk, fixture.Submit)
                .Read(jobs.Again, default)
                .Select(g => (g.Cause.Title, g.Nodes.Single().Node.Name)),
            Is.EqualTo(new[] { ("exit 40: processing failed", SubmitFixture.First) })
        );
        Assert.That(new TroubledJobs([]).AgainHeading, Is.Null);
    }
}
