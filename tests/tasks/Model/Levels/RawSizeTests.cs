using Outsource.Model.Levels;

namespace Outsource.Tests.Model.Levels;

[TestFixture]
internal sealed class RawSizeTests
{
    [Test]
    public void Should_take_the_size_of_the_entry_that_is_read_first() =>
        Assert.That(RawSize.Of(100, [400, 500], 0.5), Is.EqualTo(((double?)400, (string?)null)));

    [Test]
    public void Should_look_at_the_other_entries_if_one_has_the_stored_size() =>
        Assert.That(RawSize.Of(100, [101, 400], null), Is.EqualTo(((double?)400, (string?)null)));

    [Test]
    public void Should_assume_what_is_configured_if_no_entry_has_it()
    {
        Assert.That(RawSize.Of(100, [101], 0.25), Is.EqualTo(((double?)400, (string?)null)));
        Assert.That(RawSize.Of(100, [], 0.25), Is.EqualTo(((double?)400, (string?)null)));
    }

    [Test]
    public void Should_say_so_if_the_stored_size_is_all_there_is()
    {
        var (size, remark) = RawSize.Of(100, [101], null);

        Assert.That(size, Is.EqualTo(101));
        Assert.That(remark, Does.Contain("memory and disk may be too small").And.Contain("assume_compression"));
        Assert.That(RawSize.Of(100, [], null).SizeMb, Is.Null);
    }
}
