using Outsource.Foundation.Errors;
using Outsource.Operator.Unpack;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Unpack;

[TestFixture]
internal sealed class StagedTarballsTests
{
    private static readonly HashSet<string> LowerTypes = ["peaklets", "afterpulses"];

    [TestCase("053009-output-peaklets-0003.tar.gz", TarballLevel.Lower)]
    [TestCase("053009-output-event_basics.tar.gz", TarballLevel.Upper)]
    [TestCase("053009-peaklets-combined.tar.gz", TarballLevel.Combine)]
    [TestCase("053009-peaklets-hcbk2nr2fc-peaklet_classification-gwmwu7bv25-output-0012.tar.gz", TarballLevel.Lower)]
    [TestCase("053009-peaklets-hcbk2nr2fc-peaklet_classification-gwmwu7bv25-output.tar.gz", TarballLevel.Combine)]
    [TestCase("053009-event_info_double-aaaaaaaaaa-output.tar.gz", TarballLevel.Upper)]
    [TestCase("053009-upper_tpc-abcdefghij-output.tar.gz", TarballLevel.Upper)]
    public void Should_know_the_level_by_the_name(string name, TarballLevel level)
    {
        var tarball = Find($"/o/00/00/{name}").Complete.Single();

        Assert.That((tarball.Run, tarball.Level, tarball.Bytes, tarball.Name), Is.EqualTo((53009, level, 4L, name)));
        Assert.That(tarball.Folder, Is.EqualTo(level == TarballLevel.Lower ? "strax_data_osg_per_chunk" : "strax_data_osg"));
    }

    [TestCase("/o/cutax.tar.gz")]
    [TestCase("/o/53009-output-peaklets.tar.gz")]
    [TestCase("/o/053009-output-peaklets.log")]
    [TestCase("/o/.053009-output-peaklets.tar.gz")]
    [TestCase("/o/strax_data_osg/053009-output-peaklets.tar.gz")]
    [TestCase("/o/.unpack/053009-output-peaklets.tar.gz")]
    public void Should_leave_other_files_alone(string path)
    {
        var found = Find(path);

        Assert.That((found.Complete, found.Incomplete), Is.EqualTo((found.Complete.Clear(), found.Incomplete.Clear())));
    }

    [TestCase("053009-output-peaklets-0003.tar.gz.part")]
    [TestCase("053009-output-peaklets-0003.tar.gz.1234")]
    [TestCase(".053009-output-peaklets-0003.tar.gz.tmp")]
    public void Should_name_what_was_not_transferred_to_its_end(string name)
    {
        Assert.That(Find($"/o/{name}").Incomplete, Is.EqualTo(new[] { $"/o/{name}" }));
    }

    [Test]
    public void Should_order_by_run_and_name()
    {
        var found = Find("/o/b/053009-output-b.tar.gz", "/o/053009-output-a.tar.gz", "/o/053001-output-c.tar.gz");

        Assert.That(
            found.Complete.Select(t => t.Name),
            Is.EqualTo(new[] { "053001-output-c.tar.gz", "053009-output-a.tar.gz", "053009-output-b.tar.gz" })
        );
    }

    [Test]
    public void Should_find_nothing_if_there_is_no_folder() =>
        Assert.That(new StagedTarballs(Given.Disk(), LowerTypes).Find("/o").Complete, Is.Empty);

    [Test]
    public void Should_read_levels_in_any_case()
    {
        Assert.That(StagedTarballs.Levels(["Lower", "upper"]), Is.EquivalentTo(new[] { TarballLevel.Lower, TarballLevel.Upper }));
        Assert.That(StagedTarballs.Levels([]), Has.Count.EqualTo(3));
        Assert.That(
            Assert.Throws<UsageException>(() => StagedTarballs.Levels(["low", "upper", "1"]))!.Faults.Select(f => f.Text),
            Is.EqualTo(
                new[]
                {
                    "--levels=low is not a level: write one or several of combine, upper and lower.",
                    "--levels=1 is not a level: write one or several of combine, upper and lower.",
                }
            )
        );
    }

    [TestCase(null, 2)]
    [TestCase("1", 1)]
    [TestCase("64", 64)]
    public void Should_read_how_many_at_a_time(string? typed, int expected) => Assert.That(Unpacker.Parallel(typed), Is.EqualTo(expected));

    [TestCase("0")]
    [TestCase("65")]
    [TestCase("-1")]
    [TestCase("two")]
    public void Should_refuse_a_number_if_it_is_none(string typed) =>
        Assert.That(
            Assert.Throws<UsageException>(() => Unpacker.Parallel(typed))!.Message,
            Is.EqualTo($"--parallel={typed} is not valid: write a whole number from 1 to 64.")
        );

    private static FoundTarballs Find(params string[] paths) =>
        new StagedTarballs(Given.Disk([.. paths.Select(p => (p, "1234"))]), LowerTypes).Find("/o");
}
