using System.Text.Json;
using System.Text.Json.Nodes;
using NJsonSchema;
using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Fixtures;
using YamlDotNet.RepresentationModel;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>What we write, against the JSON schemas of a Pegasus installation (the folder in PEGASUS_SCHEMAS).</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
public sealed class PegasusSchemaTests
{
    private static string Schemas
    {
        get
        {
            if (Environment.GetEnvironmentVariable("PEGASUS_SCHEMAS") is not { Length: > 0 } folder)
            {
                Assert.Ignore(
                    "PEGASUS_SCHEMAS is not set to the folder of a Pegasus installation's YAML schemas (share/pegasus/schema/yaml), "
                        + "so the workflow is not checked against them."
                );
                return "";
            }

            return folder;
        }
    }

    [TestCase("workflow.yml", "wf-5.0.yml", "")]
    [TestCase("workflow.yml", "wf-5.0.yml", "--debug")]
    [TestCase("sites.yml", "sc-5.0.yml", "")]
    [TestCase("transformations.yml", "tc-5.0.yml", "")]
    [TestCase("replicas.yml", "rc-5.0.yml", "")]
    [TestCase("workflow.yml", "wf-5.0.yml", "--jobs-per-part=100")]
    [TestCase("parts/part-0000.yml", "wf-5.0.yml", "--jobs-per-part=100")]
    [TestCase("replicas.yml", "rc-5.0.yml", "--jobs-per-part=100")]
    [TestCase("transformations.yml", "tc-5.0.yml", "--jobs-per-part=100")]
    [TestCase("workflow.yml", "wf-5.0.yml", "--stage-out=combine,upper")]
    [TestCase("transformations.yml", "tc-5.0.yml", "--stage-out=combine,upper")]
    [TestCase("sites.yml", "sc-5.0.yml", "--stage-out=combine,upper")]
    public void Should_be_valid(string artifact, string schema, string option)
    {
        var schemas = Schemas;
        using var demo = new DemoRun();
        // Only a plan by level stages out by level.
        var config = Path.Combine(AppContext.BaseDirectory, "demo", "xenon_config_by_level");
        string[] options = option.StartsWith("--stage-out", StringComparison.Ordinal) ? [option, $"--config={config}"] : [option];
        var run = demo.Run(["--target=WriteWorkflow", "--name=schema", .. options.Where(o => o.Length > 0)]);
        Assert.That(run.ExitCode, Is.Zero, run.Error);

        var errors = Load(schemas, schema).Validate(ToJson(Path.Combine(demo.Generated("schema"), artifact)).ToJsonString());
        Assert.That(errors.Select(e => e.ToString()), Is.Empty);
    }

    [Test]
    public void Should_be_invalid_if_a_job_has_no_name()
    {
        // The check itself has to be able to fail.
        var schema = Load(Schemas, "wf-5.0.yml");

        Assert.That(
            schema.Validate("""{"pegasus": "5.0", "name": "x", "jobs": [{"type": "job", "id": "a", "arguments": [], "uses": []}]}"""),
            Is.Not.Empty
        );
        Assert.That(
            schema.Validate(
                """{"pegasus": "5.0", "name": "x", "jobs": [{"type": "job", "name": "n", "id": "a", "arguments": [], "uses": []}]}"""
            ),
            Is.Empty
        );
    }

    private static JsonSchema Load(string folder, string file) => JsonSchema.FromJsonAsync(Bundle(folder, file)).GetAwaiter().GetResult();

    /// <summary>One schema with the definitions of all four files in it: their references name one another's files.</summary>
    private static string Bundle(string folder, string file)
    {
        JsonObject Read(string name) => ToJson(Path.Combine(folder, name)).AsObject();
        var root = Read(file);
        var definitions = new JsonObject();
        foreach (var name in new[] { "common.yml", "sc-5.0.yml", "tc-5.0.yml", "rc-5.0.yml", "wf-5.0.yml" })
        {
            var part = Read(name);
            foreach (var (key, value) in part["$defs"]?.AsObject() ?? [])
            {
                definitions[$"{name}-{key}"] = Rename(value!.DeepClone(), name);
            }

            part.Remove("$defs");
            definitions[name] = Rename(part, name);
        }

        root.Remove("$defs");
        root = Rename(root, file).AsObject();
        root["definitions"] = definitions;
        return root.ToJsonString();
    }

    private static JsonNode Rename(JsonNode node, string file)
    {
        if (node is JsonObject map)
        {
            map.Remove("$schema");
            foreach (var key in map.Select(p => p.Key).ToList())
            {
                // Escapes that are no escapes for .NET's regular expressions.
                if (key == "pattern" && map[key] is JsonValue pattern)
                {
                    map[key] = pattern.GetValue<string>().Replace("\\_", "_", StringComparison.Ordinal);
                }
                else if (key.Contains("\\_", StringComparison.Ordinal))
                {
                    var child = map[key]!.DeepClone();
                    map.Remove(key);
                    map[key.Replace("\\_", "_", StringComparison.Ordinal)] = Rename(child, file);
                }
                else if (key == "$ref" && map[key] is JsonValue reference && reference.TryGetValue<string>(out var target))
                {
                    var (name, path) = target.Split('#') is [var n, var p] ? (n.Length > 0 ? n : file, p) : (target, "");
                    map[key] = path.Length > 0 ? $"#/definitions/{name}-{path.Split('/')[^1]}" : $"#/definitions/{name}";
                }
                else if (map[key] is { } child)
                {
                    Rename(child, file);
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (var child in list.OfType<JsonNode>())
            {
                Rename(child, file);
            }
        }

        return node;
    }

    private static JsonNode ToJson(string path)
    {
        var stream = new YamlStream();
        using var text = File.OpenText(path);
        stream.Load(text);
        return ToJson(stream.Documents[0].RootNode)!;
    }

    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(c.Key.ToString(), ToJson(c.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar => scalar.Value switch
            {
                "true" => true,
                "false" => false,
                "null" or "" or null => null,
                var text
                    when long.TryParse(
                        text,
                        System.Globalization.NumberStyles.AllowLeadingSign,
                        System.Globalization.CultureInfo.InvariantCulture,
                        out var number
                    ) => number,
                var text => text,
            },
            YamlScalarNode scalar => scalar.Value,
            _ => throw new JsonException("unknown node"),
        };
}
