using Outsource.Build.Hosting;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Local;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Machine;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>Written workflows of either plan, run to the end by the local engine. The jobs are canaries.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class LocalJobsTests
{
    private readonly System.IO.Abstractions.FileSystem _disk = new();
    private DemoRun _demo = null!;

    [SetUp]
    public void MakeFolder() => _demo = new DemoRun();

    [TearDown]
    public void RemoveFolder() => _demo.Dispose();

    private string Submit => Path.Combine(_demo.WorkDir, "runs", "c");

    private HostEnvironment Host =>
        new()
        {
            Disk = _disk,
            Now = DateTimeOffset.UtcNow,
            Variables = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
            WorkingDirectory = _demo.Folder,
            User = "tester",
            Home = _demo.Home,
            HostName = "here",
            DataFolder = AppContext.BaseDirectory,
            DemoWorkDir = _demo.WorkDir,
        };

    private void Write(params string[] options)
    {
        var run = _demo.Run(["--target=WriteWorkflow", "--name=c", "--payload=canary", .. options]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var folder = _demo.Generated("c");
        new LocalPlanner(_disk).Plan(
            new PlanOrder(
                Path.Combine(folder, "workflow.yml"),
                Path.Combine(folder, "pegasus.properties"),
                "condorpool",
                "local",
                "local",
                Path.GetDirectoryName(Submit)!,
                "c"
            ),
            null,
            CancellationToken.None
        );
    }

    private LocalOutcome Run(params string[] faults)
    {
        using var runner = LocalRunner.Begin(
            Host,
            new LinuxMachine(),
            Submit,
            new LocalOrder { Slots = 4, MemoryMb = 4000, Faults = [.. faults.Select(LocalFault.Parse)] }
        );
        return runner!.Run(null, CancellationToken.None);
    }

    private IReadOnlyDictionary<string, NodeStatus> Nodes()
    {
        var directory = new SubmitDirectory(_disk, Submit);
        var replay = new NodeReplay(DagFile.Read(_disk, directory.Dag), directory.Rescue);
        _ = replay.Read(_disk, directory.NodesLog, TimeZoneInfo.Local, DateTimeOffset.UtcNow);
        return replay.Nodes.ToDictionary(n => n.Node.Name);
    }

    [Test]
    public void Should_lead_from_chunks_to_unpacked_results_if_a_plan_is_by_level()
    {
        var config = Path.Combine(AppContext.BaseDirectory, "demo", "xenon_config_by_level");
        Write("--run=61030", "--stage-out=combine,upper", $"--config={config}");

        var outcome = Run();

        Assert.That((outcome.Status, outcome.Last.Done), Is.EqualTo((0, outcome.Last.Total)));
        var unpacked = Directory
            .EnumerateDirectories(Path.Combine(_demo.WorkDir, "outputs", "c", "strax_data_osg"))
            .Select(d => Path.GetFileName(d).Split('-')[1])
            .ToList();
        Assert.That(unpacked, Is.SupersetOf(new[] { "peaklets", "lone_hits", "veto_regions", "event_basics", "event_info" }));
    }

    [Test]
    public void Should_run_a_plan_by_type_and_fail_where_a_tarball_is_damaged()
    {
        Write("--run=61030");

        var outcome = Run("61030:peaklets:0=corrupt-output", "61030:peaklets:1=disk-full*1");

        Assert.That(outcome.Status, Is.EqualTo(1));
        var nodes = Nodes();
        var combine = nodes["combine_061030-peaklets-combine"];
        Assert.That((combine.State, combine.FailedCode), Is.EqualTo((NodeState.Failed, (int?)30)), "its input is unusable");
        var full = nodes["peaklets_061030-peaklets-0001"];
        Assert.That((full.State, full.Tries, full.FailedCode), Is.EqualTo((NodeState.Done, 2, (int?)22)), "a full disk is tried again");
    }
}
