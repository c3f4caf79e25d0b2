using System.Text;
using Outsource.Foundation.Files;

namespace Outsource.Tests.Foundation.Files;

public sealed class JsonLineWriterTests
{
    [TestCase(0)]
    [TestCase(3)]
    [TestCase(50_000)]
    public void Should_write_a_document_a_line(int lines)
    {
        using var stream = new MemoryStream();
        using var writer = new JsonLineWriter(stream, default);
        for (var i = 0; i < lines; i++)
        {
            writer.Json.WriteStartObject();
            writer.Json.WriteNumber("number", i);
            writer.Json.WriteEndObject();
            writer.EndLine();
        }

        var length = writer.Length;
        writer.Complete();

        Assert.That(stream.Length, Is.EqualTo(length));
        Assert.That(
            Encoding.UTF8.GetString(stream.ToArray()),
            Is.EqualTo(string.Concat(Enumerable.Range(0, lines).Select(i => $"{{\"number\":{i}}}\n")))
        );
    }

    [Test]
    public void Should_write_in_blocks()
    {
        using var stream = new MemoryStream();
        using var writer = new JsonLineWriter(stream, default);
        writer.Json.WriteStringValue("short");
        writer.EndLine();
        Assert.That((stream.Length, writer.Length), Is.EqualTo((0L, 8L)));

        writer.Json.WriteStringValue(new string('x', 1 << 17));
        writer.EndLine();

        Assert.That(stream.Length, Is.EqualTo(writer.Length).And.GreaterThan(1 << 17));
    }
}
