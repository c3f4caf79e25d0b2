using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Locate;

/// <summary>The whole program on the demo's runs.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class LocateTests
{
    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void Begin() => _demo = new DemoRun();

    [OneTimeTearDown]
    public void Remove() => _demo.Dispose();

    [Test]
    public void Should_show_where_raw_data_is()
    {
        var run = _demo.Run("--target=Locate", "--run=61030");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match("[|] 061030 +[|] raw_records +[|] UC_OSG_USERDISK +[|] transferred +[|] [a-z0-9]{10} +[|] +44 "));
        Assert.That(run.Out, Does.Contain("Locate: raw data of 1 of 1 run is in Rucio, at "));
    }

    [Test]
    public void Should_not_say_that_data_is_in_rucio_if_only_the_run_database_has_it()
    {
        var run = _demo.Run("--target=Locate", "--run=61030,61092");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Match("[|] 061092 +[|] raw_records +[|] [A-Z0-9_]+ +[|] transferred, not in Rucio +[|]"));
        Assert.That(run.Out, Does.Contain("Locate: raw data of 1 of 2 runs is in Rucio, at "));
        Assert.That(run.Error, Does.Contain("Rucio does not know xnt_061092:raw_records-lg55ubjvak."));
    }

    [Test]
    public async Task Should_fit_the_schema_if_asked_for_json()
    {
        var run = _demo.Run("--target=Locate", "--run=61030,61999", "--json");

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var promised = await NJsonSchema.JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "raw-data.schema.json"));
        Assert.That(promised.Validate(run.Out).Select(e => e.ToString()), Is.Empty);
        using var json = JsonDocument.Parse(run.Out);
        var place = json.RootElement.GetProperty("places").EnumerateArray().First(p => p.GetProperty("type").GetString() == "raw_records");
        Assert.That(
            (place.GetProperty("run").GetInt32(), place.GetProperty("in_rucio").GetBoolean(), place.GetProperty("bytes").GetInt64() > 0),
            Is.EqualTo((61030, true, true))
        );
        Assert.That(json.RootElement.GetProperty("missing").EnumerateArray().Select(m => m.GetInt32()), Is.EqualTo(new[] { 61999 }));
        Assert.That(run.Error, Does.Contain("the run database does not have 1 run of those named: 61999"));
    }

    [TestCase("", 2, "Locate needs runs")]
    [TestCase("--run=61999", 3, "no raw data is known of these runs")]
    [TestCase("--run=x", 2, "x")]
    public void Should_say_what_is_wrong(string words, int code, string why)
    {
        var run = _demo.Run(["--target=Locate", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((code, run.Error)));
        Assert.That(run.Error, Does.Contain(why));
    }
}
