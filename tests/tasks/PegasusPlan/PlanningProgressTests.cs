using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Machine;
using Outsource.PegasusPlan;

namespace Outsource.Tests.PegasusPlan;

internal sealed class PlanningProgressTests
{
    [Test]
    public void Should_count_submit_files_of_our_jobs_if_the_planner_writes_them()
    {
        var (disk, shown) = (new MockFileSystem(), new Shown());
        using var progress = new PlanningProgress(disk, "/w/c1", shown);

        progress.Count();
        Assert.That(shown.Done, Is.Zero, "there is no directory yet");
        disk.AddFile("/w/c1/00/00/peaklets_061030-peaklets-0000.sub", new MockFileData(""));
        disk.AddFile("/w/c1/00/00/stage_in_remote_local_0_0.sub", new MockFileData(""));
        progress.Count();
        disk.AddFile("/w/c1/00/01/combine_061030-peaklets-combine.sub", new MockFileData(""));
        disk.AddFile("/w/c1/00/01/combine_061030-peaklets-combine.sh", new MockFileData(""));
        progress.Count();
        progress.Count();

        Assert.That(shown.Done, Is.EqualTo(2));
    }

    [Test]
    public void Should_end_what_is_shown_if_the_planner_has_ended()
    {
        var shown = new Shown();
        new PlanningProgress(new MockFileSystem(), "/w", shown).Dispose();
        Assert.That(shown.Ended);
    }

    private sealed class Shown : IProgressDisplay
    {
        public long Done { get; private set; }

        public bool Ended { get; private set; }

        public void Advance(long by = 1) => Done += by;

        public void Expect(long total) => throw new NotSupportedException();

        public void Dispose() => Ended = true;
    }
}
