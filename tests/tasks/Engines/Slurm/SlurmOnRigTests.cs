using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.IO.Abstractions;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Engines.Slurm;
using Outsource.Engines.Slurm.Programs;
using Outsource.Engines.Tools;

namespace Outsource.Tests.Engines.Slurm;

/// <summary>The engine on a real Slurm, with canaries as jobs: no record of answers knows what Slurm makes of a dependency.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class SlurmOnRigTests
{
    private static readonly FileSystem Disk = new();
    private SlurmRig _rig = null!;
    private string _folder = null!;
    private string _name = null!;

    [OneTimeSetUp]
    public void Start()
    {
        if (SlurmRig.Missing is { } why)
        {
            Assert.Ignore($"No Slurm is started: {why}.");
        }

        _rig = SlurmRig.Start();
    }

    [OneTimeTearDown]
    public void Stop() => _rig?.Dispose();

    [SetUp]
    public void MakeFolder()
    {
        // One Slurm knows the jobs of all tests for a while.
        _name = "w" + TestContext.CurrentContext.Test.ID;
        _folder = Directory.CreateDirectory(Path.Combine(_rig.Folder, _name)).FullName;
    }

    [TestCase(true, TestName = "Should_run_a_plan_to_its_end_if_it_is_by_level")]
    [TestCase(false, TestName = "Should_run_a_plan_to_its_end_if_it_is_by_type")]
    public void Should_run_a_plan_to_its_end(bool byLevel)
    {
        var cancel = TestContext.CurrentContext.CancellationToken;
        var world = new SlurmWorld(_folder, _name) { ByLevel = byLevel, Runs = 2 }.Write();
        var planned = world.Plan();
        var result = Submit(world);

        Assert.That((planned.Jobs, result.Submitted), Is.EqualTo((8, 8)));
        _rig.WaitUntilIdle(cancel);
        var marks = world.Jobs().Select(j => (j.Name, Mark: world.Mark(j.Name), j.Digest)).ToList();
        Assert.That(
            marks.Where(m => m.Mark is not { ExitCode: 0 } || m.Mark.Plan != m.Digest).Select(m => Said(world, m.Name)),
            Is.Empty
        );
        Assert.That(Directory.EnumerateFileSystemEntries(world.Folder.Work), Is.Empty, "folders of jobs that have ended");
        if (byLevel)
        {
            Assert.That(Directory.Exists($"{world.Outputs}/strax_data_rcc/061001-peaklets-aaaaaaaaaa"), Is.True);
            Assert.That(marks.Single(m => m.Name == "upper_tpc_061002-upper_tpc").Mark!.Folders.Select(f => f.Name),
                Is.EqualTo(new[] { "strax_data_rcc/061002-events-bbbbbbbbbb" }));
            Assert.That(File.Exists($"{world.Outputs}/logs/061001-events-output.tar.gz.log"), Is.True);
        }
        else
        {
            Assert.That(File.Exists($"{world.Outputs}/061002-events-output.tar.gz"), Is.True);
        }

        Assert.That(StatesOf(world).Values, Is.All.EqualTo(NodeState.Done));
        Assert.That(Decide(world).Attempts, Is.Empty);
        Assert.That(Submit(world), Is.EqualTo(new SubmitResult(0, 0, 8, 0)));
    }

    /// <summary>T27: the dependent of a job that failed does not run, also if another one that it depends on was named first.</summary>
    [Test]
    public void Should_submit_again_what_failed_and_what_hangs_on_it_and_nothing_else_t27_t8()
    {
        var cancel = TestContext.CurrentContext.CancellationToken;
        var world = new SlurmWorld(_folder, _name)
        {
            Runs = 2,
            // With less memory than a second attempt has.
            More = ["--canary-fail", "61001:lower:1@1500"],
        }.Write();
        _ = world.Plan();
        _ = Submit(world);
        _rig.WaitUntilIdle(cancel);

        Assert.That(world.Mark("lower_tpc_061001-lower_tpc-0001")?.ExitCode, Is.EqualTo(40));
        Assert.That(world.Mark("combine_tpc_061001-lower_tpc-combine"), Is.Null);
        var states = StatesOf(world);
        Assert.That(states["lower_tpc_061001-lower_tpc-0001"], Is.EqualTo(NodeState.Failed));
        Assert.That(states["combine_tpc_061001-lower_tpc-combine"], Is.EqualTo(NodeState.Futile));
        Assert.That(states["upper_tpc_061002-upper_tpc"], Is.EqualTo(NodeState.Done));

        var decided = Decide(world);
        Assert.That(
            decided.Attempts.OrderBy(a => a.Key).Select(a => $"{a.Key} {a.Value}"),
            Is.EqualTo(
                new[]
                {
                    "combine_tpc_061001-lower_tpc-combine 0",
                    "lower_tpc_061001-lower_tpc-0001 1",
                    "upper_tpc_061001-upper_tpc 0",
                }
            )
        );
        Assert.That(Resubmit(world, decided), Is.EqualTo(new SubmitResult(3, 0, 0, 0)));
        var id = new SlurmJournal(Disk, world.Folder.Journal).Read().Last(e => e is { Job: "lower_tpc_061001-lower_tpc-0001", Id: not null }).Id;
        Assert.That(_rig.Ask("scontrol", "-o", "show", "job", id.ToString()!), Does.Contain("MinMemoryNode=1500M").And.Contain("TimeLimit=03:00:00"));
        _rig.WaitUntilIdle(cancel);
        Assert.That(StatesOf(world).Values, Is.All.EqualTo(NodeState.Done));
        Assert.That(Decide(world).Attempts, Is.Empty);
    }

    /// <summary>Killed before sbatch, after it, and after its answer was written down: in each case the next command goes on, and no job is
    /// twice in the queue.</summary>
    [Test]
    public void Should_submit_no_job_twice_if_it_was_killed_at_any_point([Values(1, 3, 6)] int call, [Values] bool afterwards)
    {
        Down(true);
        try
        {
            var world = new SlurmWorld(_folder, _name) { Runs = 2 }.Write();
            _ = world.Plan();
            var dying = new Dying(_rig.Programs, call, afterwards);
            Assert.That(
                () => new SlurmSubmitter(Disk, dying, new RealTime()).Submit(world.Order() with { AtOnce = 1 }, CancellationToken.None),
                Throws.TypeOf<InvalidOperationException>()
            );
            var result = Submit(world);
            var queued = new Squeue(_rig.Programs).All().Jobs!.Where(j => j.IsQueued).Select(j => j.NodeIn(_name)).ToList();

            Assert.That(result.Found, Is.EqualTo(afterwards ? 1 : 0));
            Assert.That(queued, Is.Unique.And.EquivalentTo(world.Jobs().Select(j => j.Name)));
        }
        finally
        {
            Down(false);
        }
    }

    /// <summary>T21: the script needs nothing that a first run deletes.</summary>
    [Test]
    public void Should_run_again_if_slurm_puts_a_job_back_into_the_queue_t21()
    {
        var cancel = TestContext.CurrentContext.CancellationToken;
        var world = new SlurmWorld(_folder, _name) { Lowers = 1, More = ["--canary-sleep", "3"] }.Write();
        _ = world.Plan();
        _ = Submit(world);
        const string First = "lower_tpc_061001-lower_tpc-0000";
        while (!File.Exists(world.Folder.StartMark(First)))
        {
            cancel.ThrowIfCancellationRequested();
            Thread.Sleep(50);
        }

        var id = JobMark.Read(Disk, world.Folder.StartMark(First))!.Id;
        new SlurmSite(_rig.Programs).Requeue([id]);
        // Slurm waits two minutes; some seconds are enough for it to take the new credential for newer than the one that it revoked.
        Thread.Sleep(4000);
        while (!IsAgain(id))
        {
            _ = _rig.Programs.Run("scontrol", ["update", $"JobId={id}", "StartTime=now"]);
            Assert.That(_rig.Ask("scontrol", "-o", "show", "job", $"{id}"), Does.Not.Contain("JobState=FAILED"));
            cancel.ThrowIfCancellationRequested();
            Thread.Sleep(200);
        }

        _rig.WaitUntilIdle(cancel);

        Assert.That((world.Mark(First)?.ExitCode, world.Mark(First)?.Restarts), Is.EqualTo((0, 1)), Said(world, First));
        Assert.That(StatesOf(world).Values, Is.All.EqualTo(NodeState.Done));
    }

    [Test]
    public void Should_show_held_and_removed_jobs_as_what_they_are()
    {
        Down(true);
        try
        {
            var world = new SlurmWorld(_folder, _name) { Lowers = 2 }.Write();
            _ = world.Plan();
            _ = Submit(world);
            var jobs = new Squeue(_rig.Programs).All().Jobs!.Where(j => j.IsQueued).ToDictionary(j => j.NodeIn(_name)!);
            var site = new SlurmSite(_rig.Programs);
            site.Hold([jobs["lower_tpc_061001-lower_tpc-0000"].Id]);
            site.Cancel([jobs["lower_tpc_061001-lower_tpc-0001"].Id]);
            var states = StatesOf(world);

            Assert.That(states["lower_tpc_061001-lower_tpc-0000"], Is.EqualTo(NodeState.Held));
            Assert.That(states["lower_tpc_061001-lower_tpc-0001"], Is.EqualTo(NodeState.Failed));
            site.Release([jobs["lower_tpc_061001-lower_tpc-0000"].Id]);
            Assert.That(StatesOf(world)["lower_tpc_061001-lower_tpc-0000"], Is.EqualTo(NodeState.Idle));
        }
        finally
        {
            Down(false);
        }
    }

    [Test]
    public void Should_end_with_the_words_of_sbatch_if_the_partition_does_not_exist_t22()
    {
        var world = new SlurmWorld(_folder, _name).Write();
        _ = world.Plan(SlurmWorld.Choice with { Partition = "nowhere" });

        Assert.That(
            () => Submit(world),
            Throws.TypeOf<Outsource.Foundation.Errors.OutsourceException>().With.Message.Contain("Invalid partition name specified")
        );
        Assert.That(new SlurmJournal(Disk, world.Folder.Journal).Read().Last().Step, Is.EqualTo(SlurmStep.Refused));
        _ = world.Plan();
        Assert.That(Submit(world).Submitted, Is.EqualTo(4));
    }

    /// <summary>Not asserted, since a busy machine is slow: docs promise 20 jobs a second.</summary>
    [Test]
    public void Should_submit_many_jobs()
    {
        Down(true);
        try
        {
            var world = new SlurmWorld(_folder, _name) { Runs = 50, Lowers = 6 }.Write();
            _ = world.Plan();
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var watch = Stopwatch.StartNew();
            var result = Submit(world);
            var seconds = watch.Elapsed.TotalSeconds;
            TestContext.Out.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Submitted} jobs in {seconds:0.0} s: {result.Submitted / seconds:0} jobs a second; {(GC.GetTotalMemory(true) - before) >> 10} kB more memory"
                )
            );

            Assert.That(result.Submitted, Is.EqualTo(400));
        }
        finally
        {
            Down(false);
        }
    }

    private bool IsAgain(int id)
    {
        var job = _rig.Ask("scontrol", "-o", "show", "job", $"{id}");
        return job.Contains("Restarts=1", StringComparison.Ordinal)
            && (job.Contains("JobState=RUNNING", StringComparison.Ordinal) || job.Contains("JobState=COMPLETED", StringComparison.Ordinal));
    }

    /// <summary>While the partition is down, jobs are taken and none starts.</summary>
    private void Down(bool down)
    {
        if (!down)
        {
            _ = _rig.Programs.Run("scancel", ["--user", Environment.UserName]);
            while (_rig.Ask("squeue", "-h", "-o", "%i").Length > 0)
            {
                TestContext.CurrentContext.CancellationToken.ThrowIfCancellationRequested();
                Thread.Sleep(50);
            }
        }

        _ = _rig.Programs.Run("scontrol", ["update", "PartitionName=lgrandi", $"State={(down ? "DOWN" : "UP")}"]);
    }

    private SubmitResult Submit(SlurmWorld world) =>
        new SlurmSubmitter(Disk, _rig.Programs, new RealTime()).Submit(world.Order(), TestContext.CurrentContext.CancellationToken);

    private Resubmission Decide(SlurmWorld world) =>
        new SlurmResubmission(Disk, world.Folder, new DoneData(Disk, world.Outputs)).Decide(_name, new Squeue(_rig.Programs).All());

    private SubmitResult Resubmit(SlurmWorld world, Resubmission decided)
    {
        using (var journal = new SlurmJournal(Disk, world.Folder.Journal))
        {
            new SlurmResubmission(Disk, world.Folder, null).RecordEnds(
                journal,
                decided,
                new EndedJobs(_rig.Programs, TimeZoneInfo.Local),
                DateTimeOffset.UtcNow
            );
        }

        return new SlurmSubmitter(Disk, _rig.Programs, new RealTime()).Submit(
            world.Order() with
            {
                Attempt = j => decided.Attempts.TryGetValue(j.Name, out var attempt) ? attempt : null,
                IsThere = decided.There.Contains,
            },
            TestContext.CurrentContext.CancellationToken
        );
    }

    /// <summary>The states that all commands show: the DAG file with the events.</summary>
    private Dictionary<string, NodeState> StatesOf(SlurmWorld world)
    {
        var directory = new SubmitDirectory(Disk, world.Submit);
        Assert.That(directory.IsPlanned, Is.True);
        var replay = new NodeReplay(DagFile.Read(Disk, directory.Dag), null);
        var events = new SlurmEvents(
            Disk,
            world.Folder,
            _name,
            new Squeue(_rig.Programs).All(),
            new EndedJobs(_rig.Programs, TimeZoneInfo.Local)
        );
        var memory = new MockFileSystem();
        new SlurmRecords(memory, new SubmitDirectory(memory, world.Submit)) { IsOpen = true }.Write(events.All());
        _ = replay.Read(memory, directory.NodesLog, TimeZoneInfo.Local, DateTimeOffset.UtcNow);
        replay.Settle();
        return replay.Nodes.ToDictionary(n => n.Node.Name, n => n.State);
    }

    private static string Said(SlurmWorld world, string node) =>
        File.Exists(world.Folder.Output(node, 0)) ? $"{node}: {File.ReadAllText(world.Folder.Output(node, 0))}" : $"{node} said nothing";

    /// <summary>A program that is killed at its n-th sbatch.</summary>
    private sealed class Dying(ISlurmPrograms real, int call, bool afterwards) : ISlurmPrograms
    {
        private int _calls;

        public CommandOutput Run(string program, ImmutableArray<string> words)
        {
            var dies = program == "sbatch" && ++_calls == call;
            if (dies && !afterwards)
            {
                throw new InvalidOperationException("killed");
            }

            var said = real.Run(program, words);
            return dies ? throw new InvalidOperationException("killed") : said;
        }

        public string? Find(string program) => real.Find(program);
    }
}
