using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Operator.List;

/// <summary>All workflows: the newest plan first, when it was made, and with which arguments.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class WorkflowListTests
{
    [Test]
    public async Task Should_say_when_and_how_each_was_planned_the_newest_first()
    {
        using var demo = new DemoRun();
        Assert.That(demo.Run("--target=DryRun", "--name=a", "--from=61060", "--mode=tpc_bkg").ExitCode, Is.Zero);
        Assert.That(demo.Run("--target=WriteWorkflow", "--name=b", "--run=61030-61036").ExitCode, Is.Zero);
        Made(demo, "a", new DateTime(2025, 5, 14, 9, 22, 0, DateTimeKind.Utc));
        Made(demo, "b", new DateTime(2025, 5, 13, 8, 0, 0, DateTimeKind.Utc));

        var list = demo.Run("--target=List");
        var json = demo.Run("--target=List", "--json");

        Assert.That((list.ExitCode, json.ExitCode), Is.EqualTo((0, 0)), list.Error + json.Error);
        var rows = list.Out.Split('\n').Where(l => Regex.IsMatch(l, @"^\| [ab] ")).ToList();
        Assert.That(rows, Has.Count.EqualTo(2), list.Out);
        Assert.That(rows[0], Does.Match(@"^\| a +\| rehearsed +\| 2025-05-14 09:22 .*\| --from=61060 --mode=tpc_bkg +\|"));
        Assert.That(rows[1], Does.Match(@"^\| b +\| written +\| 2025-05-13 08:00 .*\| --run=61030,61031,61032,61033,61034,… \([0-9]+\) +\|"));
        var promised = await NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "list.schema.json"))
            .ConfigureAwait(false);
        Assert.That(promised.Validate(json.Out).Select(e => e.ToString()), Is.Empty);
        var workflows = JObject.Parse(json.Out)["workflows"]!.ToDictionary(w => (string)w["name"]!);
        Assert.That((string?)workflows["a"]["made_at"], Is.EqualTo("2025-05-14T09:22:00Z").Or.EqualTo("05/14/2025 09:22:00"));
        Assert.That(workflows["a"]["arguments"]!.Values<string>(), Is.EquivalentTo(new[] { "--from=61060", "--mode=tpc_bkg" }));
        Assert.That((string?)workflows["b"]["arguments"]![0], Does.StartWith("--run=61030,61031,").And.EndWith("61036"), "whole");
    }

    private static void Made(DemoRun demo, string name, DateTime at) =>
        File.SetLastWriteTimeUtc(Path.Combine(demo.Generated(name), "settings.yml"), at);
}
