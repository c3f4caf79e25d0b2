using Outsource.Engines.Local;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Tests.Engines.Local;

[TestFixture]
internal sealed class LocalPlannerTests
{
    private LocalFixture _given = null!;

    [SetUp]
    public void MakeFolder() => _given = new LocalFixture();

    [TearDown]
    public void RemoveFolder() => _given.Dispose();

    private string Workflow => Path.Combine(_given.Generated, "workflow.yml");

    [Test]
    public void Should_leave_what_the_readers_of_the_grids_files_expect()
    {
        var plan = _given.Chain().Plan();

        Assert.That((plan.Jobs, _given.Directories.IsPlanned, _given.Directories.RootId), Is.EqualTo((3, true, plan.Uuid)));
        Assert.That(new LocalDirectory(_given.Disk, _given.Submit).IsOurs);
        var nodes = _given.Nodes();
        Assert.That(
            nodes.Keys,
            Is.EqualTo(new[] { "peaklets_061030-peaklets-0000", "peaklets_061030-peaklets-0001", "combine_061030-peaklets-combine" })
        );
        Assert.That(nodes.Values.Select(n => (n.Node.Retries, n.Node.FinalValue, n.Name.Run)), Is.All.EqualTo((1, (int?)95, (int?)61030)));
        // One of them by jobDependencies and by its file, the other by its file alone.
        Assert.That(
            nodes["combine_061030-peaklets-combine"].Node.Parents.Select(p => p.Name),
            Is.EquivalentTo(new[] { "peaklets_061030-peaklets-0000", "peaklets_061030-peaklets-0001" })
        );
    }

    [Test]
    public void Should_find_whoever_makes_an_input_if_it_stands_behind()
    {
        _given
            .Job("061030-peaklets-combine", LocalFixture.Make, ["a"], "result")
            .Job("061030-peaklets-0000", LocalFixture.Make, [], "a")
            .Plan();

        Assert.That(_given.Nodes()["combine_061030-peaklets-combine"].Node.Parents, Has.Count.EqualTo(1));
    }

    [TestCase("type: job", "type: subworkflow", "line 4: an entry of jobs is not a job")]
    [TestCase("061030-peaklets-0000", "../x", "id or name of a job has other characters")]
    [TestCase("lfn: \"shared\"", "lfn: \"../shared\"", "no usable name")]
    [TestCase("lfn: \"shared\"", "lfn: \"lost\"", "no job makes lost, and replicas.yml does not have it")]
    [TestCase("061030-peaklets-0001", "061030-peaklets-0000", "two jobs have the id 061030-peaklets-0000")]
    [TestCase("061030-b", "061030-a", "two jobs make 061030-a")]
    [TestCase("name: \"combine\"", "name: \"other\"", "transformations.yml has no program for other")]
    [TestCase("children: [\"061030-peaklets-combine\"]", "children: [\"gone\"]", "no job has the id gone")]
    [TestCase("jobDependencies:", "others:", "it has no jobDependencies")]
    [TestCase("uses:", "uses: [", "it is not YAML")]
    public void Should_name_the_place_if_the_workflow_is_damaged(string part, string damaged, string message)
    {
        _given.Chain().Write();
        File.WriteAllText(Workflow, File.ReadAllText(Workflow).Replace(part, damaged, StringComparison.Ordinal));

        Assert.That(
            () => new LocalPlanner(_given.Disk).Plan(_given.Order, null, CancellationToken.None),
            Throws.TypeOf<DamagedYamlException>().With.Message.Contains(message).And.Message.Contains(Workflow)
        );
        Assert.That(_given.Directories.IsPlanned, Is.False);
    }

    [Test]
    public void Should_be_refused_if_the_workflow_ends_early()
    {
        _given.Chain().Write();
        var text = File.ReadAllText(Workflow);
        File.WriteAllText(Workflow, text[..(text.Length / 2)]);

        Assert.That(
            () => new LocalPlanner(_given.Disk).Plan(_given.Order, null, CancellationToken.None),
            Throws.InstanceOf<DamagedYamlException>()
        );
    }

    [Test]
    public void Should_name_the_stage_if_a_catalog_is_missing()
    {
        _given.Chain().Write();
        File.Delete(Path.Combine(_given.Generated, "sites.yml"));

        Assert.That(
            () => new LocalPlanner(_given.Disk).Plan(_given.Order, null, CancellationToken.None),
            Throws.TypeOf<UsageException>().With.Message.Contains("--target=WriteWorkflow --name=w")
        );
    }
}
