using Outsource.Model.Calibrating;

namespace Outsource.Tests.Model.Calibrating;

/// <summary>Waste against holds of known usage.</summary>
[TestFixture]
internal sealed class FamilyFitTests
{
    private static readonly Ladder Doubling = new([1.0, 2.0, 3.0]);

    [Test]
    public void Should_say_what_each_quantile_costs()
    {
        // 100 jobs of 1 to 100 MB, of one hour each, that ask for 200 MB.
        var jobs = Enumerable
            .Range(1, 100)
            .Select(i => new JobUse("a", 0)
            {
                MemoryMb = i,
                Hours = 1,
                AskedMemoryMb = 200,
            });

        var fit = FamilyFit.Of("a", Amount.Memory, jobs, Doubling)!;

        Assert.That(fit.Fits.Select(f => f.Line.Constant), Is.EqualTo(new[] { 50.0, 75, 90, 95, 99, 100 }));
        Assert.That(fit.Fits.Select(f => Math.Round(f.Cost.OverShare, 6)), Is.EqualTo(new[] { 0.5, 0.25, 0.1, 0.05, 0.01, 0 }));
        Assert.That((fit.Now!.OverShare, fit.Now.Waste, fit.Now.Cost), Is.EqualTo((0.0, 149.5, 200.0)));

        // At 75 MB, 25 jobs ask for 75 and for 150 MB.
        Assert.That(fit.Fits[1].Cost.Cost, Is.EqualTo(((75 * 75) + (25 * 225)) / 100.0).Within(1e-9));
        Assert.That(fit.Fits[1].Cost.DoneByTry, Is.EqualTo(new[] { 0.75, 1, 1 }));
        Assert.That(fit.Fits[0].Cost.Waste, Is.EqualTo(12.25), "0 to 49 MB of the lower half");
        Assert.That(fit.Best!.Share, Is.EqualTo(0.9).Or.EqualTo(0.95).Or.EqualTo(0.99).Or.EqualTo(1.0));
        Assert.That(fit.Best.Cost.Cost, Is.EqualTo(fit.Fits.Min(f => f.Cost.Cost)));
    }

    [Test]
    public void Should_prefer_what_leaves_no_job_stuck()
    {
        var jobs = Enumerable.Range(1, 100).Select(i => new JobUse("a", 0) { MemoryMb = i == 100 ? 1000 : 10 });

        var fit = FamilyFit.Of("a", Amount.Memory, jobs, Doubling)!;

        Assert.That(fit.Fits[0].Cost.StuckShare, Is.EqualTo(0.01));
        Assert.That((fit.Best!.Share, fit.Best.Line.Constant), Is.EqualTo((1.0, 1000.0)));
    }

    [Test]
    public void Should_propose_nothing_if_there_is_too_little_to_go_on()
    {
        var jobs = Enumerable.Range(1, FamilyFit.Fewest - 1).Select(i => new JobUse("a", i) { MemoryMb = i }).ToList();

        var few = FamilyFit.Of("a", Amount.Memory, jobs, Doubling)!;

        Assert.That((few.Jobs, few.Fits.Length, few.Best), Is.EqualTo((19, 0, (QuantileFit?)null)));
        Assert.That(FamilyFit.Of("a", Amount.Memory, [.. jobs, new JobUse("a", 20) { MemoryMb = 20 }], Doubling)!.Best, Is.Not.Null);
        Assert.That(FamilyFit.Of("a", Amount.Disk, jobs, Doubling), Is.Null, "no job tells it");
    }

    [Test]
    public void Should_count_in_which_try_jobs_finished()
    {
        var jobs = new[] { 0, 0, 1, 2, 2, 2 }.Select(r => new JobUse("a", 0) { MemoryMb = 1, Retry = r });

        Assert.That(FamilyFit.Of("a", Amount.Memory, jobs, Doubling)!.FinishedInTry, Is.EqualTo(new[] { 2, 1, 3 }));
    }
}
