using Newtonsoft.Json.Linq;
using Outsource.Engines;
using Outsource.Engines.Records;
using Outsource.Engines.State;
using Outsource.Foundation.Errors;
using Outsource.Operator.Desk;
using Outsource.Operator.Resubmit;
using Outsource.Operator.Status;
using Outsource.PegasusPlan;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Records;
using Outsource.Workflows.State;

namespace Outsource.Tests.Workflows.State;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PartedStatusTests
{
    private readonly PartsFixture _parts = new();

    [Test]
    public void Should_show_the_jobs_of_all_parts_if_the_workflow_is_cut()
    {
        _ = _parts.FirstRan();

        var status = _parts.Read(PartsFixture.Manager(9), PartsFixture.Manager(20, 0));

        Assert.That(status.State, Is.EqualTo(WorkflowState.Running));
        Assert.That(
            status.Nodes.Select(n => $"{n.Node.Name}: {n.State}"),
            Is.EquivalentTo(
                new[]
                {
                    "create_dir_xenonnt_0_local: Ready",
                    $"{PartsFixture.Done}: Done",
                    $"{PartsFixture.Bad}: Failed",
                    $"part-0000/{PartsFixture.Added}: Ready",
                    $"{PartsFixture.Planned}: Ready",
                    $"part-0001/{PartsFixture.Added}: Unready",
                    $"{PartsFixture.ToCome}: Unready",
                }
            )
        );
        Assert.That(status.Counts.Total, Is.EqualTo(7), "the nodes of the parts themselves do not count");
        Assert.That(status.Runs.Select(r => r.Run), Is.EqualTo(new[] { 43000, 43001, 43002, 43003 }));
        Assert.That(status.JobNames.Single(j => j.Name == "peaklets").Counts.Total, Is.EqualTo(4));
        Assert.That(
            new StatusReport(status).Facts(),
            Has.Some.EqualTo("3 parts: 1 running, 2 to come.")
        );
    }

    [Test]
    public void Should_find_files_where_the_part_has_them()
    {
        _ = _parts.FirstRan();

        var node = _parts.Read(PartsFixture.Manager(9), PartsFixture.Manager(20, 0)).Nodes.Single(n => n.Node.Name == PartsFixture.Bad);

        Assert.That(_parts.Disk.File.Exists(_parts.Submit.In(node.Node.SubmitFile)), node.Node.SubmitFile);
        Assert.That(_parts.Submit.Of(node.Node).Path, Is.EqualTo(_parts.Part(0).Path));
    }

    [Test]
    public void Should_take_a_job_of_the_queue_for_its_part_if_names_are_equal()
    {
        _ = _parts.FirstRan();
        var transfer = new QueueJob(30, 0, QueueJob.Running)
        {
            RootId = SubmitFixture.Id,
            WorkflowId = PartsFixture.IdOf(0),
            Node = PartsFixture.Added,
        };

        var status = _parts.Read(PartsFixture.Manager(9), PartsFixture.Manager(20, 0), transfer);

        Assert.That(
            status.Nodes.Where(n => n.Name.Job == "stage_out").Select(n => n.State),
            Is.EqualTo(new[] { NodeState.Running, NodeState.Unready })
        );
    }

    [Test]
    public void Should_name_the_part_if_it_failed()
    {
        var status = _parts.Failed().Read([]);

        Assert.That(status.State, Is.EqualTo(WorkflowState.Failed));
        Assert.That(status.Nodes.Where(n => n.State == NodeState.Failed).Select(n => n.Node.Name), Is.EqualTo(new[] { PartsFixture.Bad }));
        Assert.That(new StatusReport(status).Facts(), Has.Some.EqualTo("3 parts: 1 failed (part 1), 2 to come."));
    }

    [Test]
    public void Should_count_no_job_as_running_if_the_part_waits_to_be_continued()
    {
        _ = _parts.Failed();
        _parts.Disk.File.Delete(_parts.Submit.Dag + ".rescue001");
        _parts.Disk.AddFile(_parts.Submit.NodesLog, new(""));
        _parts.Disk.AddFile(
            _parts.Part(0).NodesLog,
            new(
                "000 (022.000.000) 2026-11-22 16:43:00 Job submitted from host: <x>\n    DAG Node: "
                    + $"{PartsFixture.Bad}\n...\n001 (022.000.000) 2026-11-22 16:44:00 Job executing on host: <x>\n...\n"
            )
        );

        var status = _parts.Read(PartsFixture.Manager(9));

        Assert.That(status.Counts[NodeState.Running], Is.Zero);
        Assert.That(
            status.Nodes.Single(n => n.Node.Name == PartsFixture.Bad).State,
            Is.EqualTo(NodeState.Failed),
            "as its rescue file says"
        );
    }

    [Test]
    public void Should_show_the_node_of_a_part_if_no_job_of_it_tells_why_it_failed()
    {
        _ = _parts.Whole.DagmanEnded(1).Rescued([], [PartsFixture.NodeOf(2)]);

        var status = _parts.Read([]);

        Assert.That(
            status.Nodes.Where(n => n.State == NodeState.Failed).Select(n => n.Node.Name),
            Is.EqualTo(new[] { PartsFixture.NodeOf(2) })
        );
        Assert.That(status.Nodes.Single(n => n.Node.Name == PartsFixture.ToCome).State, Is.EqualTo(NodeState.Futile));
    }

    [Test]
    public void Should_say_why_a_part_could_not_be_planned_while_others_run()
    {
        _parts.Disk.AddFile(_parts.Submit.In("part-0002.failed"), new("pegasus-plan failed (exit code 2)\n"));

        var status = _parts.FirstRan().Read(PartsFixture.Manager(9), PartsFixture.Manager(20, 0));

        Assert.That(status.Warnings, Has.Some.EqualTo("part 3 of 3: it could not be planned: pegasus-plan failed (exit code 2)"));
        Assert.That(new StatusReport(status).Facts(), Has.Some.EqualTo("3 parts: 1 failed (part 3), 1 running, 1 to come."));
    }

    [Test]
    public void Should_warn_if_the_list_of_a_part_is_gone()
    {
        _parts.Disk.File.Delete("/work/generated/test/parts/part-0002.jobs");

        var status = _parts.Read(PartsFixture.Manager(9));

        Assert.That(status.Warnings, Has.Some.StartsWith("part 3 of 3: ").And.Some.Contains("part-0002.jobs"));
    }

    [Test]
    public void Should_hold_and_count_the_managers_of_parts_apart_from_jobs()
    {
        var queued = new QueuedWorkflow(
            "test",
            [PartsFixture.Manager(9), PartsFixture.Manager(20, 0), new QueueJob(21, 0, QueueJob.Idle) { Node = PartsFixture.Done }]
        );

        Assert.That(queued.Dagmans.Select(j => j.Cluster), Is.EqualTo(new[] { 9 }));
        Assert.That(queued.Parts.Select(j => j.Cluster), Is.EqualTo(new[] { 20 }));
        Assert.That(queued.Jobs.Select(j => j.Cluster), Is.EqualTo(new[] { 21 }));
    }

    [Test]
    public void Should_change_and_skip_jobs_in_their_parts_if_it_is_resubmitted()
    {
        var status = _parts.Failed().Read([]);
        var rescue = new Rescue(_parts.Disk, _parts.Submit, status, new ResubmitOptions([43001, 43003], 2, []));

        rescue.Apply(rescue.Changes());

        Assert.That(rescue.Tried.Select(n => n.Node.Name), Is.EqualTo(new[] { PartsFixture.Bad, PartsFixture.ToCome }));
        Assert.That(rescue.Unplanned.Select(n => n.Node.Name), Is.EqualTo(new[] { PartsFixture.ToCome }));
        Assert.That(
            _parts.Disk.File.ReadAllText(_parts.Part(0).In($"00/01/{PartsFixture.Bad}.sub")),
            Does.Contain("request_memory = 4000")
        );
        Assert.That(_parts.Disk.File.ReadAllText(_parts.Part(0).Dag), Does.Not.Contain("/bin/false"));
        Assert.That(
            _parts.Disk.File.ReadAllText(_parts.Part(1).Dag),
            Does.Contain($"SCRIPT PRE {PartsFixture.Planned} /bin/false\nRETRY {PartsFixture.Planned} 0\n")
        );
        Assert.That(_parts.Disk.File.ReadAllLines(_parts.Submit.In("parts.only")), Is.EqualTo(new[] { "43001", "43003" }));

        new Rescue(_parts.Disk, _parts.Submit, _parts.Read([]), new ResubmitOptions(null, null, [])).Apply([]);

        Assert.That(_parts.Disk.File.ReadAllText(_parts.Part(1).Dag), Does.Not.Contain("/bin/false"));
        Assert.That(_parts.Disk.File.Exists(_parts.Submit.In("parts.only")), Is.False);
    }

    [Test]
    public async Task Should_say_how_far_the_parts_are_if_json()
    {
        var schema = await NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs/schemas/status.schema.json"))
            .ConfigureAwait(false);

        var text = StatusJson.Render(_parts.Failed().Read([]));

        Assert.That(schema.Validate(text).Select(e => e.ToString()), Is.Empty, text);
        Assert.That(
            JObject.Parse(text)["parts"]!.ToString(Newtonsoft.Json.Formatting.None),
            Is.EqualTo(
                """{"total":3,"planned":2,"done":0,"failed":1,"running":0,"held":0,"removed":0,"waiting":2,"unknown":0,"failed_parts":[1],"held_parts":[]}"""
            )
        );
    }

    [Test]
    public void Should_have_no_parts_if_json_of_a_workflow_in_one_piece() =>
        Assert.That(JObject.Parse(StatusJson.Render(new SubmitFixture().Read()))["parts"]!.Type, Is.EqualTo(JTokenType.Null));

    [TestCase("running")]
    [TestCase("failed")]
    [TestCase("to come")]
    public void Should_add_up_to_what_the_nodes_say(string which)
    {
        var status =
            which == "running" ? _parts.FirstRan().Read(PartsFixture.Manager(9), PartsFixture.Manager(20, 0))
            : which == "failed" ? _parts.Failed().Read([])
            : _parts.Read(PartsFixture.Manager(9));

        var states = Enum.GetValues<NodeState>();
        int[] Of(StateCounts counts) => [.. states.Select(s => counts[s])];
        Assert.Multiple(() =>
        {
            Assert.That(status.Nodes, Has.Count.EqualTo(status.Nodes.ToList().Count));
            Assert.That(Of(status.Counts), Is.EqualTo(Of(StateCounts.Count(status.Nodes))));
            Assert.That(
                status.JobNames.Select(j => (j.Name, j.Ours, string.Join(',', Of(j.Counts)))),
                Is.EqualTo(
                    status
                        .Nodes.GroupBy(n => (n.Name.Job, n.Name.Ours))
                        .OrderByDescending(g => g.Key.Ours)
                        .ThenBy(g => g.Key.Job, StringComparer.Ordinal)
                        .Select(g => (g.Key.Job, g.Key.Ours, string.Join(',', Of(StateCounts.Count(g)))))
                )
            );
            Assert.That(status.Runs.Sum(r => r.Counts.Total), Is.EqualTo(status.Nodes.Count(n => n.Name.Run is not null)));
        });
    }

    [Test]
    public void Should_join_held_jobs_of_all_parts_that_have_the_same_reason()
    {
        HoldGroup Group(string reason, params string[] nodes) => new(reason, 34, 0, [.. nodes]);

        var joined = HoldReasons.Join([
            Group("memory 1000 MB of slot1@a", "x", "y"),
            Group("other", "z"),
            Group("memory 2000 MB of slot2@b", "v"),
        ]);

        Assert.That(joined.Select(h => (h.Reason, string.Join(' ', h.Nodes))), Is.EqualTo(new[] { ("memory 1000 MB of slot1@a", "x y v"), ("other", "z") }));
    }

    [Test]
    public void Should_note_changes_for_parts_that_are_not_planned_yet()
    {
        var note = _parts.Submit.In("parts.changes");
        var status = _parts.Failed().Read([]);
        void Resubmit(ResubmitOptions options)
        {
            var rescue = new Rescue(_parts.Disk, _parts.Submit, status, options);
            rescue.Apply(rescue.Changes());
        }

        Resubmit(new ResubmitOptions(null, 2, []));
        Assert.That(_parts.Disk.File.Exists(note), Is.False, "memory grows for jobs that failed, and none of these was tried");

        Resubmit(new ResubmitOptions(null, null, ["UC"]) { Treated = [PartsFixture.Bad] });
        Assert.That(_parts.Disk.File.Exists(note), Is.False, "with --cause, only jobs change that failed");

        Resubmit(new ResubmitOptions([43003], 1.5m, []) { DiskFactor = 2 });
        Resubmit(new ResubmitOptions(null, null, ["SU-ITS", "UC"]));

        Assert.That(
            _parts.Disk.File.ReadAllText(note),
            Is.EqualTo(
                """
                {"schema":"outsource/part-changes/1","changes":[{"runs":[43003],"memory_factor":"1.5","disk_factor":"2","exclude_sites":[]},{"runs":null,"memory_factor":null,"disk_factor":null,"exclude_sites":["SU-ITS","UC"]}]}

                """
            )
        );
    }

    [Test]
    public void Should_say_what_jobs_of_parts_that_are_not_planned_get()
    {
        var rescue = new Rescue(_parts.Disk, _parts.Submit, _parts.Failed().Read([]), new ResubmitOptions([43003], 1.5m, ["UC"]));

        var lines = ResubmitReport.Lines("test", rescue, rescue.Changes()).ToList();

        Assert.That(
            lines,
            Has.Some.EqualTo(
                "1 job of parts that are not planned yet gets 1.5 times the memory and requirements without UC when their part is planned."
            )
        );
        Assert.That(lines, Has.None.Contains("has no effect"));
    }

    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{\"schema\": \"other\", \"changes\": []}")]
    public void Should_say_what_to_do_if_the_noted_changes_are_damaged(string text)
    {
        _parts.Disk.AddFile(_parts.Submit.In("parts.changes"), new(text));

        Assert.That(
            () => new PartChanges(_parts.Disk, _parts.Submit).Add(new ResubmitOptions(null, null, ["UC"])),
            Throws.TypeOf<OutsourceException>().With.Message.EndsWith("pass all of --memory-factor and --exclude-site again.")
        );
    }

    [Test]
    public void Should_let_a_part_be_held_for_longer_than_the_planner_does()
    {
        Assert.That(PartSubmitFiles.Change(_parts.Disk, _parts.Submit), Is.EqualTo(3));

        Assert.That(
            _parts.Disk.File.ReadAllText(_parts.Submit.In($"00/00/{PartsFixture.NodeOf(1)}.sub")),
            Is.EqualTo("initialdir = /x\nperiodic_remove = False\nuniverse = scheduler\nqueue\n")
        );
    }
}
