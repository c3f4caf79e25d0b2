using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Scenarios;

/// <summary>A workflow in parts on this machine, which needs no parts.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class PartsHereTests
{
    [Test]
    public void Should_run_as_one_workflow_if_it_is_cut()
    {
        using var demo = new DemoRun();

        var run = demo.Run("--target=Submit", "--engine=local", "--run=61070,61022", "--name=w", "--jobs-per-part=4");

        Assert.That(run.ExitCode, Is.Zero, run.Out + run.Error);
        Assert.That(run.Out, Does.Contain("in 2 parts, which the local engine runs as one workflow (jobs_per_part is for Pegasus)."));
        Assert.That(Directory.GetFiles(Path.Combine(demo.Generated("w"), "parts"), "*.yml"), Has.Length.EqualTo(2));
        var status = demo.Run("--target=Status", "--name=w");
        Assert.That(status.Out, Does.Contain("Workflow w: succeeded").And.Contain("2 runs: 2 finished.").And.Not.Contain("part"));
    }
}
