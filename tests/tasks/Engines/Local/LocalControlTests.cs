using Outsource.Build.Tools.TestSuite;
using Outsource.Engines;
using Outsource.Engines.Local;
using Outsource.Engines.Records;

namespace Outsource.Tests.Engines.Local;

/// <summary>Requests to a runner that works in another thread.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class LocalControlTests
{
    private const string First = "peaklets_061030-peaklets-0000";

    private LocalFixture _given = null!;

    [SetUp]
    public void MakeFolder() => _given = new LocalFixture();

    [TearDown]
    public void RemoveFolder() => _given.Dispose();

    private string Go => Path.Combine(_given.Folder, "go");

    private LocalReply Ask(LocalAction action, params string[]? nodes) =>
        new LocalControl(_given.Disk, _given.Machine, _given.Submit).Ask(action, nodes, "by a test", CancellationToken.None);

    private IReadOnlyList<QueueJob> Queue => new LocalQueue(_given.Disk, _given.Machine).Of([_given.Submit]).Needed;

    private QueueJob? Job => Queue.FirstOrDefault(j => j.Node == First);

    /// <summary>A runner whose first job waits for a file.</summary>
    private Task<LocalOutcome> Start()
    {
        _given.Chain(first: $"until test -e '{Go}'; do sleep 0.1; done; make").Plan();
        var runner = Task.Run(() => _given.Run());
        LocalRunnerTests.Until(() => Job?.Status == QueueJob.Running);
        return runner;
    }

    private static LocalOutcome End(Task<LocalOutcome> runner) =>
        runner.Wait(TimeSpan.FromMinutes(2)) ? runner.Result : throw new TimeoutException();

    [Test]
    public void Should_say_so_if_no_runner_works()
    {
        _given.Chain().Plan();

        Assert.That(Ask(LocalAction.Hold, null), Is.EqualTo(LocalReply.NoRunner));
    }

    [Test]
    public void Should_hold_a_running_job_and_start_it_again_without_counting_a_retry()
    {
        var runner = Start();

        Assert.That(Ask(LocalAction.Hold, First), Is.EqualTo(LocalReply.Done));
        LocalRunnerTests.Until(() => Job is { Status: QueueJob.Held, HoldReason: "by a test", HoldCode: 1 });
        Assert.That(_given.Nodes()[First].State, Is.EqualTo(NodeState.Held));
        File.WriteAllText(Go, "");
        Assert.That(runner.Wait(300), Is.False, "it waits for the held job");
        Assert.That(Ask(LocalAction.Release, First), Is.EqualTo(LocalReply.Done));

        Assert.That(End(runner).Status, Is.Zero);
        Assert.That(_given.Nodes()[First].Tries, Is.EqualTo(1));
    }

    [Test]
    public void Should_start_no_new_jobs_if_the_workflow_is_held()
    {
        var runner = Start();

        Assert.That(Ask(LocalAction.Hold, null), Is.EqualTo(LocalReply.Done));
        File.WriteAllText(Go, "");
        LocalRunnerTests.Until(() => _given.Nodes()[First].State == NodeState.Done);
        LocalRunnerTests.Until(() => Queue is [{ Node: null, Status: QueueJob.Held }]);
        Assert.That(Ask(LocalAction.Release, null), Is.EqualTo(LocalReply.Done));

        Assert.That(End(runner).Status, Is.Zero);
    }

    [Test]
    public void Should_end_everything_if_the_workflow_is_removed()
    {
        var runner = Start();

        Assert.That(Ask(LocalAction.Remove, null), Is.EqualTo(LocalReply.Done));

        Assert.That(End(runner).Status, Is.EqualTo(2));
        Assert.That(_given.Nodes()[First].RemovalReason, Is.EqualTo("by a test"));
        Assert.That(_given.Directories.Dagman.Removed);
        File.WriteAllText(Go, "");
        Assert.That(_given.Run().Status, Is.Zero, "the next one goes on");
    }

    [Test]
    public void Should_try_again_if_a_job_is_removed()
    {
        var runner = Start();

        Assert.That(Ask(LocalAction.Remove, First), Is.EqualTo(LocalReply.Done));
        File.WriteAllText(Go, "");

        Assert.That(End(runner).Status, Is.Zero);
        Assert.That(_given.Nodes()[First].Tries, Is.EqualTo(2));
    }

    [Test]
    public void Should_ignore_what_is_no_request()
    {
        var runner = Start();
        var path = Path.Combine(_given.Submit, "control", "x.request");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "Explode\n\nall\n");

        LocalRunnerTests.Until(() => !File.Exists(path));
        File.WriteAllText(Go, "");
        Assert.That(End(runner).Status, Is.Zero);
    }
}
