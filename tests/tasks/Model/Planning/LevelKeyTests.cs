using System.Collections.Immutable;
using Outsource.Model.Planning;

namespace Outsource.Tests.Model.Planning;

[TestFixture]
internal sealed class LevelKeyTests
{
    [Test]
    public void Should_have_types_and_hashes() =>
        Assert.That(
            LevelKey.Of(53011, "upper_muon_veto", [("events_mv", "oxgxfpr3kf")]),
            Is.EqualTo("053011-events_mv-oxgxfpr3kf")
        );

    [Test]
    public void Should_leave_out_the_hashes_before_it_is_too_long_for_a_file()
    {
        var key = LevelKey.Of(53011, "upper_tpc", Types(15));

        Assert.That(key, Does.StartWith("053011-type_0000-type_0001-").And.Not.Contain("abcdefghij"));
        Assert.That(key.Length, Is.LessThanOrEqualTo(LevelKey.Longest));
    }

    [Test]
    public void Should_still_be_short_and_of_these_types_alone_if_there_are_very_many()
    {
        var (key, other) = (LevelKey.Of(53011, "upper_tpc", Types(60)), LevelKey.Of(53011, "upper_tpc", Types(61)));

        Assert.That(key, Does.Match("^053011-upper_tpc-[0-9a-f]{10}$").And.Not.EqualTo(other));
        Assert.That(LevelKey.Of(53011, "upper_tpc", Types(60)), Is.EqualTo(key));
    }

    private static ImmutableArray<(string, string)> Types(int number) =>
        [.. Enumerable.Range(0, number).Select(i => ($"type_{i:D4}", "abcdefghij"))];
}
