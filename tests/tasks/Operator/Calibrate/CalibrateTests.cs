using System.Text.Json;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.Calibrate;

/// <summary>The whole program on workflows that the demo runs.</summary>
[TestFixture]
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class CalibrateTests
{
    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void Begin() => _demo = new DemoRun();

    [OneTimeTearDown]
    public void Remove() => _demo.Dispose();

    [Test]
    public async Task Should_fit_what_jobs_used_and_change_nothing()
    {
        var config = Path.Combine(AppContext.BaseDirectory, "demo", ".xenon_config");
        var before = await File.ReadAllTextAsync(config);
        var submit = _demo.Run("--target=Submit", "--run=61062", "--name=n", "--set", "chunks_per_job=10");
        Assert.That(submit.ExitCode, Is.Zero, submit.Error);

        var shown = _demo.Run("--target=Calibrate", "--name=n");
        var run = _demo.Run("--target=Calibrate", "--name=n", "--json");
        var report = _demo.Run("--target=Report", "--name=n");

        Assert.That(shown.ExitCode, Is.Zero, shown.Error);
        Assert.That(shown.Error, Does.Contain("the jobs of workflow 'n' were canaries").And.Contain("Do not apply what is proposed."));
        Assert.That(shown.Out, Does.Match("[|] peaklets +[|] time, h +[|] +40 [|]").And.Contain("too little to go on: fewer than 20 jobs"));
        Assert.That(shown.Out, Does.Contain("nothing changed. Picture: "));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        var promised = await NJsonSchema.JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "calibrate.schema.json"));
        Assert.That(promised.Validate(run.Out).Select(e => e.ToString()), Is.Empty);
        using var json = JsonDocument.Parse(run.Out);
        Assert.That(json.RootElement.GetProperty("workflow").GetString(), Is.EqualTo("n"));
        Assert.That(await File.ReadAllTextAsync(config), Is.EqualTo(before));
        var page = await File.ReadAllTextAsync(Path.Combine(_demo.Generated("n"), "report.html"));
        Assert.That(page, Does.Contain("<h2 id=\"calibrate\">"), report.Error);
    }

    [Test]
    public void Should_say_what_is_wrong()
    {
        var plan = _demo.Run("--target=DryRun", "--run=61030", "--name=p");
        Assert.That(plan.ExitCode, Is.Zero, plan.Error);

        var none = _demo.Run("--target=Calibrate", "--name=p");
        var unknown = _demo.Run("--target=Calibrate", "--name=nothing");

        Assert.That((none.ExitCode, unknown.ExitCode), Is.EqualTo((3, 2)));
        Assert.That(none.Error, Does.Contain("no job of workflow 'p' has finished"));
    }
}
