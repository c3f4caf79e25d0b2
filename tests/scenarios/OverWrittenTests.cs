using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;

namespace Outsource.Tests.Scenarios;

/// <summary>
/// A workflow that was only written gives its name to another command; one that was planned, or may run, never does. The real host, with
/// stand-ins for Pegasus and HTCondor.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class OverWrittenTests
{
    private const string Told = "was only written, never planned or submitted; it is replaced by this one (chunks_per_job was";

    private static readonly string[] First = ["--target=Submit", "--name=w"],
        Other = ["--target=Submit", "--name=w", "--set", "chunks_per_job=3"];

    private StandInGrid _grid = null!;

    [SetUp]
    public void SetUp() => _grid = new StandInGrid();

    [TearDown]
    public void TearDown() => _grid.Dispose();

    [Test]
    public void Should_submit_with_other_arguments_if_the_first_try_stopped_in_preflight()
    {
        var java = Path.Combine(_grid.Root, "pegasus", "bin", "java");
        var works = File.ReadAllText(java);
        File.WriteAllText(java, "#!/bin/sh\nexit 3\n");
        var stopped = _grid.Host(First);
        File.WriteAllText(java, works);

        var run = _grid.Host(Other);

        Assert.That(stopped.ExitCode, Is.EqualTo(1), stopped.Out);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out.Split('\n'), Has.One.Contains(Told));
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
        Assert.That(_grid.Host(First).ExitCode, Is.EqualTo(2), "what runs is protected");
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [TestCase("version")]
    [TestCase("plan-before")]
    [TestCase("plan-after")]
    [TestCase("run-after")]
    public void Should_complete_with_one_dag_if_the_replacing_one_is_killed(string point)
    {
        Assert.That(_grid.Host(First, ("KILL_AT", "version")).ExitCode, Is.EqualTo(137));
        Assert.That(_grid.Host(Other, ("KILL_AT", point)).ExitCode, Is.EqualTo(137));

        var again = _grid.Host(Other);

        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Out, Does.Contain("continuing it").And.Not.Contain(Told));
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [TestCase("plan-before")]
    [TestCase("plan-middle")]
    [TestCase("plan-after")]
    [TestCase("run-before")]
    [TestCase("run-after")]
    public void Should_refuse_if_planning_has_begun(string point)
    {
        Assert.That(_grid.Host(First, ("KILL_AT", point)).ExitCode, Is.EqualTo(137));

        var other = _grid.Host(Other);

        Assert.That(other.ExitCode, Is.EqualTo(2), other.Out);
        Assert.That(other.Error, Does.StartWith("Error: workflow 'w' "));
        Assert.That(_grid.Host(First).ExitCode, Is.Zero, "the first command still continues");
        Assert.That(_grid.Started, Is.EqualTo(1));
    }

    [Test]
    public void Should_start_one_dag_if_two_replace_it_at_once()
    {
        Assert.That(_grid.Host(First, ("KILL_AT", "version")).ExitCode, Is.EqualTo(137));
        ProgramRun.RunningProgram[] both = [_grid.Start(Other), _grid.Start([.. First, "--set", "chunks_per_job=4"])];

        var ended = both.Select(b => b.End()).ToList();

        Assert.That(ended.Select(e => e.ExitCode).Order(), Is.EqualTo(new[] { 0, 2 }), ended[0].Error + ended[1].Error);
        Assert.That((_grid.Started, _grid.Plans), Is.EqualTo((1, 1)));
    }
}
