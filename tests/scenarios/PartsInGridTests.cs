using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Payload;

namespace Outsource.Tests.Scenarios;

/// <summary>A workflow in parts on the stand-in grid, whose parts are planned as DAGMan has them planned.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class PartsInGridTests
{
    private const string Place = "00/00/xenonnt_part-0000";
    private StandInGrid _grid = null!;

    [SetUp]
    public void Submit()
    {
        _grid = new StandInGrid();
        var run = _grid.Host(["--target=Submit", "--name=w", "--jobs-per-part=1"]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        File.WriteAllText(_grid.Submitted("w", "xenonnt-0.dag.lock"), "1\n");
    }

    [TearDown]
    public void End() => _grid.Dispose();

    [Test]
    public void Should_show_the_jobs_of_a_part_before_and_after_it_is_planned()
    {
        string Shown() => _grid.Operate("Status", "w").Out;
        var jobs = File.ReadAllLines(_grid.Generated("w", "parts/part-0000.jobs")).Length;
        Assert.That(jobs, Is.GreaterThan(1));

        Assert.That(Shown(), Does.Contain("1 part: 1 to come.").And.Contain("1 run: 1 waiting."));
        Assert.That(Plan().ExitCode, Is.Zero);
        Assert.That(Shown(), Does.Contain($"of {jobs} nodes done").And.Contain("1 part: 1 to come."));
        Assert.That(_grid.Plans, Is.EqualTo(2), "the workflow's own plan and the part's");
        Assert.That(File.ReadAllText(_grid.Submitted("w", "00/00/pegasus-plan_part-0000.sub")), Does.Contain("periodic_remove = False"));
    }

    [Test]
    public void Should_be_planned_once_if_it_is_killed_while_it_is_planned()
    {
        Assert.That(Plan(("KILL_AT", "part-middle")).ExitCode, Is.Not.Zero);
        Assert.That(File.Exists(_grid.Submitted("w", $"{Place}/xenonnt-0.dag")), "what the killed one left");

        var again = Plan();

        Assert.That(again.ExitCode, Is.Zero, again.Error);
        Assert.That(again.Error, Does.Contain("an earlier planning of it was stopped"));
        Assert.That(Plan().Error, Does.Contain("it is planned already"));
        Assert.That(Directory.GetFiles(_grid.Submitted("w", Place), "part-planned"), Has.Length.EqualTo(1));
    }

    [Test]
    public void Should_say_why_if_a_part_is_changed_after_the_start()
    {
        File.AppendAllText(_grid.Generated("w", "parts/part-0000.yml"), "# changed\n");

        Assert.That(Plan().ExitCode, Is.EqualTo(1));
        Assert.That(_grid.Operate("Status", "w").Out, Does.Contain("part 1 of 1: it could not be planned: ").And.Contain("was changed"));
    }

    /// <summary>Runs the script before the part, with the arguments that Pegasus gives it.</summary>
    private ProgramRun Plan(params (string Name, string Value)[] variables)
    {
        var root = _grid.Submitted("w");
        var (folder, relative) = (Path.Combine(_grid.Work, "runs"), Path.GetRelativePath(Path.Combine(_grid.Work, "runs"), root));
        return ProgramRun
            .Start(
                PayloadTests.Python,
                [
                    "-B",
                    _grid.Generated("w", "payload/plan_part.py"),
                    $"-Dpegasus.log.*={Path.Combine(root, "pegasus-plan_part-0000.pre.log")}",
                    "--dir",
                    folder,
                    "--relative-submit-dir",
                    $"{relative}/{Place}",
                    "--deferred",
                    _grid.Generated("w", "parts/part-0000.yml"),
                ],
                _grid.Root,
                new Dictionary<string, string?>(variables.Select(v => KeyValuePair.Create(v.Name, (string?)v.Value)))
                {
                    ["PEGASUS_HOME"] = Path.Combine(_grid.Root, "pegasus"),
                }
            )
            .End();
    }
}
