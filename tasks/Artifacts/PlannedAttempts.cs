using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Model.Levels;
using Outsource.Model.Planning;
using Outsource.Settings.Keys;

namespace Outsource.Artifacts;

/// <summary>What the jobs of a level ask for at each attempt, as a line of <c>plan.jsonl</c> lists it.</summary>
/// <param name="settings">The settings.</param>
public sealed class PlannedAttempts(OutsourceSettings settings)
{
    /// <summary>How requests grow.</summary>
    public RetryLadder Ladder { get; } = LadderOf(settings);

    /// <summary>How requests grow with retries: by as much again in a plan by type, by a tenth in a plan by level.</summary>
    public static RetryLadder LadderOf(OutsourceSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new RetryLadder(settings.DagmanRetry, settings.DagmanStaticRetry, settings.Increment);
    }

    /// <summary>When jobs of a kind are held.</summary>
    public static TimeLimits LimitsOf(OutsourceSettings settings, LevelJob job)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new TimeLimits(
            settings.PegasusMaxHoursIdle,
            job switch
            {
                LevelJob.Lower => settings.PegasusMaxHoursLower,
                LevelJob.Combine => settings.PegasusMaxHoursCombine,
                LevelJob.Upper => settings.PegasusMaxHoursUpper,
            }
        );
    }

    /// <summary>Writes the list.</summary>
    /// <param name="json">Where.</param>
    /// <param name="job">The kind of job.</param>
    /// <param name="first">What each job asks for at its first attempt.</param>
    internal void Write(Utf8JsonWriter json, LevelJob job, ImmutableArray<Resources> first)
    {
        var limits = LimitsOf(settings, job);
        json.WriteStartArray("attempts");
        for (var retry = 0; retry < Ladder.Attempts; retry++)
        {
            json.WriteStartObject();
            WriteList(json, "memory", first.Select(r => Ladder.WholeAt(r.MemoryMb, retry)));
            WriteList(json, "disk_kb", first.Select(r => Ladder.WholeAt(r.DiskKb, retry)));
            WriteHours(json, "idle_h", limits.IdleHours, retry);
            WriteHours(json, "run_h", limits.RunHours, retry);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private void WriteHours(Utf8JsonWriter json, string name, double? hours, int retry)
    {
        if (hours is { } first)
        {
            json.WriteNumber(name, Math.Round(Ladder.At(TimeLimits.Seconds(first), retry) / 3600, 6));
        }
    }
}
