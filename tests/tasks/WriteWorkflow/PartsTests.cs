using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Jobs;
using Outsource.Engines.Records;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>A workflow in parts beside the same one in one piece.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class PartsTests
{
    private static readonly FileSystem Disk = new();
    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void Write()
    {
        _demo = new DemoRun();
        foreach (var (name, most) in new[] { ("undivided", 0), ("cut", 100), ("again", 100), ("enough", 424) })
        {
            var run = _demo.Run("--target=WriteWorkflow", $"--name={name}", "--payload=canary", $"--jobs-per-part={most}");
            Assert.That(run.ExitCode, Is.Zero, run.Error);
        }
    }

    [OneTimeTearDown]
    public void Clear() => _demo.Dispose();

    [Test]
    public void Should_have_the_same_jobs_and_dependencies_if_the_parts_are_read_as_one()
    {
        WorkflowYaml Of(string name) => new(Disk, Path.Combine(_demo.Generated(name), "workflow.yml"));
        string[] Jobs(string name) =>
            [.. Of(name).Jobs().Select(j => $"{j.NodeName} {string.Join(' ', j.Arguments)} {string.Join(' ', j.Inputs)}")];

        Assert.That(Jobs("cut"), Has.Length.EqualTo(424).And.EqualTo(Jobs("undivided")));
        Assert.That(
            Of("cut").Dependencies().Select(d => $"{d.Id}: {string.Join(' ', d.Children)}"),
            Is.EqualTo(Of("undivided").Dependencies().Select(d => $"{d.Id}: {string.Join(' ', d.Children)}"))
        );
    }

    [Test]
    public void Should_list_the_nodes_of_each_part_beside_it()
    {
        foreach (var part in Directory.EnumerateFiles(Path.Combine(_demo.Generated("cut"), "parts"), "*.yml"))
        {
            var jobs = new WorkflowYaml(Disk, part).Jobs().Select(j => j.NodeName).ToList();

            Assert.That(jobs, Has.Count.InRange(1, 100));
            Assert.That(DagFile.Read(Disk, Path.ChangeExtension(part, ".jobs")).Nodes.Keys, Is.EquivalentTo(jobs), part);
        }
    }

    [Test]
    public void Should_write_the_same_bytes_if_the_input_is_the_same()
    {
        // The name of the workflow is part of its files.
        string[] Content(string name) =>
            [
                .. Directory
                    .EnumerateFiles(Path.Combine(_demo.Generated(name), "parts"))
                    .Append(Path.Combine(_demo.Generated(name), "workflow.yml"))
                    .Order(StringComparer.Ordinal)
                    .SelectMany(File.ReadLines)
                    .Where(l => !l.StartsWith("# fingerprint: ", StringComparison.Ordinal))
                    .Where(l => !l.StartsWith("# name: ", StringComparison.Ordinal)),
            ];

        Assert.That(Content("again"), Is.EqualTo(Content("cut")).And.Not.Empty);
    }

    [Test]
    public void Should_be_in_one_piece_if_a_part_holds_all_jobs()
    {
        string Text(string name, string file) => File.ReadAllText(Path.Combine(_demo.Generated(name), file)).Replace(name, "NAME");

        foreach (var file in new[] { "workflow.yml", "replicas.yml", "transformations.yml", "pegasus.properties", "sites.yml" })
        {
            // Neither the setting nor the parts change anything of it, the fingerprint included but for the name.
            Assert.That(
                Text("enough", file).Split('\n').Where(l => !l.StartsWith("# fingerprint", StringComparison.Ordinal)),
                Is.EqualTo(Text("undivided", file).Split('\n').Where(l => !l.StartsWith("# fingerprint", StringComparison.Ordinal))),
                file
            );
        }

        Assert.That(Directory.Exists(Path.Combine(_demo.Generated("enough"), "parts")), Is.False);
        Assert.That(File.Exists(Path.Combine(_demo.Generated("enough"), "payload", "plan_part.py")), Is.False);
    }

    [Test]
    public void Should_tell_the_planner_how_parts_are_planned()
    {
        var folder = _demo.Generated("cut");

        Assert.That(
            File.ReadAllLines(Path.Combine(folder, "pegasus.properties")),
            Has.Some.EqualTo("dagman.subwf.maxjobs=4").And.Some.EqualTo("dagman.maxpre=1").And.Some.EqualTo(
                "pegasus.file.cleanup.scope=deferred"
            )
        );
        Assert.That(
            File.ReadAllText(Path.Combine(folder, "transformations.yml")),
            Does.Contain("namespace: \"pegasus\"\n    name: \"pegasus-plan\"").And.Contain($"{folder}/payload/plan_part.py")
        );
        Assert.That(
            File.ReadAllText(Path.Combine(folder, "replicas.yml")),
            Does.Contain("lfn: \"part-0000.yml\"").And.Contain($"{folder}/parts/part-0000.yml")
        );
    }

    [TestCase("changed")]
    [TestCase("missing")]
    public void Should_be_refused_if_a_part_is_not_as_it_was_written(string fault)
    {
        var run = _demo.Run("--target=WriteWorkflow", $"--name={fault}", "--payload=canary", "--jobs-per-part=100");
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var part = Path.Combine(_demo.Generated(fault), "parts", "part-0001.yml");
        if (fault == "missing")
        {
            File.Delete(part);
        }
        else
        {
            File.AppendAllText(part, "# one more line\n");
        }

        Assert.That(
            WorkflowChecksums.Faults(Disk, _demo.Generated(fault)),
            Is.EqualTo(new[] { $"'{part}' {(fault == "missing" ? "is missing" : "was changed since it was written")}" })
        );
        var planned = _demo.Run("--target=PegasusPlan", "--exclusive", $"--name={fault}");
        Assert.That(planned.ExitCode, Is.EqualTo(2), planned.Error);
        Assert.That(planned.Error, Does.Contain(part));
    }

    [Test]
    public void Should_say_once_that_parts_are_larger_if_runs_have_more_jobs()
    {
        var run = _demo.Run("--target=WriteWorkflow", "--name=small", "--payload=canary", "--jobs-per-part=10");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match(@"in \d+ parts, .* parts have more jobs than jobs_per_part, up to \d+: a run is not cut\."));
    }
}
