using System.Text.RegularExpressions;
using CsCheck;
using Outsource.Model.ClassAds;

namespace Outsource.Tests.Model.ClassAds;

public sealed class ClassAdTests
{
    [Test]
    public void Should_quote_so_that_the_literal_reads_back()
    {
        Gen.String.Sample(text =>
        {
            var quoted = ClassAd.Quote(text);
            var inner = quoted[1..^1];
            return quoted[0] == '"'
                && quoted[^1] == '"'
                && !Regex.IsMatch(inner, """(?<!\\)(\\\\)*"$|(?<!\\)(\\\\)*"(?!$)""")
                && Regex.Replace(inner, @"\\(.)", "$1", RegexOptions.Singleline) == text;
        });
    }

    [Test]
    public void Should_grow_with_retries() =>
        Assert.That(
            ClassAd.GrowingWithRetries(14500),
            Is.EqualTo("ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 14500, (DAGNodeRetry + 1)*14500)")
        );
}
