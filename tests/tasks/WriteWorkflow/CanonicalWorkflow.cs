using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>A workflow in a form that does not depend on the order of anything or on ids: jobs by the name of their first output.</summary>
internal sealed class CanonicalWorkflow
{
    public required Dictionary<string, Job> Jobs { get; init; }

    internal sealed record Job(
        string Name,
        IReadOnlyList<string> Arguments,
        IReadOnlyList<string> Inputs,
        IReadOnlyList<(string File, bool StageOut, bool Register)> Outputs,
        IReadOnlyDictionary<string, string> Condor,
        IReadOnlyList<string> Parents
    )
    {
        /// <summary>Its environment, where it was read.</summary>
        public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    }

    /// <summary>What the original made, in the form that is kept of it.</summary>
    public static CanonicalWorkflow OfReference(string path)
    {
        var jobs = JsonNode.Parse(File.ReadAllText(path))!["jobs"]!.AsObject();
        return new CanonicalWorkflow
        {
            Jobs = jobs.ToDictionary(
                j => j.Key,
                j => new Job(
                    j.Value!["name"]!.GetValue<string>(),
                    [.. j.Value["arguments"]!.AsArray().Select(a => a!.GetValue<string>())],
                    [
                        .. j.Value["uses"]!
                            .AsArray()
                            .Where(u => u!["type"]!.GetValue<string>() == "input")
                            .Select(u => u!["lfn"]!.GetValue<string>())
                            .Order(StringComparer.Ordinal),
                    ],
                    [
                        .. j.Value["uses"]!
                            .AsArray()
                            .Where(u => u!["type"]!.GetValue<string>() == "output")
                            .Select(u =>
                                (u!["lfn"]!.GetValue<string>(), u["stageOut"]!.GetValue<bool>(), u["registerReplica"]!.GetValue<bool>())
                            ),
                    ],
                    j.Value["profiles"]!["condor"]!.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>()),
                    [.. j.Value["parents"]!.AsArray().Select(p => p!.GetValue<string>())]
                )
            ),
        };
    }

    /// <summary>What we wrote.</summary>
    public static CanonicalWorkflow OfYaml(string path)
    {
        var stream = new YamlStream();
        using (var text = File.OpenText(path))
        {
            stream.Load(text);
        }

        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        var ids = new Dictionary<string, string>();
        var jobs = new Dictionary<string, Job>();
        foreach (var node in Sequence(root, "jobs").Cast<YamlMappingNode>())
        {
            var uses = Sequence(node, "uses").Cast<YamlMappingNode>().ToList();
            var outputs = uses.Where(u => Text(u, "type") == "output")
                .Select(u => (Text(u, "lfn"), bool.Parse(Text(u, "stageOut")), bool.Parse(Text(u, "registerReplica"))))
                .ToList();
            var key = outputs.Select(o => o.Item1.Replace("logs/", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal).First();
            ids.Add(Text(node, "id"), key);
            var profiles = (YamlMappingNode)node["profiles"];
            jobs.Add(
                key,
                new Job(
                    Text(node, "name"),
                    [.. Sequence(node, "arguments").Select(a => a.ToString())],
                    [.. uses.Where(u => Text(u, "type") == "input").Select(u => Text(u, "lfn")).Order(StringComparer.Ordinal)],
                    outputs,
                    Profiles(profiles, "condor"),
                    []
                )
                {
                    Environment = Profiles(profiles, "env"),
                }
            );
        }

        var parents = jobs.Keys.ToDictionary(k => k, _ => new List<string>());
        foreach (var dependency in Sequence(root, "jobDependencies").Cast<YamlMappingNode>())
        {
            foreach (var child in Sequence(dependency, "children"))
            {
                parents[ids[child.ToString()]].Add(ids[Text(dependency, "id")]);
            }
        }

        return new CanonicalWorkflow
        {
            Jobs = jobs.ToDictionary(j => j.Key, j => j.Value with { Parents = [.. parents[j.Key].Order(StringComparer.Ordinal)] }),
        };
    }

    private static Dictionary<string, string> Profiles(YamlMappingNode profiles, string kind) =>
        profiles.Children.TryGetValue(kind, out var found)
            ? ((YamlMappingNode)found).ToDictionary(p => p.Key.ToString(), p => p.Value.ToString())
            : [];

    /// <summary>A requirements expression as the sorted set of its &amp;&amp; terms, each a sorted set of || terms.</summary>
    public static string Terms(string expression)
    {
        var text = expression.Trim();
        while (text.StartsWith('(') && Closes(text))
        {
            text = text[1..^1].Trim();
        }

        var ors = Split(text, "||");
        if (ors.Count > 1)
        {
            var terms = ors.Select(Terms).Distinct().Order(StringComparer.Ordinal).ToList();
            return terms.Count == 1 ? terms[0] : $"({string.Join(" || ", terms)})";
        }

        var ands = Split(text, "&&");
        return ands.Count == 1
            ? text
            : string.Join(" && ", ands.SelectMany(a => Split(Terms(a), "&&")).Distinct().Order(StringComparer.Ordinal));
    }

    private static bool Closes(string text)
    {
        var depth = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth +=
                text[i] == '(' ? 1
                : text[i] == ')' ? -1
                : 0;
            if (depth == 0 && i < text.Length - 1)
            {
                return false;
            }
        }

        return text.EndsWith(')');
    }

    private static List<string> Split(string text, string by)
    {
        var parts = new List<string>();
        int depth = 0,
            begin = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            depth +=
                quoted ? 0
                : text[i] == '(' ? 1
                : text[i] == ')' ? -1
                : 0;
            if (!quoted && depth == 0 && string.CompareOrdinal(text, i, by, 0, by.Length) == 0)
            {
                parts.Add(text[begin..i].Trim());
                begin = i + by.Length;
                i += by.Length - 1;
            }
        }

        parts.Add(text[begin..].Trim());
        return parts;
    }

    private static IEnumerable<YamlNode> Sequence(YamlMappingNode node, string key) => ((YamlSequenceNode)node[key]).Children;

    private static string Text(YamlMappingNode node, string key) => node[key].ToString();
}
