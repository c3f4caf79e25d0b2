using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Engines.Slurm;

namespace Outsource.Tests.Scenarios;

/// <summary>A workflow of canaries on a real Slurm, by the program as an operator calls it.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class SlurmEngineTests
{
    private static string[] Slurm(string partition = "lgrandi") =>
    [
        "--demo",
        "--engine=slurm",
        "--payload=canary",
        "--run=61030",
        "--set",
        $"rcc_partition={partition}",
        "--set",
        "peaklets_memory=300",
        "--set",
        "combine_memory=600",
        "--set",
        "events_memory=600",
    ];

    private SlurmRig _rig = null!;
    private string _home = null!;

    [OneTimeSetUp]
    public void Start()
    {
        if (SlurmRig.Missing is { } why)
        {
            Assert.Ignore($"No Slurm is started: {why}.");
        }

        _rig = SlurmRig.Start();
        _home = Directory.CreateDirectory(Path.Combine(_rig.Folder, "home")).FullName;
    }

    [OneTimeTearDown]
    public void Stop() => _rig?.Dispose();

    [Test]
    public void Should_run_a_workflow_to_its_end()
    {
        var run = Program(["--target=Submit", "--name=a", .. Slurm()]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        _rig.WaitUntilIdle(TestContext.CurrentContext.CancellationToken);

        Assert.That(
            Program("--target=Status", "--name=a", "--json").Out,
            Does.Contain("\"engine\": \"slurm\"").And.Contain("\"state\": \"succeeded\"").And.Contain("\"done\": 8")
        );
        Assert.That(Program("--target=Outputs", "--name=a").Out, Does.Contain("Outputs: 3 of 3 are made."));
        Assert.That(Program("--target=Resubmit", "--name=a", "--yes").ExitCode, Is.EqualTo(3));
    }

    /// <summary>Parts are for Pegasus' planner: here the same jobs run, and the operator is told once.</summary>
    [Test]
    public void Should_run_parts_as_one_workflow()
    {
        var run = Program(["--target=Submit", "--name=e", "--jobs-per-part=1", .. Slurm()]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("which the slurm engine runs as one workflow (jobs_per_part is for Pegasus)."));

        _rig.WaitUntilIdle(TestContext.CurrentContext.CancellationToken);

        var status = Program("--target=Status", "--name=e", "--json").Out;
        Assert.That(status, Does.Contain("\"state\": \"succeeded\"").And.Contain("\"done\": 8").And.Contain("\"parts\": null"));
        Assert.That(Program("--target=Outputs", "--name=e").Out, Does.Contain("Outputs: 3 of 3 are made."));
    }

    [Test]
    public void Should_submit_again_what_failed_and_what_hangs_on_it()
    {
        var run = Program(["--target=Submit", "--name=b", "--canary-fail=61030:peaklets:1", .. Slurm()]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        _rig.WaitUntilIdle(TestContext.CurrentContext.CancellationToken);
        Assert.That(Program("--target=Status", "--name=b").Out, Does.StartWith("Workflow b: failed"));
        Assert.That(
            Program("--target=Analyze", "--name=b").Out,
            Does.Contain("1 job failed").And.Contain("The canary was told to fail here")
        );

        var again = Program("--target=Resubmit", "--name=b", "--yes");

        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("3 of our jobs are tried"));
        _rig.WaitUntilIdle(TestContext.CurrentContext.CancellationToken);
        var jobs = _rig.Ask("squeue", "-h", "-t", "all", "-o", "%k");
        Assert.That(
            jobs.Split('\n').Count(j => j.Trim() == "outsource:b:peaklets_061030-peaklets-0001"),
            Is.EqualTo(2),
            "the failed one was tried again"
        );
        Assert.That(jobs.Split('\n').Count(j => j.Trim() == "outsource:b:peaklets_061030-peaklets-0000"), Is.EqualTo(1));
    }

    [Test]
    public void Should_hold_release_and_remove_jobs()
    {
        var run = Program(["--target=Submit", "--name=c", "--canary-sleep=20", .. Slurm()]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        var held = Program("--target=Hold", "--name=c", "--yes");
        Assert.That(held.ExitCode, Is.Zero, held.Error);
        Assert.That(Program("--target=Status", "--name=c").Out, Does.StartWith("Workflow c: held"));
        Assert.That(Program("--target=Release", "--name=c", "--yes").ExitCode, Is.Zero);
        Assert.That(Program("--target=Remove", "--name=c", "--yes").ExitCode, Is.Zero);

        _rig.WaitUntilIdle(TestContext.CurrentContext.CancellationToken);
        Assert.That(Program("--target=Status", "--name=c").Out, Does.StartWith("Workflow c: removed"));
    }

    [Test]
    public void Should_say_which_partition_is_unknown()
    {
        var run = Program(["--target=Submit", "--name=d", .. Slurm("nowhere")]);

        Assert.That(run.ExitCode, Is.EqualTo(2), run.Out);
        Assert.That(run.Error, Does.Contain("rcc_partition is 'nowhere', which Slurm does not have."));
    }

    private ProgramRun Program(params string[] args) =>
        ProgramRun
            .Start(
                "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "outsource.dll"), .. args],
                _home,
                new Dictionary<string, string?>
                {
                    ["HOME"] = _home,
                    ["OUTSOURCE_DEMO"] = Path.Combine(_rig.Folder, "work"),
                    ["SLURM_CONF"] = _rig.Configuration,
                }
            )
            .End();
}
