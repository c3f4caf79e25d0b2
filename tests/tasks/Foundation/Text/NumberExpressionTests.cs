using CsCheck;
using Outsource.Foundation.Text;

namespace Outsource.Tests.Foundation.Text;

public sealed class NumberExpressionTests
{
    [TestCase("6", 6)]
    [TestCase(" 24 * 4 ", 96)]
    [TestCase("2*3+1", 7)]
    [TestCase("1+2*3", 7)]
    [TestCase("(1+2)*3", 9)]
    [TestCase("((2))", 2)]
    [TestCase("0.5", 0.5)]
    [TestCase(".5 * 4", 2)]
    [TestCase("5.", 5)]
    public void Should_read(string text, decimal value) => Assert.That(NumberExpression.Parse(text), Is.EqualTo(value));

    [TestCase("")]
    [TestCase(".")]
    [TestCase("6/2")]
    [TestCase("6-2")]
    [TestCase("2**3")]
    [TestCase("2 3")]
    [TestCase("(2")]
    [TestCase("2)")]
    [TestCase("2 *")]
    [TestCase("* 2")]
    [TestCase("1e3")]
    [TestCase("1_000")]
    [TestCase("1.2.3")]
    [TestCase("x")]
    [TestCase("int(2)")]
    [TestCase("９")]
    public void Should_not_read(string text) => Assert.That(NumberExpression.Parse(text), Is.Null);

    [Test]
    public void Should_end_with_any_text() =>
        Gen.String[Gen.Char["0123456789.+*() "], 0, 300]
            .Sample(text => NumberExpression.Parse(text) is null or >= 0);

    [Test]
    public void Should_not_read_deep_or_large_ones()
    {
        Assert.That(NumberExpression.Parse(new string('(', 90) + "1" + new string(')', 90)), Is.Null);
        Assert.That(NumberExpression.Parse(string.Join('*', Enumerable.Repeat("999999999999999999", 5))), Is.Null);
    }
}
