using Outsource.Model.Selection;

namespace Outsource.Tests.Model.Selection;

[TestFixture]
internal sealed class DrawnRunsTests
{
    [Test]
    public void Should_draw_the_same_runs_again_in_order()
    {
        var kept = new DrawnRuns(5, [.. Enumerable.Range(53000, 30)]).Kept;

        Assert.That(kept, Has.Length.EqualTo(5).And.Ordered.And.EqualTo(new DrawnRuns(5, [.. Enumerable.Range(53000, 30)]).Kept));
    }

    [Test]
    public void Should_change_one_place_if_a_run_goes()
    {
        var all = Enumerable.Range(53000, 30).ToList();
        var kept = new DrawnRuns(5, [.. all]).Kept;

        var after = new DrawnRuns(5, [.. all.Where(r => r != kept[2])]).Kept;

        Assert.That(after.Intersect(kept).Count(), Is.EqualTo(4));
    }

    [Test]
    public void Should_keep_all_if_there_are_no_more() =>
        Assert.That(new DrawnRuns(5, [1, 2, 3]).Kept, Is.EqualTo(new[] { 1, 2, 3 }));
}
