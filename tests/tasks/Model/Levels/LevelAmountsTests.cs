using Outsource.Model.Levels;

namespace Outsource.Tests.Model.Levels;

[TestFixture]
internal sealed class LevelAmountsTests
{
    [TestCase(1, "1,2,3")]
    [TestCase(2, "2,3")]
    [TestCase(3, "3")]
    [TestCase(int.MaxValue, "3")]
    public void Should_group_all_chunks(int size, string stops) =>
        Assert.That(string.Join(',', Of(10, 20, 30).GroupsOf(size)), Is.EqualTo(stops));

    [Test]
    public void Should_close_a_group_above_the_limit_and_the_last_one_in_any_case()
    {
        var amounts = Of(10_000_000, 20_000_000, 30_000_000);

        Assert.That(amounts.GroupsByDisk(amounts.LowerDisk(0, 2) - 0.001), Is.EqualTo(new[] { 2, 3 }));
        Assert.That(amounts.GroupsByDisk(0), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(amounts.GroupsByDisk(1e9), Is.EqualTo(new[] { 3 }));
    }

    [TestCase(null, 0)]
    [TestCase(0.0, 1)]
    [TestCase(10.0, 1)]
    [TestCase(40.0, 2)]
    [TestCase(500.0, 3)]
    public void Should_count_the_chunks_of_the_first_seconds(double? first, int chunks)
    {
        var raw = new RawData([10, 20, 30], 0.0001, 244, 90);

        var amounts = new LevelAmounts(Today.Detector("neutron_veto"), raw, new LevelProducts([], []), first);

        Assert.That(amounts.FirstChunks, Is.EqualTo(chunks));
    }

    private static LevelAmounts Of(params long[] bytes) =>
        new(
            Today.Detector("tpc"),
            new RawData([.. bytes], bytes.Sum() / 0.25e6, 244, null),
            new LevelProducts([Today.Tree["peaklets"]], []),
            null
        );
}
