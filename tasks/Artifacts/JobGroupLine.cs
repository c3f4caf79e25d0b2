using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Text;
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
    public static void Write(Utf8JsonWriter json, JobGroup group, PlannedAttempts? attempts)
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

        WritePlaces(json, group);
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

    private static void WritePlaces(Utf8JsonWriter json, JobGroup group)
    {
        json.WriteString("requirements", group.Requirements);
        WriteIfKnown(json, "combine_requirements", group.CombineRequirements);
        WriteIfKnown(json, "desired_sites", group.DesiredSites);
        WriteIfKnown(json, "rank", group.Rank);
    }

    private static void WriteIfKnown(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
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

    /// <summary>Reads the line.</summary>
    public static JobGroup Read(JsonElement json)
    {
        var input = json.GetProperty("input");
        var level = LevelJobsLine.Read(json);
        return new JobGroup
        {
            Level = level,
            Run = json.GetProperty("run").GetInt32(),
            Type = json.GetProperty("type").GetString()!,
            JobName = json.GetProperty("job").GetString()!,
            Chunks = json.GetProperty("chunks").GetInt32(),
            ChunksPerJob = json.GetProperty("chunks_per_job").GetInt32(),
            Resources = level is null
                ? ReadResources(json.GetProperty("resources"))
                : new Resources(level.PerJob.Max(r => r.MemoryMb), level.PerJob.Max(r => r.DiskKb)),
            CombineResources = level is not null ? LevelJobsLine.ReadCombine(json)
                : json.TryGetProperty("combine_resources", out var combine) ? ReadResources(combine)
                : null,
            Requirements = json.GetProperty("requirements").GetString()!,
            CombineRequirements = json.TryGetProperty("combine_requirements", out var combineRequirements)
                ? combineRequirements.GetString()
                : null,
            DesiredSites = json.TryGetProperty("desired_sites", out var sites) ? sites.GetString() : null,
            Rank = json.TryGetProperty("rank", out var rank) ? rank.GetString() : null,
            Input = LedgerFile.ReadInput(input),
            InputBytes = input.TryGetProperty("bytes", out var bytes) ? bytes.GetInt64() : null,
            Parents = [.. json.GetProperty("parents").EnumerateArray().Select(p => p.GetString()!)],
            Hashes = json.GetProperty(level is null ? "hashes" : "stores")
                .EnumerateObject()
                .ToImmutableSortedDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal),
        };
    }

    private static Resources ReadResources(JsonElement json) =>
        new(json.GetProperty("memory_mb").GetInt64(), json.GetProperty("disk_kb").GetInt64());
}
