using System.Text.Json;
using Outsource.Model.Levels;

namespace Outsource.Tests.Model.Levels;

[TestFixture]
internal sealed class LevelPlanTests
{
    private static readonly string[] EventInfo = ["event_info_double"];

    private static IEnumerable<TestCaseData> Cases()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Today.Folder, "levels.json")));
        foreach (var item in json.RootElement.Clone().EnumerateArray())
        {
            yield return new TestCaseData(item).SetArgDisplayNames($"{item.GetProperty("seen")} {item.GetProperty("detector")}");
        }
    }

    /// <summary>Levels and stored types are those of the Python program, but for the types that it forgets (event_ms_naive).</summary>
    [TestCaseSource(nameof(Cases))]
    public void Should_make_the_levels_of_the_python_program(JsonElement expected)
    {
        string[] Texts(string field) => [.. expected.GetProperty(field).EnumerateArray().Select(e => e.GetString()!)];
        var forgotten = Texts("asked").Where(t => t == "event_ms_naive");

        var plan = Of(expected.GetProperty("detector").GetString()!, Texts("asked"), expected.GetProperty("mode").GetString());

        Assert.That(plan.Lower.Types, Is.EqualTo(Texts("lower")));
        Assert.That(plan.Upper.Types, Is.EqualTo(Texts("upper")));
        Assert.That(Stored(plan.Lower), Is.EquivalentTo(Texts("lower_stored")));
        Assert.That(Stored(plan.Upper), Is.EquivalentTo(Texts("upper_stored").Concat(forgotten)));
    }

    [Test]
    public void Should_make_the_whole_lower_level_if_only_an_event_type_is_asked_for()
    {
        var plan = Of("tpc", EventInfo);

        Assert.That(
            plan.Lower.Makes,
            Is.EqualTo(new[] { "peaklets", "peaklet_classification", "peaklet_positions_cnf", "peaklet_positions_mlp" })
        );
        Assert.That(
            plan.Lower.Stored.Select(s => (s.Type.Name, s.Because, s.Of)),
            Does.Contain(("veto_regions", StoredBecause.Together, "records"))
        );
        Assert.That(Stored(plan.Upper), Has.Member("event_info").And.Member("distinct_channels").And.No.Member("event_info_double"));
    }

    [Test]
    public void Should_say_what_an_umbrella_stands_for()
    {
        var plan = Of("tpc", EventInfo);

        Assert.That(plan.NotStored.Select(n => n.Type), Is.EqualTo(EventInfo));
        Assert.That(plan.NotStored[0].Why, Does.Contain("event_info, distinct_channels").And.Contain("+event_info_double stores it too"));
        Assert.That(Stored(Of("tpc", ["+event_info_double"]).Upper), Has.Member("event_info_double"));
    }

    [Test]
    public void Should_store_a_target_type_if_it_is_asked_for()
    {
        Assert.That(Stored(Of("tpc", EventInfo).Upper), Has.No.Member("event_ms_naive"));

        var plan = Of("tpc", ["event_ms_naive"]);

        Assert.That(
            plan.Upper.Stored.Single(s => s.Type.Name == "event_ms_naive"),
            Has.Property("Because").EqualTo(StoredBecause.Asked).And.Property("IsMade").True
        );
    }

    [TestCase("tpc_pmtap", "afterpulses")]
    [TestCase("tpc_pmtgain", "led_calibration")]
    public void Should_make_only_the_types_of_an_led_mode(string mode, string type)
    {
        var plan = Of("tpc", ["peaklets", "afterpulses", "led_calibration", "event_info"], mode);

        Assert.That((string.Join(' ', plan.Lower.Types), plan.Upper.Types), Is.EqualTo((type, Array.Empty<string>())));
        Assert.That(Of("tpc", ["event_info"], mode).Lower.Types, Is.Empty, "nothing that is asked for is made in this mode");
    }

    [Test]
    public void Should_make_nothing_if_no_type_of_the_detector_is_asked_for()
    {
        var plan = Of("muon_veto", EventInfo);

        Assert.That((plan.Lower.Stored.Length, plan.Upper.Stored.Length, plan.NotStored.Length), Is.EqualTo((0, 0, 0)));
    }

    [Test]
    public void Should_say_which_type_a_context_does_not_have()
    {
        var plan = Of("tpc", ["event_se_density"]);

        Assert.That(plan.NotStored, Is.EqualTo(new[] { new NotStored("event_se_density", "this context does not have it") }));
        Assert.That(plan.Upper.Stored, Is.Empty);
    }

    private static LevelPlan Of(string detector, IReadOnlyCollection<string> asked, string? mode = null) =>
        LevelPlan.Of(Today.Tree, Today.Table, Today.Detector(detector), asked, mode);

    private static IEnumerable<string> Stored(Level level) => level.Stored.Select(s => s.Type.Name);
}
