using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Text;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>What a line of <c>plan.jsonl</c> has besides in a plan by level.</summary>
internal static class LevelJobsLine
{
    /// <summary>Writes the level's fields.</summary>
    public static void Write(Utf8JsonWriter json, JobGroup group, LevelJobs level, PlannedAttempts attempts)
    {
        json.WriteString("detector", level.Detector);
        json.WriteString("level", level.Kind == LevelKind.Lower ? "lower" : "upper");
        json.WriteTexts("types", level.Types);
        json.WriteTexts("makes", level.Makes);
        json.WriteTexts("to_make", level.ToMake);
        json.WriteTexts("missing", level.Missing);
        WriteChunks(json, "groups", group);
        json.WriteNumber("cores", level.Cores);
        attempts.Write(json, level.Kind == LevelKind.Lower ? LevelJob.Lower : LevelJob.Upper, level.PerJob);
        if (group.CombineResources is { } combine)
        {
            json.WriteStartObject("combine");
            json.WriteNumber("cores", level.CombineCores);
            attempts.Write(json, LevelJob.Combine, [combine]);
            json.WriteString("desired_sites", level.CombineDesiredSites);
            json.WriteEndObject();
        }

        json.WriteString("key", level.Key);
        if (level.Remark is not null)
        {
            json.WriteString("remark", level.Remark);
        }
    }

    /// <summary>Writes the chunks of each processing job, half open; none where one job makes the whole run.</summary>
    public static void WriteChunks(Utf8JsonWriter json, string name, JobGroup group)
    {
        json.WriteStartArray(name);
        for (var i = 0; group.Chunked && i < group.ProcessingJobs; i++)
        {
            var (start, stop) = group.ChunksOf(i);
            json.WriteStartArray();
            json.WriteNumberValue(start);
            json.WriteNumberValue(stop);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the raw data, as part of the line's input.</summary>
    public static void WriteInput(Utf8JsonWriter json, LevelJobs? level)
    {
        if (level is null)
        {
            return;
        }

        json.WriteString("did", level.Input.Did);
        json.WriteNumber("chunks", level.Input.Chunks);
        json.WriteNumber("mb", Math.Round(level.Input.StoredMb, 6));
        json.WriteNumber("size_mb", level.Input.SizeMb);
    }

    /// <summary>Reads the level's fields; null: the line is of a plan by type.</summary>
    public static LevelJobs? Read(JsonElement json)
    {
        if (!json.TryGetProperty("level", out var kind))
        {
            return null;
        }

        var input = json.GetProperty("input");
        return new LevelJobs(
            json.GetProperty("detector").GetString()!,
            kind.GetString() switch
            {
                "lower" => LevelKind.Lower,
                "upper" => LevelKind.Upper,
                var other => throw new FormatException($"unknown level '{other}'"),
            },
            json.GetProperty("key").GetString()!
        )
        {
            Types = ReadList(json, "types"),
            Makes = ReadList(json, "makes"),
            ToMake = ReadList(json, "to_make"),
            Missing = ReadList(json, "missing"),
            Stops = [.. json.GetProperty("groups").EnumerateArray().Select(g => g[1].GetInt32())],
            PerJob = First(json),
            Cores = json.GetProperty("cores").GetInt32(),
            CombineCores = json.TryGetProperty("combine", out var combine) ? combine.GetProperty("cores").GetInt32() : 1,
            CombineDesiredSites = json.TryGetProperty("combine", out combine) ? combine.GetProperty("desired_sites").GetString() : null,
            Remark = json.TryGetProperty("remark", out var remark) ? remark.GetString() : null,
            Input = new LevelInput(
                input.GetProperty("did").GetString()!,
                input.GetProperty("chunks").GetInt32(),
                input.GetProperty("mb").GetDouble(),
                input.GetProperty("size_mb").GetDouble()
            ),
        };
    }

    /// <summary>What the combine job asks for at its first attempt; null: there is none.</summary>
    public static Resources? ReadCombine(JsonElement json) => json.TryGetProperty("combine", out var combine) ? First(combine)[0] : null;

    /// <summary>What each job asks for at its first attempt.</summary>
    private static ImmutableArray<Resources> First(JsonElement json)
    {
        var first = json.GetProperty("attempts")[0];
        return
        [
            .. first
                .GetProperty("memory")
                .EnumerateArray()
                .Zip(first.GetProperty("disk_kb").EnumerateArray(), (memory, disk) => new Resources(memory.GetInt64(), disk.GetInt64())),
        ];
    }

    private static ImmutableArray<string> ReadList(JsonElement json, string name) =>
        [.. json.GetProperty(name).EnumerateArray().Select(v => v.GetString()!)];
}
