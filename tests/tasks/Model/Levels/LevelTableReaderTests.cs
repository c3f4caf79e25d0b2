using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Model.Levels;

namespace Outsource.Tests.Model.Levels;

[TestFixture]
internal sealed class LevelTableReaderTests
{
    private const string Good = "schema: outsource/levels/1\ndetectors:\n  tpc: {raw: raw_records, lower: [peaklets], upper: [events]}\n";

    [Test]
    public void Should_take_the_operators_table_if_there_is_one()
    {
        var table = Read(Good);

        Assert.That(table.Path, Is.EqualTo("/own/levels.yml"));
        Assert.That(table.Detectors.Single().Possible, Is.EqualTo(new[] { "peaklets", "events" }));
    }

    [TestCase("schema: outsource/levels/2\n", "schema is 'outsource/levels/2', expected 'outsource/levels/1'")]
    [TestCase("schema: outsource/levels/1\n", "'detectors' is missing")]
    [TestCase(Good + "modes: {}\n", "the table: unknown 'modes'")]
    [TestCase(Good + "led_modes: {a: [peaklet]}\n", "led_modes: a makes 'peaklet', which no detector lists (did you mean 'peaklets'?)")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  tpc: {lower: [a], upper: [a]}\n", "'a' is listed twice")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  tpc: {lower: [a]}\n", "'raw' is missing")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  tpc: {raw: a, over: [b]}\n", "unknown 'over'")]
    [TestCase("a: [", "it is not YAML")]
    public void Should_refuse_what_cannot_be(string text, string words)
    {
        var error = Assert.Throws<UsageException>(() => Read(text));

        Assert.That(error!.Message, Does.Contain(words).And.Contain("/own/levels.yml"));
    }

    private static LevelTable Read(string text)
    {
        var disk = new MockFileSystem();
        disk.AddFile("/own/levels.yml", new MockFileData(text));
        return new LevelTableReader(disk).Read("/shipped", "/own");
    }
}
