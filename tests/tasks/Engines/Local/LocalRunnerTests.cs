using Outsource.Build.Tools.TestSuite;
using Outsource.Engines;
using Outsource.Engines.Local;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Operator.Analyze;
using Outsource.Settings.Keys;

namespace Outsource.Tests.Engines.Local;

/// <summary>Jobs that are lines of shell, run to the end; their records are read by the readers of DAGMan's files.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class LocalRunnerTests
{
    private const string First = "peaklets_061030-peaklets-0000",
        Second = "peaklets_061030-peaklets-0001",
        Combine = "combine_061030-peaklets-combine";

    private LocalFixture _given = null!;

    [SetUp]
    public void MakeFolder() => _given = new LocalFixture();

    [TearDown]
    public void RemoveFolder() => _given.Dispose();

    private DagStatus Status => DagStatus.Of(new DagEvidence(_given.Directories, () => Queue, TimeZoneInfo.Local));

    private QueueAnswer Queue => new LocalQueue(_given.Disk, _given.Machine).Of([_given.Submit]);

    private JobRecord Record(string node, int attempt) =>
        JobRecord.Read(_given.Disk, _given.Directories.In($"00/00/{node}"), attempt)!;

    [Test]
    public void Should_run_all_jobs_in_order_and_bring_results_to_their_place()
    {
        _given.Chain().Plan();

        var outcome = _given.Run();

        Assert.That((outcome.Status, outcome.Last.Done, outcome.Last.Total), Is.EqualTo((0, 3, 3)));
        Assert.That(File.ReadAllText(Path.Combine(_given.Outputs, "061030-result")), Is.EqualTo("x\nsharedx\nx\n"));
        Assert.That(_given.Nodes().Values.Select(n => (n.State, n.ExitCode, n.PostCode)), Is.All.EqualTo((NodeState.Done, 0, 0)));
        Assert.That((Status.State, Status.Succeeded), Is.EqualTo((DagState.Ended, true)));
        Assert.That(_given.Directories.Dagman.ReturnValue, Is.Zero);
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_given.Submit, "work")), Is.Empty, "directories of jobs are removed");
        Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(_given.Submit, "scratch")), Is.Empty, "nobody needs these files");
        Assert.That((Record(First, 0).ExitCode, Record(First, 0).Host), Is.EqualTo(((int?)0, "here")));
    }

    [Test]
    public void Should_give_a_job_its_own_directory_and_environment()
    {
        const string Look =
            "{ pwd; umask; echo $OF_SITE; grep RequestMemory \"$_CONDOR_JOB_AD\"; ls -A; env | cut -d= -f1; } > \"$output\"";
        _given.Job("061030-peaklets-0000", Look, ["shared"], "result", "request_memory: \"100\"").Plan();
        Environment.SetEnvironmentVariable("OUTSOURCE_TEST_SECRET", "1");

        _given.Run();

        var lines = File.ReadAllLines(Path.Combine(_given.Outputs, "result"));
        Assert.That(lines[..4], Is.EqualTo(new[] { Path.Combine(_given.Submit, "work", First), "0077", "yes", "RequestMemory = 100" }));
        Assert.That(lines, Has.Member("shared").And.Member("job.sh").And.No.Member("OUTSOURCE_TEST_SECRET"));
    }

    [Test]
    public void Should_try_again_as_planned_and_then_leave_a_rescue_file()
    {
        _given.Chain(first: "echo why >&2; exit 40").Plan();

        var outcome = _given.Run();

        Assert.That((outcome.Status, outcome.Last.Failed, outcome.Last.Futile), Is.EqualTo((1, 1, 1)));
        var failed = _given.Nodes()[First];
        Assert.That((failed.State, failed.Tries, failed.FailedCode), Is.EqualTo((NodeState.Failed, 2, (int?)40)));
        Assert.That(_given.Directories.Rescue!.Failed, Is.EqualTo(new[] { First }));
        Assert.That(_given.Directories.Rescue.Done, Is.EqualTo(new[] { Second }));
        Assert.That((Record(First, 1).ExitCode, Record(First, 1).LastWords), Is.EqualTo(((int?)40, new[] { "why" })));
        Assert.That(Status.Description, Does.Contain("its DAG has ended with 1 failed node"));
    }

    [Test]
    public void Should_go_on_from_the_rescue_file_and_run_nothing_again()
    {
        _given.Chain(first: $"test -e '{_given.Folder}/repaired' && make").Plan();
        _given.Run();
        File.WriteAllText(Path.Combine(_given.Folder, "repaired"), "");

        var outcome = _given.Run();

        Assert.That(outcome.Status, Is.Zero);
        Assert.That(_given.Log().Where(e => e.Number == 0).Select(e => e.Node), Is.EqualTo(new[] { First, Combine }));
        Assert.That(_given.Nodes().Values.Select(n => n.State), Is.All.EqualTo(NodeState.Done));
        Assert.That(_given.Directories.Dagman.Clusters, Has.Length.EqualTo(2).And.Ordered);
        Assert.That(_given.Run().Status, Is.Zero, "a third run finds nothing to do");
    }

    [TestCase(21)]
    [TestCase(10)]
    public void Should_not_try_again_if_no_retry_helps(int code)
    {
        _given.Chain(first: $"exit {code}").Plan();

        _given.Run();

        var failed = _given.Nodes()[First];
        Assert.That((failed.State, failed.Tries), Is.EqualTo((NodeState.Failed, 1)));
        Assert.That((failed.ExitCode, failed.PostCode), Is.EqualTo(((int?)code, (int?)95)));
    }

    [Test]
    public void Should_fail_if_an_output_is_missing()
    {
        _given.Chain(first: "true").Plan();

        _given.Run();

        Assert.That(_given.Nodes()[First].State, Is.EqualTo(NodeState.Failed));
        Assert.That(Record(First, 0).LastWords, Has.Some.Contains("Output 061030-a is missing"));
    }

    [Test]
    public void Should_fail_if_an_input_is_gone()
    {
        _given.Chain().Plan();
        File.Delete(Path.Combine(_given.Generated, "shared"));

        _given.Run();

        Assert.That(_given.Nodes()[Second].State, Is.EqualTo(NodeState.Failed));
        Assert.That(Record(Second, 0).LastWords, Has.Some.Contains("Input shared is missing"));
    }

    [Test]
    public void Should_hold_a_job_with_too_much_memory_and_try_again_with_more()
    {
        const string Allocate =
            "python3 -c 'import os, time; from mmap import mmap; m = mmap(-1, 120 << 20); m.write(b\"x\" * (120 << 20)); time.sleep("
            + "1 if os.environ[\"MORE\"] == \"yes\" else 60)' && make";
        _given
            .Job(
                "061030-peaklets-0000",
                $"export MORE=$(grep -q 'Retry = 1' .job.ad && echo yes || echo no); {Allocate}",
                [],
                "result",
                "request_memory: \"ifthenelse(DAGNodeRetry == 0, 60, 600)\"",
                "request_disk: \"1000000\""
            )
            .Plan();

        var outcome = _given.Run();

        Assert.That(outcome.Status, Is.Zero);
        var held = _given.Log().Single(e => e.Number == 12);
        Assert.That(held.Body, Has.Some.Contains("memory usage exceeded request_memory").And.Some.EqualTo("Code 34 Subcode 0"));
        Assert.That(_given.Log().Select(e => e.Number), Is.EqualTo(new[] { 0, 1, 12, 9, 16, 0, 1, 5, 16 }));
        var memory = _given.Nodes()[First].Memory!;
        Assert.That((memory.Used > 60, memory.Requested), Is.EqualTo((true, (long?)600)));
        Assert.That(_given.Nodes()[First].Disk!.Used, Is.Not.Null, "it is counted at the end too");
    }

    [Test]
    public void Should_hold_a_job_that_takes_too_long()
    {
        _given
            .Job(
                "061030-peaklets-0000",
                "sleep 600",
                [],
                "result",
                "periodic_hold: \"JobStatus == 2 && (time() - EnteredCurrentStatus) > 0\"",
                "periodic_remove: \"JobStatus == 5 && (time() - EnteredCurrentStatus) > ifthenelse(HoldReasonCode =?= 3, 30, 1800)\""
            )
            .Plan();

        var outcome = _given.Run();

        Assert.That((outcome.Status, outcome.Last.Failed), Is.EqualTo((1, 1)));
        var codes = _given.Log().Where(e => e.Number == 12).Select(e => e.Body[1]);
        Assert.That(codes, Is.EqualTo(new[] { "Code 3 Subcode 0", "Code 3 Subcode 0" }));
    }

    [Test]
    public void Should_hold_a_job_with_too_much_disk()
    {
        _given
            .Job("061030-peaklets-0000", "head -c 3000000 /dev/zero > big; sleep 600", [], "result", "request_disk: \"1000\"")
            .Plan();

        Assert.That(_given.Run().Status, Is.EqualTo(1));
        Assert.That(_given.Log().First(e => e.Number == 12).Body, Has.Some.Contains("disk usage exceeded request_disk"));
    }

    [TestCase("kill*1", 0, -9)]
    [TestCase("no-output*1", 0, 1)]
    [TestCase("slow", 0, 0)]
    [TestCase("kill", 1, -9)]
    public void Should_end_as_on_the_grid_if_a_fault_is_asked_for(string fault, int status, int code)
    {
        _given.Chain().Plan();

        var outcome = _given.Run(new LocalOrder { Slots = 2, Faults = [LocalFault.Parse($"61030:peaklets:0={fault}")] });

        Assert.That(outcome.Status, Is.EqualTo(status));
        var cluster = _given.Log().First(e => e.Node == First).Cluster;
        var first = _given.Log().First(e => e.Number == 5 && e.Cluster == cluster).Body[0];
        Assert.That(first, Does.EndWith(code < 0 ? $"(signal {-code})" : $"(return value {code})"));
    }

    [Test]
    public void Should_damage_an_output_if_asked_for()
    {
        _given.Job("061030-peaklets-0000", "head -c 4000 /dev/zero > \"$output\"", [], "result").Plan();

        _given.Run(new LocalOrder { Faults = [LocalFault.Parse("61030:peaklets=corrupt-output")] });

        var bytes = File.ReadAllBytes(Path.Combine(_given.Outputs, "result"));
        Assert.That((bytes.Length, bytes.Any(b => b != 0)), Is.EqualTo((4000, true)));
    }

    [Test]
    public void Should_leave_no_process_if_a_job_leaves_one_behind()
    {
        var file = Path.Combine(_given.Folder, "left");
        _given
            .Job("061030-peaklets-0000", $"sleep 1000 & echo $! > '{file}'; setsid sleep 1000 & echo $! >> '{file}'; make", [], "result")
            .Plan();

        Assert.That(_given.Run().Status, Is.Zero);

        Until(() => !File.ReadAllLines(file).Any(IsAlive));
    }

    [Test]
    public void Should_say_so_if_another_runner_works()
    {
        _given.Chain().Plan();
        using var first = LocalRunner.Begin(_given.Host, _given.Machine, _given.Submit, new LocalOrder());

        Assert.That(LocalRunner.Begin(_given.Host, _given.Machine, _given.Submit, new LocalOrder()), Is.Null);
        Assert.That(Queue.Needed, Has.One.Property("Node").Null);
    }

    [Test]
    public void Should_run_no_job_if_one_has_no_room()
    {
        _given.Canary = false;
        _given.Job("061030-peaklets-0000", LocalFixture.Make, [], "result", "request_memory: \"60000\"").Plan();

        Assert.That(
            () => _given.Run(new LocalOrder { Slots = 1, MemoryMb = 1000 }),
            Throws.TypeOf<UsageException>().With.Message.Contains(First).And.Message.Contains("60000 MB")
        );
        Assert.That(Queue.Needed, Is.Empty, "the lock is free again");
    }

    [Test]
    public void Should_refuse_if_apptainer_is_asked_for_and_missing()
    {
        _given.Canary = false;
        _given.Chain().Plan();

        Assert.That(
            () => _given.Run(new LocalOrder { Container = LocalContainer.Apptainer }),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("local_container = apptainer, but")
        );
    }

    [Test]
    public void Should_run_in_our_environment_if_the_payload_is_real()
    {
        _given.Canary = false;
        _given.Job("061030-peaklets-0000", "test -f \"$OUTSOURCE_SETUP_SCRIPT\" && make", [], "result", "request_memory: \"500\"").Plan();

        Assert.That(_given.Run(new LocalOrder { Container = LocalContainer.None, MemoryMb = 1000 }).Status, Is.Zero);
    }

    [TestCase("xenonnt-0.dag", "")]
    [TestCase("00/00/peaklets_061030-peaklets-0000.sub", "nothing\n")]
    [TestCase("braindump.yml", "planner: pegasus\nwf_uuid: x\ndag: y\n")]
    public void Should_refuse_if_a_record_is_damaged(string file, string text)
    {
        _given.Chain().Plan();
        File.WriteAllText(_given.Directories.In(file), text);

        Assert.That(() => _given.Run(), Throws.InstanceOf<OutsourceException>());
        Assert.That(Queue.Needed, Is.Empty);
    }

    [Test]
    public void Should_leave_alone_what_resubmit_skips()
    {
        _given.Chain().Plan();
        File.AppendAllText(_given.Directories.Dag, $"SCRIPT PRE {First} /bin/false\n");

        var outcome = _given.Run();

        Assert.That((outcome.Status, outcome.Last.Done, outcome.Last.Failed, outcome.Last.Futile), Is.EqualTo((1, 1, 1, 1)));
        Assert.That(_given.Log().Select(e => e.Node), Has.None.EqualTo(First));
    }

    [Test]
    public void Should_end_its_jobs_if_it_is_cancelled_and_go_on_later()
    {
        _given.Chain(first: $"test -e '{_given.Folder}/second' || {{ touch '{_given.Folder}/second'; sleep 600; }}; make").Plan();
        using var cancel = new CancellationTokenSource();
        var runner = Task.Run(() => _given.Run(cancel: cancel.Token));
        Until(() => File.Exists(Path.Combine(_given.Folder, "second")));
        cancel.Cancel();

        Assert.That(runner.Wait(TimeSpan.FromMinutes(1)));
        Assert.That((runner.Result.Status, Status.State, Status.Description), Is.EqualTo((2, DagState.Ended, Status.Description)));
        Assert.That(Status.Description, Does.Contain("was removed from the queue"));
        Assert.That(_given.Run().Status, Is.Zero);
    }

    /// <summary>One that was killed may stay in the list until its parent looks.</summary>
    private static bool IsAlive(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    internal static void Until(Func<bool> holds)
    {
        for (var tried = 0; !holds(); tried++)
        {
            Assert.That(tried, Is.LessThan(600), "waited in vain");
            Thread.Sleep(50);
        }
    }
}
