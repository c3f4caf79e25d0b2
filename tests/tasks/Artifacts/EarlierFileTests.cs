using System.IO.Abstractions.TestingHelpers;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Artifacts;

/// <summary>The record of the workflow that a relay continues.</summary>
internal sealed class EarlierFileTests
{
    private static readonly EarlierFile Earlier = new()
    {
        Workflow = "w",
        Folder = "/g/w",
        Outputs = ["/o/w", "/their/outputs"],
        ContextDescription = "beef",
        Groups = [new EarlierGroups(53000, "tpc", [(0, 10), (10, 23)]), new EarlierGroups(53000, "muon_veto", [])],
    };

    [Test]
    public void Should_read_what_was_written()
    {
        var disk = new MockFileSystem();
        disk.AddDirectory("/g");
        Earlier.Write(disk, "/g");

        var read = EarlierFile.Read(disk, "/g")!;

        Assert.That((read.Workflow, read.Folder, read.ContextDescription), Is.EqualTo(("w", "/g/w", "beef")));
        Assert.That(read.Fingerprint, Is.Null);
        Assert.That(read.Outputs, Is.EqualTo(Earlier.Outputs));
        Assert.That(read.Groups.Select(g => (g.Run, g.Detector)), Is.EqualTo(new[] { (53000, "tpc"), (53000, "muon_veto") }));
        Assert.That(read.Groups[0].Groups, Is.EqualTo(new[] { (0, 10), (10, 23) }));
        Assert.That(EarlierFile.Read(disk, "/other"), Is.Null);
    }

    [Test]
    public void Should_refuse_a_file_that_was_changed()
    {
        var disk = new MockFileSystem();
        disk.AddDirectory("/g");
        Earlier.Write(disk, "/g");
        var text = disk.File.ReadAllText("/g/earlier.jsonl");
        disk.File.WriteAllText("/g/earlier.jsonl", text.Replace("[10,23]", "[10,24]", StringComparison.Ordinal));

        Assert.That(
            () => EarlierFile.Read(disk, "/g"),
            Throws.TypeOf<OutsourceException>().With.Message.Contain("is not what Relay wrote")
        );
    }

    [Test]
    public void Should_have_stops_only_if_groups_follow_each_other()
    {
        Assert.That(Earlier.Groups[0].Stops, Is.EqualTo(new[] { 10, 23 }));
        Assert.That(new EarlierGroups(1, "tpc", [(1, 2)]).Stops, Is.Null);
        Assert.That(new EarlierGroups(1, "tpc", [(0, 2), (3, 4)]).Stops, Is.Null);
        Assert.That(new EarlierGroups(1, "tpc", [(0, 0)]).Stops, Is.Null);
    }
}
