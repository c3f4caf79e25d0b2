using System.IO.Abstractions.TestingHelpers;
using Outsource.Tests.Fixtures;
using Outsource.Workflows;

namespace Outsource.Tests.Workflows;

/// <summary>Whenever a replacement is stopped, the old workflow or the new one stands whole.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ReplacementTests
{
    private static readonly string Final = Given.Settings.GeneratedFolder,
        Beside = Path.GetDirectoryName(Given.Settings.GeneratedFolder)!,
        Name = Given.Settings.Name;

    private readonly MockFileSystem _disk = new();

    [Test]
    public void Should_leave_the_new_one_alone_if_all_goes_well()
    {
        Lay(Final, "the old one");
        Lay(At("new"), "the new one");

        Replacement.Commit(_disk, At("new"), Final);

        Assert.That(_disk.AllFiles, Is.EqualTo(new[] { File(Final) }));
        Assert.That(_disk.File.ReadAllText(File(Final)), Is.EqualTo("the new one"));
    }

    [Test]
    public void Should_put_back_the_old_one_if_stopped_between_the_moves()
    {
        Lay(At("old"), "the old one");
        Lay(At("new"), "the new one");

        Replacement.Repair(_disk, Given.Settings);

        Assert.That(_disk.File.ReadAllText(File(Final)), Is.EqualTo("the old one"));
        Assert.That(_disk.Directory.Exists(At("old")), Is.False);
    }

    [Test]
    public void Should_not_put_back_what_was_being_deleted()
    {
        // Stopped in the middle of the deletion, and then somebody took the new one away.
        Lay(At("gone"), "half of the old one");

        Replacement.Repair(_disk, Given.Settings);

        Assert.That(_disk.Directory.Exists(Final), Is.False);
    }

    [TestCase("old")]
    [TestCase("gone")]
    public void Should_clear_away_what_an_earlier_one_left(string left)
    {
        Lay(At(left), "long ago");
        Lay(Final, "the old one");
        Lay(At("new"), "the new one");

        Replacement.Commit(_disk, At("new"), Final);

        Assert.That(_disk.AllFiles, Is.EqualTo(new[] { File(Final) }));
        Assert.That(_disk.File.ReadAllText(File(Final)), Is.EqualTo("the new one"));
    }

    [Test]
    public void Should_touch_nothing_if_the_workflow_stands()
    {
        Lay(Final, "the new one");
        Lay(At("old"), "the old one");

        Replacement.Repair(_disk, Given.Settings);

        Assert.That(_disk.File.ReadAllText(File(Final)), Is.EqualTo("the new one"));
        Assert.That(_disk.File.ReadAllText(File(At("old"))), Is.EqualTo("the old one"));
    }

    private static string At(string what) => Path.Combine(Beside, $".{Name}.{what}");

    private static string File(string folder) => Path.Combine(folder, "workflow.yml");

    private void Lay(string folder, string text) => _disk.AddFile(File(folder), new MockFileData(text));
}
