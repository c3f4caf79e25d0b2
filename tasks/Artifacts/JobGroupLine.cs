using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>A line of <c>plan.jsonl</c>: one group of jobs.</summary>
internal static class JobGroupLine
{
    /// <summary>Writes the line, without its end.</summary>
    /// <param name="json">Where.</param>
    /// <param name="group">The group.</param>
    /// <param name="attempts">What jobs ask for at each attempt; null: a plan by type.</param>
    /// <param name="texts">What recurs from group to group.</param>
    public static void Write(Utf8JsonWriter json, JobGroup group, PlannedAttempts? attempts, RecurringTexts texts)
    {
        json.WriteStartObject();
        json.WriteNumber("run", group.Run);
        json.WriteString("type", group.Type);
        json.WriteString("job", group.JobName);
        json.WriteNumber("chunks", group.Chunks);
        json.WriteNumber("chunks_per_job", group.ChunksPerJob);
        json.WriteNumber("jobs", group.Jobs);
        if (group.Level is { } level)
        {
            LevelJobsLine.Write(json, group, level, attempts!);
        }
        else
        {
            WriteResources(json, "resources", group.Resources);
            WriteResources(json, "combine_resources", group.CombineResources);
        }

        WritePlaces(json, group, texts);
        json.WriteStartObject("input");
        LevelJobsLine.WriteInput(json, group.Level);
        json.WriteString("kind", LedgerFile.Spell(group.Input.Kind));
        json.WriteString("type", group.Input.Type);
        if (group.Input.Did is not null && group.Level is null)
        {
            json.WriteString("did", group.Input.Did);
        }

        json.WriteTexts("rses", group.Input.Rses);
        if (group.InputBytes is { } bytes)
        {
            json.WriteNumber("bytes", bytes);
        }

        json.WriteEndObject();
        json.WriteTexts("parents", group.Parents);
        json.WriteStartObject(group.Level is null ? "hashes" : "stores");
        foreach (var (type, hash) in group.Hashes)
        {
            json.WriteString(type, hash);
        }

        json.WriteEndObject();
        json.WriteTexts(
            "outputs",
            group.Chunked ? [group.OutputOf(0), "…", group.OutputOf(group.ProcessingJobs - 1), group.LastOutput] : [group.LastOutput]
        );
        json.WriteEndObject();
    }

    private static void WritePlaces(Utf8JsonWriter json, JobGroup group, RecurringTexts texts)
    {
        json.WriteString("requirements", texts.Of(group.Requirements));
        WriteIfKnown("combine_requirements", group.CombineRequirements);
        WriteIfKnown("desired_sites", group.DesiredSites);
        WriteIfKnown("rank", group.Rank);

        void WriteIfKnown(string name, string? text)
        {
            if (text is not null)
            {
                json.WriteString(name, texts.Of(text));
            }
        }
    }

    private static void WriteResources(Utf8JsonWriter json, string name, Resources? resources)
    {
        if (resources is not null)
        {
            json.WriteStartObject(name);
            json.WriteNumber("memory_mb", resources.MemoryMb);
            json.WriteNumber("disk_kb", resources.DiskKb);
            json.WriteEndObject();
        }
    }

    /// <summary>Reads lines. What recurs from group to group is held once. Not thread safe.</summary>
    internal sealed class Reader
    {
        private readonly LedgerLineReader _inputs = new();
        private readonly RecurringJson<Resources> _resources = new(ReadResources);
        private readonly RecurringJson<ImmutableSortedDictionary<string, string>> _hashes = new(json =>
            json.EnumerateObject().ToImmutableSortedDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal)
        );

        /// <summary>Reads the line.</summary>
        public JobGroup Read(JsonElement json) => JobGroupLine.Read(json, this);

        public PlannedInput Input(JsonElement json) => _inputs.Input(json);

        public string Text(JsonElement json) => _inputs.Name(json);

        public string? TextOf(JsonElement json, string name) => json.TryGetProperty(name, out var text) ? Text(text) : null;

        public ImmutableArray<string> List(JsonElement json) => _inputs.List(json);

        public Resources Resources(JsonElement json) => _resources.Of(json);

        public ImmutableSortedDictionary<string, string> Hashes(JsonElement json) => _hashes.Of(json);
    }

    private static JobGroup Read(JsonElement json, Reader known)
    {
        var input = json.GetProperty("input");
        var level = LevelJobsLine.Read(json);
        return new JobGroup
        {
            Level = level,
            Run = json.GetProperty("run").GetInt32(),
            Type = known.Text(json.GetProperty("type")),
            JobName = known.Text(json.GetProperty("job")),
            Chunks = json.GetProperty("chunks").GetInt32(),
            ChunksPerJob = json.GetProperty("chunks_per_job").GetInt32(),
            Resources = level is null
                ? known.Resources(json.GetProperty("resources"))
                : new Resources(level.PerJob.Max(r => r.MemoryMb), level.PerJob.Max(r => r.DiskKb)),
            CombineResources = level is not null ? LevelJobsLine.ReadCombine(json)
                : json.TryGetProperty("combine_resources", out var combine) ? known.Resources(combine)
                : null,
            Requirements = known.Text(json.GetProperty("requirements")),
            CombineRequirements = known.TextOf(json, "combine_requirements"),
            DesiredSites = known.TextOf(json, "desired_sites"),
            Rank = known.TextOf(json, "rank"),
            Input = known.Input(input),
            InputBytes = input.TryGetProperty("bytes", out var bytes) ? bytes.GetInt64() : null,
            Parents = known.List(json.GetProperty("parents")),
            Hashes = known.Hashes(json.GetProperty(level is null ? "hashes" : "stores")),
        };
    }

    private static Resources ReadResources(JsonElement json) =>
        new(json.GetProperty("memory_mb").GetInt64(), json.GetProperty("disk_kb").GetInt64());
}
