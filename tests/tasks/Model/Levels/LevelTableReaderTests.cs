using System.IO.Abstractions.TestingHelpers;
using Outsource.Foundation.Errors;
using Outsource.Model.Levels;

namespace Outsource.Tests.Model.Levels;

[TestFixture]
internal sealed class LevelTableReaderTests
{
    private const string Good =
        "schema: outsource/levels/1\ndetectors:\n  tpc: {raw: raw_records, lower: [peaklets], upper: [events], "
        + "memory: {lower: [1, 1600], combine: [0, 8000], upper: [0, 8000]}}\n";

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
    [TestCase(Good + "led_modes: {a: {types: [peaklet]}}\n", "led_modes: a makes 'peaklet', which no detector lists (did you mean 'peaklets'?)")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  tpc: {lower: [a], upper: [a]}\n", "'a' is listed twice")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  tpc: {lower: [a]}\n", "'raw' is missing")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  tpc: {raw: a, over: [b]}\n", "unknown 'over'")]
    [TestCase(Good + "led_modes: {a: {}}\n", "led_modes: a: 'types' is missing")]
    [TestCase(Good + "redundancy: {memory: 0.5}\n", "redundancy: memory: '0.5' is not a number from 1 to 100")]
    [TestCase(Good + "upload_rse: {events: somewhere}\n", "'somewhere' of events is not a key that names an RSE: records_rse")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  tpc: {raw: a, upper: [b]}\n", "'memory' has no entry 'upper'")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  t: {raw: a, upper: [b], memory: {upper: [1]}}\n", "must be two numbers")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  t: {raw: a, disk: {k: {rate: 1}}}\n", "it needs 'rate' and 'compression'")]
    [TestCase(Good + "  nv: {raw: b, upper: [events], memory: {upper: [0, 1]}}\n", "detector 'nv': 'events' is a type of 'tpc' too.")]
    [TestCase("schema: outsource/levels/1\ndetectors:\n  a/b: {raw: a, upper: [b]}\n", "'a/b': jobs and files are named after it")]
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
