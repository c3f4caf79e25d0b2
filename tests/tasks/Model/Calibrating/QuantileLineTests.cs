using Outsource.Model.Calibrating;

namespace Outsource.Tests.Model.Calibrating;

/// <summary>Lines through synthetic usage whose coefficients are known.</summary>
[TestFixture]
internal sealed class QuantileLineTests
{
    /// <summary>Memory is 2 MB for each MB of input, 800 MB, and up to 200 MB of chance.</summary>
    private static List<(double X, double Y)> Known(int jobs, int seed = 1)
    {
        var chance = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, jobs)
                .Select(i => 100 + (1000.0 * i / jobs))
                .Select(x => (x, (2 * x) + 800 + (200 * chance.NextDouble()))),
        ];
    }

    [TestCase(0.5, 900)]
    [TestCase(0.9, 980)]
    [TestCase(0.99, 998)]
    public void Should_find_the_coefficients_of_known_usage(double share, double constant)
    {
        var line = QuantileLine.Fit(Known(5000), share);

        Assert.That(line.Slope, Is.EqualTo(2).Within(0.03));
        Assert.That(line.At(600), Is.EqualTo(1200 + constant).Within(6));
    }

    [TestCase(0.5)]
    [TestCase(0.75)]
    [TestCase(0.95)]
    [TestCase(1.0)]
    public void Should_have_that_share_at_or_below_it(double share)
    {
        var points = Known(1000);

        var line = QuantileLine.Fit(points, share);

        Assert.That(points.Count(p => p.Y <= line.At(p.X) + 1e-6) / 1000.0, Is.EqualTo(share).Within(0.003));
    }

    [Test]
    public void Should_not_be_moved_by_a_few_wild_jobs()
    {
        var points = Known(500);
        points.AddRange([(150, 90_000), (900, 80_000), (1000, 0)]);

        var line = QuantileLine.Fit(points, 0.9);

        Assert.That((line.Slope, line.Constant), Is.EqualTo((2.0, 980.0)).Using<(double, double)>((a, b) =>
            Math.Abs(a.Item1 - b.Item1) < 0.1 && Math.Abs(a.Item2 - b.Item2) < 60));
    }

    [Test]
    public void Should_never_have_a_negative_number()
    {
        // Falls with the input; and a line whose best constant would be below 0.
        var falling = Enumerable.Range(1, 50).Select(i => ((double)i, 1000.0 - i)).ToList();
        var steep = Enumerable.Range(1, 50).Select(i => ((double)i + 100, 3.0 * i)).ToList();

        Assert.That(QuantileLine.Fit(falling, 0.9).Slope, Is.Zero);
        Assert.That(QuantileLine.Fit(falling, 1).Constant, Is.EqualTo(999));
        Assert.That(QuantileLine.Fit(steep, 0.5).Constant, Is.Zero);
        Assert.That(QuantileLine.Fit(steep, 0.5).Slope, Is.InRange(0.4, 1.0));
    }

    [Test]
    public void Should_be_flat_if_all_inputs_are_alike()
    {
        var points = Enumerable.Range(1, 100).Select(i => (500.0, (double)i)).ToList();

        Assert.That(QuantileLine.Fit(points, 0.95), Is.EqualTo(new QuantileLine(0, 95)));
        Assert.That(QuantileLine.Fit([(0, 7)], 0.5), Is.EqualTo(new QuantileLine(0, 7)));
    }

    [Test]
    public void Should_hold_for_all_of_many_jobs_although_the_slope_is_that_of_some()
    {
        var points = Known(50_000, seed: 7);

        var line = QuantileLine.Fit(points, 1);

        Assert.That(points, Has.All.Matches<(double X, double Y)>(p => p.Y <= line.At(p.X) + 1e-6));
        Assert.That(line.Slope, Is.EqualTo(2).Within(0.05));
    }

    [Test]
    public void Should_refuse_what_is_no_share() =>
        Assert.That(() => QuantileLine.Fit([(1, 1)], 1.1), Throws.TypeOf<ArgumentOutOfRangeException>());
}
