using Outsource.Foundation.Text;

namespace Outsource.Tests.Foundation.Text;

internal sealed class CountedTests
{
    [TestCase(0, "0 runs")]
    [TestCase(1, "1 run")]
    [TestCase(2, "2 runs")]
    [TestCase(1234, "1,234 runs")]
    public void Should_agree_with_the_number_if_regular(long number, string expected) =>
        Assert.That(Counted.Of(number, "run"), Is.EqualTo(expected));

    [TestCase(1, "1 retry")]
    [TestCase(0, "0 retries")]
    public void Should_agree_with_the_number_if_irregular(long number, string expected) =>
        Assert.That(Counted.Of(number, "retry", "retries"), Is.EqualTo(expected));

    [Test]
    public void Should_give_the_verb_if_word_alone() =>
        Assert.That((Counted.Word(1, "is", "are"), Counted.Word(3, "is", "are")), Is.EqualTo(("is", "are")));
}
