using System.Text.Json;
using Outsource.Tests.Build;

namespace Outsource.Tests.WriteWorkflow;

/// <summary>
/// A case of the Python program of today: its arguments, its configuration, and the jobs that it made of the inputs in tests/reference-today.
/// </summary>
internal sealed record TodayCase(string Name, string Arguments, IReadOnlyList<string> Changes, IReadOnlyList<TodayJob> Jobs)
{
    private static readonly string Folder = Path.Combine(Checkout.Root, "tests", "reference-today");

    /// <summary>All cases.</summary>
    public static IReadOnlyDictionary<string, TodayCase> All { get; } = Read();

    /// <summary>Our own model of levels and resources, with chunks in the order of their numbers: a line for each run and detector.</summary>
    public static IReadOnlyList<JsonElement> Model { get; } =
        [.. File.ReadLines(Path.Combine(Folder, "model.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];

    /// <summary>A file of the inputs.</summary>
    public static string Input(string name) => Path.Combine(Folder, name);

    /// <summary>The configuration of the case, with other values where a test needs them.</summary>
    public string Configuration(params (string Key, string Value)[] others)
    {
        var text = File.ReadAllLines(Input("xenon_config")).ToList();
        void Set(string key, string? value)
        {
            text.RemoveAll(l => l.Split('=')[0].Trim() == key);
            if (value is not null)
            {
                text.Add($"{key} = {value}");
            }
        }

        foreach (var change in Changes)
        {
            if (change.StartsWith("(without ", StringComparison.Ordinal))
            {
                Set(change["(without ".Length..^1], null);
            }
            else
            {
                Set(change.Split('=')[0].Trim(), change.Split('=', 2)[1].Trim());
            }
        }

        foreach (var (key, value) in others)
        {
            Set(key, value);
        }

        return string.Join('\n', text) + "\n";
    }

    private static Dictionary<string, TodayCase> Read()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "workflows.json")));
        var texts = json.RootElement.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!).ToList();
        return json
            .RootElement.GetProperty("cases")
            .EnumerateObject()
            .ToDictionary(
                c => c.Name,
                c => new TodayCase(
                    c.Name,
                    c.Value.GetProperty("arguments").GetString()!,
                    [.. c.Value.GetProperty("changes").EnumerateArray().Select(x => x.GetString()!)],
                    [.. c.Value.GetProperty("jobs").EnumerateArray().Select(j => TodayJob.Of(j, texts))]
                )
            );
    }
}

/// <summary>A job that the Python program made.</summary>
internal sealed record TodayJob(string Output, string Name, IReadOnlyList<string> Parents, IReadOnlyList<string> StagedOut)
{
    public IReadOnlyDictionary<string, string?> Condor { get; private init; } = new Dictionary<string, string?>();

    public int Run => int.Parse(Output.Replace("untar-", "", StringComparison.Ordinal)[..6]);

    public static TodayJob Of(JsonElement json, List<string> texts)
    {
        string? Text(string name) =>
            json.GetProperty(name) is { ValueKind: JsonValueKind.Number } index ? texts[index.GetInt32()] : null;
        IReadOnlyList<string> Texts(string name) => [.. json.GetProperty(name).EnumerateArray().Select(i => texts[i.GetInt32()])];
        return new TodayJob(Text("output")!, json.GetProperty("name").GetString()!, Texts("parents"), Texts("stage_out"))
        {
            Condor = new Dictionary<string, string?>
            {
                ["request_memory"] = Text("memory"),
                ["request_disk"] = Text("disk"),
                ["periodic_hold"] = Text("hold"),
                ["requirements"] = Text("requirements"),
                ["rank"] = Text("rank"),
                ["+XENON_DESIRED_Sites"] = Text("sites"),
            },
        };
    }
}
