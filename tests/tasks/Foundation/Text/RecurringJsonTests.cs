using System.Text.Json;
using Outsource.Foundation.Text;

namespace Outsource.Tests.Foundation.Text;

public sealed class RecurringJsonTests
{
    private readonly RecurringJson<string> _names = new(json => json.GetString()!);

    [Test]
    public void Should_share_what_recurs()
    {
        var (plain, escaped) = (Of("\"peaklets\""), Of("\"HAS_AVX2 == \\\"yes\\\"\""));

        Assert.That(Of("\"peaklets\""), Is.SameAs(plain));
        Assert.That(Of("\"HAS_AVX2 == \\\"yes\\\"\""), Is.EqualTo("HAS_AVX2 == \"yes\"").And.SameAs(escaped));
    }

    [Test]
    public void Should_not_mix_up_values_if_there_are_many()
    {
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 10_000; i++)
            {
                Assert.That(Of($"\"name {i}\""), Is.EqualTo($"name {i}"));
            }
        }
    }

    [Test]
    public void Should_not_hold_what_is_long()
    {
        var text = $"\"{new string('x', 5000)}\"";
        var first = Of(text);

        Assert.That(Of(text), Is.EqualTo(first).And.Not.SameAs(first));
    }

    private string Of(string text)
    {
        using var json = JsonDocument.Parse(text);
        return _names.Of(json.RootElement);
    }
}
