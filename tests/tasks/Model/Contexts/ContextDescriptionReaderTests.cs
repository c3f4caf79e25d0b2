using System.Text.Json.Nodes;
using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Tests.Model.Levels;

namespace Outsource.Tests.Model.Contexts;

[TestFixture]
internal sealed class ContextDescriptionReaderTests
{
    [TestCase(0, 10, "wjqsi5lq4x")]
    [TestCase(10, 12, "ws5m375zci")]
    public void Should_name_parts_as_strax_does(int start, int stop, string hash)
    {
        Assert.That(Today.Description.PartHash("raw_records", "peaklets", start, stop), Is.EqualTo(hash));
        Assert.That(Today.Description.PartHash("raw_records_mv", "peaklets", start, stop), Is.Null);
    }

    [Test]
    public void Should_read_what_the_exporter_writes()
    {
        var read = Today.Description;

        Assert.That((read.Name, read.XedocsVersion, read.Tag), Is.EqualTo(("xenonnt_offline", "global_v16", "2025.07.1")));
        Assert.That((read.Tree.Plugins, read.Tree.Order.Length), Is.EqualTo((77, 89)));
        Assert.That(read.Tree["peaklets"], Is.EqualTo(new ContextType("peaklets", SaveWhen.Always, "peaklets", 3425, "hcbk2nr2fc")));
        Assert.That(read.Versions["straxen"], Is.EqualTo("4.0.0"));
    }

    [TestCase("\"hcbk2nr2fc\"", "\"hcbk2nr2fd\"", "its content does not fit its sha256 (cab255ea4da56cf2")]
    [TestCase("\"sha256\"", "\"sha\"", "field 'sha256' is missing; it must be a text.")]
    [TestCase("outsource/context-description/1", "outsource/context-description/2", "the schema is not")]
    [TestCase("\"itemsize\": 3425", "\"itemsize\": 0", "'itemsize' must be a whole number of bytes above 0, or null.")]
    [TestCase("\"itemsize\": 3425", "\"itemsize\": 3425.5", "'itemsize' must be a whole number of bytes above 0, or null.")]
    [TestCase("\"save_when\": \"NEVER\"", "\"save_when\": \"SOMETIMES\"", "'save_when' must be NEVER, EXPLICIT, TARGET or ALWAYS.")]
    [TestCase("\"save_when\": \"NEVER\"", "\"save_when\": \"3\"", "'save_when' must be NEVER, EXPLICIT, TARGET or ALWAYS.")]
    [TestCase("\"hcbk2nr2fc\"", "\"../../../x1\"", "'../../../x1' is not a lineage hash (10 characters a to z, 2 to 7).")]
    [TestCase("\"class\": \"AqmonHits\"", "\"klass\": \"AqmonHits\"", "plugin 1 is not an object with a 'class'.")]
    public void Should_refuse_what_cannot_be(string part, string other, string words)
    {
        Assert.That(Today.Text, Does.Contain(part), "the case is about something else");

        Assert.That(Faults(Today.Text.Replace(part, other, StringComparison.Ordinal)), Has.Some.Contain(words));
    }

    [Test]
    public void Should_refuse_another_order_than_that_of_the_dependencies()
    {
        var json = JsonNode.Parse(Today.Text)!.AsObject();
        var order = json["order"]!.AsArray();
        var (seventh, eighth) = (order[7]!.DeepClone(), order[8]!.DeepClone());
        (order[7], order[8]) = (eighth, seventh);

        Assert.That(
            Faults(json.ToJsonString()),
            Has.Some.Contain("field 'order' has 'afterpulses' at place 8, where the dependencies have 'aqmon_hits'.")
        );
    }

    [TestCase("a", "b", "a", "these types depend on each other in a circle: a, b")]
    [TestCase("a", "b", "c", "B depends on 'c', which no plugin makes")]
    [TestCase("b", "b", "b", "'b' is made by two plugins, A and B")]
    public void Should_refuse_a_tree_that_cannot_be(string first, string firstNeeds, string secondNeeds, string words)
    {
        ContextPlugin[] plugins = [new("A", [first], [firstNeeds], true), new("B", ["b"], [secondNeeds], true)];

        var tree = DependencyTree.Of(plugins, new Dictionary<string, ContextType>(), out var wrong);

        Assert.That(tree, Is.Null);
        Assert.That(wrong, Has.Some.EqualTo(words));
    }

    [Test]
    public void Should_order_a_long_chain_without_using_up_the_stack()
    {
        const int Long = 5000;
        var plugins = Enumerable
            .Range(0, Long)
            .Select(i => new ContextPlugin($"P{i}", [$"t{i}"], i == 0 ? [] : [$"t{i - 1}"], true))
            .Reverse()
            .ToList();
        var types = plugins.ToDictionary(
            p => p.Provides[0],
            p => new ContextType(p.Provides[0], SaveWhen.Always, "x", 1, null),
            StringComparer.Ordinal
        );

        var tree = DependencyTree.Of(plugins, types, out _)!;

        Assert.That((tree.Order[0], tree.Order[^1]), Is.EqualTo(("t0", $"t{Long - 1}")));
        Assert.That(tree.Stored([$"t{Long - 1}"]), Has.Count.EqualTo(Long - 1));
    }

    private static List<string> Faults(string text)
    {
        var faults = new List<Fault>();
        Assert.That(Today.Read(text, faults), Is.Null);
        return [.. faults.Select(f => f.Text)];
    }
}
