using System.IO.Abstractions.TestingHelpers;
using Newtonsoft.Json.Linq;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Operator.Status;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Records;
using Outsource.Workflows;
using Outsource.Workflows.State;

namespace Outsource.Tests.Workflows.State;

[TestFixture]
internal sealed class StatusReaderTests
{
    private static readonly QueueJob Dagman = new(9, 0, QueueJob.Running) { RootId = SubmitFixture.Id };

    [Test]
    public void Should_count_nodes_and_runs_if_half_way()
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.Added).Ended(SubmitFixture.First).Ended(SubmitFixture.Other);
        _ = fixture.Executing(SubmitFixture.Second);

        var status = fixture.Read(new QueueAnswer([Dagman]));

        Assert.That(status.State, Is.EqualTo(WorkflowState.Running));
        Assert.That(
            (status.Counts[NodeState.Done], status.Counts[NodeState.Running], status.Counts[NodeState.Unready], status.Percent),
            Is.EqualTo((3, 1, 1, 60.0))
        );
        Assert.That(status.Runs.Select(r => (r.Run, r.State)), Is.EqualTo(new[] { (43000, RunState.Running), (43001, RunState.Finished) }));
        Assert.That(
            status.JobNames.Select(j => (j.Name, j.Ours)),
            Is.EqualTo(new[] { ("combine", true), ("events", true), ("peaklets", true), ("stage_in", false) })
        );
    }

    [Test]
    public void Should_be_unknown_if_no_source_answers_and_dagman_wrote_nothing()
    {
        var fixture = new SubmitFixture();
        _ = fixture.Executing(SubmitFixture.Added);

        var status = fixture.Read();

        Assert.That(status.State, Is.EqualTo(WorkflowState.Unknown));
        Assert.That(status.Detail, Does.Contain("HTCondor does not answer (condor_q: no schedd)"));
        Assert.That(status.Warnings, Has.Some.Contains("may be outdated"));
    }

    [Test]
    public void Should_doubt_jobs_if_dagman_vanished()
    {
        var fixture = new SubmitFixture();
        _ = fixture.Executing(SubmitFixture.Added);

        var status = fixture.Read(new QueueAnswer([]));

        Assert.That((status.State, status.Counts[NodeState.Unknown]), Is.EqualTo((WorkflowState.Unknown, 1)));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Should_be_halted_if_it_was_halted_and_has_ended(bool said)
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.Added).DagmanEnded(1).Rescued([SubmitFixture.Added], []);
        if (said)
        {
            fixture.Disk.AddFile(
                fixture.Submit.DagmanOut,
                new MockFileData(
                    fixture
                        .Disk.File.ReadAllText(fixture.Submit.DagmanOut)
                        .Replace(
                            "11/22/26 17:00:00 ****",
                            "11/22/26 16:59:00 Exiting because DAG is halted and no jobs or scripts are running\n11/22/26 17:00:00 ****",
                            StringComparison.Ordinal
                        )
                )
            );
        }
        else
        {
            fixture.Disk.AddFile(fixture.Submit.HaltFile, new MockFileData(""));
        }

        var status = fixture.Read(new QueueAnswer([]));

        Assert.That((status.State, status.Ended), Is.EqualTo((WorkflowState.Halted, true)));
        Assert.That(status.Detail, Does.Contain("--target=Resubmit continues it"));
        Assert.That(
            (status.Counts[NodeState.Ready], status.Counts[NodeState.Unready], status.Counts[NodeState.Unknown]),
            Is.EqualTo((3, 1, 0))
        );
    }

    [Test]
    public void Should_be_failed_if_it_was_halted_after_its_end()
    {
        var fixture = new SubmitFixture()
            .Ended(SubmitFixture.Added)
            .Ended(SubmitFixture.First, 20)
            .Ended(SubmitFixture.First, 20, minute: 55)
            .DagmanEnded(1)
            .Rescued([SubmitFixture.Added], [SubmitFixture.First]);
        fixture.Disk.AddFile(fixture.Submit.HaltFile, new MockFileData(""));

        Assert.That(fixture.Read(new QueueAnswer([])).State, Is.EqualTo(WorkflowState.Failed));
    }

    [Test]
    public void Should_fail_at_once_if_no_try_can_help()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile(
            fixture.Submit.Dag,
            new MockFileData(
                fixture
                    .Disk.File.ReadAllText(fixture.Submit.Dag)
                    .Replace($"RETRY {SubmitFixture.First} 1", $"RETRY {SubmitFixture.First} 2 UNLESS-EXIT 95", StringComparison.Ordinal)
            )
        );
        fixture = fixture.Ended(SubmitFixture.Added).Ended(SubmitFixture.First, 1, post: 95);

        Assert.That(fixture.Node(SubmitFixture.First, new QueueAnswer([Dagman])).State, Is.EqualTo(NodeState.Failed));
        Assert.That(fixture.Node(SubmitFixture.Combine, new QueueAnswer([Dagman])).State, Is.EqualTo(NodeState.Futile));
    }

    [Test]
    public void Should_be_tried_again_if_another_try_may_help()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile(
            fixture.Submit.Dag,
            new MockFileData(
                fixture
                    .Disk.File.ReadAllText(fixture.Submit.Dag)
                    .Replace($"RETRY {SubmitFixture.First} 1", $"RETRY {SubmitFixture.First} 2 UNLESS-EXIT 95", StringComparison.Ordinal)
            )
        );

        Assert.That(
            fixture
                .Ended(SubmitFixture.Added)
                .Ended(SubmitFixture.First, 95, post: 1)
                .Node(SubmitFixture.First, new QueueAnswer([Dagman]))
                .State,
            Is.EqualTo(NodeState.Ready),
            "the script's word counts, not the job's"
        );
    }

    [Test]
    public void Should_know_since_when_if_it_was_started_by_hand()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile("/work/generated/test/submission.yml", new MockFileData(""));
        fixture.Disk.AddFile("/work/generated/test/planned.yml", new MockFileData($"submit_directory: {SubmitFixture.Folder}\n"));
        fixture.Disk.AddFile(
            fixture.Submit.DagmanLog,
            new MockFileData("000 (009.000.000) 2026-11-22 16:40:53 Job submitted from host: <127.0.0.1:9618>\n...\n")
        );

        Assert.That(fixture.Read(new QueueAnswer([Dagman])).SubmittedAt, Is.Not.Null);
    }

    [Test]
    public void Should_doubt_everything_if_log_is_gone()
    {
        var status = new SubmitFixture().Rescued([SubmitFixture.Added], []).Read(new QueueAnswer([Dagman]));

        Assert.That((status.Counts[NodeState.Done], status.Counts[NodeState.Unknown]), Is.EqualTo((1, 4)));
        Assert.That(status.Warnings, Has.Some.Contains("nodes.log"));
    }

    [Test]
    public void Should_try_again_then_fail_if_retries_run_out()
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.Added).Ended(SubmitFixture.First, code: 30);
        Assert.That(fixture.Node(SubmitFixture.First, new QueueAnswer([Dagman])).State, Is.EqualTo(NodeState.Ready));

        _ = fixture.Ended(SubmitFixture.First, code: 30, minute: 55);

        var status = fixture.Read(new QueueAnswer([Dagman]));
        Assert.That(
            status.Nodes.Single(n => n.Node.Name == SubmitFixture.First),
            Has.Property("State").EqualTo(NodeState.Failed).And.Property("ExitCode").EqualTo(30)
        );
        Assert.That(status.Nodes.Single(n => n.Node.Name == SubmitFixture.Combine).State, Is.EqualTo(NodeState.Futile));
        Assert.That(status.Retried, Is.EqualTo(1));
    }

    [TestCase(0, false, WorkflowState.Succeeded)]
    [TestCase(1, false, WorkflowState.Failed)]
    [TestCase(2, true, WorkflowState.Removed)]
    public void Should_believe_dagman_if_it_ended(int exit, bool removed, WorkflowState expected) =>
        Assert.That(new SubmitFixture().DagmanEnded(exit, removed).Read().State, Is.EqualTo(expected));

    [Test]
    public void Should_not_be_failed_if_dagman_is_to_be_started_again()
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.Added).DagmanEnded(3);

        Assert.That(
            fixture.Read(),
            Has.Property("State")
                .EqualTo(WorkflowState.Unknown)
                .And.Property("Detail")
                .EqualTo(
                    "DAGMan stopped 2026-11-22T17:00:00Z and HTCondor will start it again, as after a shutdown of HTCondor or a hold; HTCondor does not answer (condor_q: no schedd)"
                )
        );
        Assert.That(fixture.Read(new QueueAnswer([])).State, Is.EqualTo(WorkflowState.Unknown));
        Assert.That(fixture.Read(new QueueAnswer([Dagman with { Status = QueueJob.Held }])).State, Is.EqualTo(WorkflowState.Held));
    }

    [TestCase(
        "009 (009.000.000) 2026-11-22 16:41:30 Job was aborted.\n\tby me\n...\n",
        WorkflowState.Removed,
        "it was removed from the queue before DAGMan wrote anything; --target=Resubmit continues it"
    )]
    [TestCase(
        "005 (009.000.000) 2026-11-22 16:41:30 Job terminated.\n\t(1) Normal termination (return value 1)\n...\n",
        WorkflowState.Failed,
        "DAGMan ended with 1 without writing a log; 'xenonnt-0.dag.lib.err' may show why; --target=Resubmit starts it again"
    )]
    public void Should_not_be_planned_if_dagman_ended_without_a_log(string end, WorkflowState state, string detail)
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete(fixture.Submit.DagmanOut);
        fixture.Disk.AddFile(
            fixture.Submit.DagmanLog,
            new MockFileData("000 (009.000.000) 2026-11-22 16:40:00 Job submitted from host: <127.0.0.1:9618>\n...\n" + end)
        );

        Assert.That(fixture.Read(new QueueAnswer([])), Has.Property("State").EqualTo(state).And.Property("Detail").EqualTo(detail));
    }

    [Test]
    public void Should_forget_the_hold_if_released_before_it_was_taken_out()
    {
        var fixture = new SubmitFixture().Held(SubmitFixture.First);
        Assert.That(
            fixture.Event(13, 11, 52, "Job was released.", "\tvia condor_release (by user me)").Node(SubmitFixture.First),
            Has.Property("State").EqualTo(NodeState.Idle).And.Property("HoldReason").Null
        );

        Assert.That(
            fixture.Event(9, 11, 54, "Job was aborted.", "\tvia condor_rm (by user me)").Node(SubmitFixture.First),
            Has.Property("RemovalReason").EqualTo("via condor_rm (by user me)").And.Property("HoldReason").Null
        );
    }

    [Test]
    public void Should_be_unknown_if_files_cannot_be_read()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile(fixture.Submit.Dag, new MockFileData("JOB a a.sub\n") { AllowedFileShare = FileShare.None });

        var status = fixture.Read(new QueueAnswer([Dagman]));

        Assert.That(
            status,
            Has.Property("State").EqualTo(WorkflowState.Unknown).And.Property("Detail").StartsWith("its files cannot be read (")
        );
        Assert.That(
            status.Sources.Select(s => (s.Name, s.Answer)),
            Is.EqualTo(new[] { ("condor_q", SourceAnswer.Answered), ("DAGMan's files", SourceAnswer.Silent) })
        );
        Assert.That(
            () => status.Known,
            Throws
                .TypeOf<OutsourceException>()
                .With.Message.StartsWith("nothing is known of the jobs of workflow 'test': its files cannot be read (")
        );
    }

    [Test]
    public void Should_say_that_the_dag_is_not_whole_if_it_is_empty()
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.Added);
        fixture.Disk.AddFile(fixture.Submit.Dag, new MockFileData(""));

        Assert.That(
            fixture.Read(new QueueAnswer([Dagman])),
            Has.Property("State")
                .EqualTo(WorkflowState.Running)
                .And.Property("Detail")
                .EqualTo($"'{fixture.Submit.Dag}' lists no jobs; the file is incomplete")
        );
    }

    [Test]
    public void Should_warn_if_dag_lacks_nodes_that_ran()
    {
        var fixture = new SubmitFixture().Ended(SubmitFixture.First).Ended("peaklets_043009-peaklets-0000");

        Assert.That(
            fixture.Read(new QueueAnswer([Dagman])).Warnings,
            Is.EqualTo(
                new[]
                {
                    "the jobs' log contains 1 node that 'xenonnt-0.dag' does not list: that file and these counts are incomplete",
                }
            )
        );
    }

    [Test]
    public void Should_cover_secrets_if_hold_reason_holds_one() =>
        Assert.That(
            new SubmitFixture()
                .Held(SubmitFixture.First, "cannot fetch https://me:s3cret@host/x")
                .Read(new QueueAnswer([Dagman]))
                .Holds.Single()
                .Reason,
            Is.EqualTo("cannot fetch https://***@host/x")
        );

    [Test]
    public void Should_count_as_done_if_rescue_says_so()
    {
        var status = new SubmitFixture()
            .Rescued([SubmitFixture.Added, SubmitFixture.First], [SubmitFixture.Second])
            .DagmanEnded(1)
            .Ended(SubmitFixture.Other)
            .Read();

        Assert.That(
            (status.Counts[NodeState.Done], status.Counts[NodeState.Failed], status.Counts[NodeState.Futile]),
            Is.EqualTo((3, 1, 1))
        );
    }

    [Test]
    public void Should_group_holds_in_condors_words_if_they_differ_in_numbers()
    {
        var fixture = new SubmitFixture()
            .Held(SubmitFixture.First, "Error from slot1_1@node17.example.org: used 2500 MB of 2000 MB")
            .Held(SubmitFixture.Second, "Error from slot1_7@node3.example.org: used 2600 MB of 2000 MB")
            .Held(SubmitFixture.Other, "Failed to start the container");

        var holds = fixture.Read(new QueueAnswer([Dagman])).Holds;

        Assert.That(
            holds.Select(h => (h.Reason, h.Code, h.Nodes.Length)),
            Is.EqualTo(
                new[]
                {
                    ("Error from slot1_1@node17.example.org: used 2500 MB of 2000 MB", (int?)34, 2),
                    ("Failed to start the container", 34, 1),
                }
            )
        );
    }

    [Test]
    public void Should_take_queues_word_if_log_is_behind()
    {
        var fixture = new SubmitFixture();
        var cluster = fixture.Executing(SubmitFixture.First);

        var node = fixture.Node(
            SubmitFixture.First,
            new QueueAnswer([
                Dagman,
                new QueueJob(cluster, 0, QueueJob.Held)
                {
                    Node = SubmitFixture.First,
                    HoldReason = "why",
                    HoldCode = 3,
                    MemoryMb = 77,
                },
            ])
        );

        Assert.That(
            (node.State, node.HoldReason, node.HoldCode, node.Memory!.Used),
            Is.EqualTo((NodeState.Held, "why", (int?)3, (long?)77))
        );
    }

    [Test]
    public void Should_warn_if_two_dagmans() =>
        Assert.That(
            new SubmitFixture().Read(new QueueAnswer([Dagman, Dagman with { Cluster = 12 }])).Warnings,
            Has.Some.StartsWith("2 DAGMans run this workflow at the same time (clusters 9, 12)")
        );

    [Test]
    public void Should_be_held_if_dagman_is_held() =>
        Assert.That(
            new SubmitFixture().Read(new QueueAnswer([Dagman with { Status = QueueJob.Held, HoldReason = "by me" }])),
            Has.Property("State")
                .EqualTo(WorkflowState.Held)
                .And.Property("Detail")
                .EqualTo("its DAGMan is held: by me; --target=Release continues it")
        );

    [Test]
    public void Should_be_planned_if_never_started()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete(fixture.Submit.DagmanOut);

        Assert.That(
            fixture.Read(new QueueAnswer([])),
            Has.Property("State").EqualTo(WorkflowState.Planned).And.Property("Percent").EqualTo(0)
        );
    }

    [TestCase(StepState.Begun, WorkflowState.Written)]
    [TestCase(StepState.Done, WorkflowState.Planned)]
    public void Should_not_be_planned_if_the_planner_is_not_known_to_have_ended(StepState step, WorkflowState state)
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete(fixture.Submit.DagmanOut);
        new JournalFile(fixture.Disk, fixture.Workflow.Folder).Append(new JournalEntry(fixture.Now, Step.Plan, step));

        var status = fixture.Read(new QueueAnswer([]));

        Assert.That(
            (
                status.State,
                status.Detail!.StartsWith("the planner began 2026-11-22T18:00:00Z and its end is not recorded", StringComparison.Ordinal)
            ),
            Is.EqualTo((state, step == StepState.Begun))
        );
    }

    [Test]
    public void Should_be_rehearsed_if_nothing_is_written_for_pegasus()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete("/work/generated/test/submission.yml");
        fixture.Disk.File.Delete(fixture.Submit.Dag);

        Assert.That(
            fixture.Read(),
            Has.Property("State")
                .EqualTo(WorkflowState.Rehearsed)
                .And.Property("Detail")
                .EqualTo("a dry run, nothing is written for Pegasus yet: --target=Submit --reuse --name=test submits it")
        );
    }

    [Test]
    public void Should_be_written_if_not_planned()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete("/work/generated/test/submission.yml");
        fixture.Disk.File.Delete(fixture.Submit.Dag);
        fixture.Disk.AddFile("/work/generated/test/workflow.yml", new MockFileData("x-pegasus: {}"));

        Assert.That(fixture.Read(), Has.Property("State").EqualTo(WorkflowState.Written).And.Property("SubmitDirectory").Null);
    }

    [Test]
    public void Should_find_submit_directory_if_no_record_says_it()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.File.Delete("/work/generated/test/submission.yml");

        Assert.That(fixture.Workflow.Submit!.Path, Is.EqualTo(SubmitFixture.Folder));
    }

    [Test]
    public void Should_give_eta_if_rate_is_known()
    {
        // Four of ours in the hour since 16:41; nothing to wait for but the combine job.
        var fixture = new SubmitFixture { Now = new DateTimeOffset(2026, 11, 22, 17, 41, 0, TimeSpan.Zero) };
        _ = fixture
            .Ended(SubmitFixture.Added, minute: 44)
            .Ended(SubmitFixture.First)
            .Ended(SubmitFixture.Second)
            .Ended(SubmitFixture.Other);
        _ = fixture.Executing(SubmitFixture.Combine, 50);

        var status = fixture.Read(new QueueAnswer([Dagman]));

        Assert.That(status.JobsPerHour, Is.EqualTo(3).Within(0.01));
        Assert.That(status.Eta, Is.EqualTo(fixture.Now.AddMinutes(20)).Within(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task Should_fit_its_schema_if_json()
    {
        var schema = await NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs/schemas/status.schema.json"))
            .ConfigureAwait(false);
        var running = new SubmitFixture().Ended(SubmitFixture.Added).Held(SubmitFixture.First);
        var planned = new SubmitFixture();
        planned.Disk.File.Delete(planned.Submit.Dag);
        foreach (
            var status in new[]
            {
                running.Read(new QueueAnswer([Dagman])),
                running.Read(),
                new SubmitFixture().DagmanEnded(1).Read(),
                planned.Read(),
            }
        )
        {
            var text = StatusJson.Render(status);

            Assert.That(schema.Validate(text).Select(e => e.ToString()), Is.Empty, text);
            Assert.That((string?)JObject.Parse(text)["schema"], Is.EqualTo("outsource/status/1"));
        }
    }

    [Test]
    public void Should_say_the_essence_if_reported()
    {
        var fixture = new SubmitFixture { Now = new DateTimeOffset(2026, 11, 22, 16, 52, 0, TimeSpan.Zero) }
            .Ended(SubmitFixture.Added)
            .Held(SubmitFixture.First);

        Assert.That(
            new StatusReport(fixture.Read(new QueueAnswer([Dagman]))).Facts(),
            Is.EqualTo(
                new[]
                {
                    $"Submit directory {SubmitFixture.Folder}",
                    "As of 2026-11-22T16:52:00Z, running since 2026-11-22T16:42:00Z, last event 2026-11-22T16:50:00Z.",
                    "20 % of 5 nodes done.",
                    "2 runs: 1 held, 1 waiting.",
                    "  held: 043000",
                }
            )
        );
    }
}
