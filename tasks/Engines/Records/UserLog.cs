using System.Globalization;
using System.IO.Abstractions;

namespace Outsource.Engines.Records;

/// <summary>An event of HTCondor's job event log.</summary>
/// <param name="Number">Its kind: 0 submitted, 1 executing, 4 evicted, 5 terminated, 6 image size, 9 aborted, 12 held, 13 released, 16 POST
/// script ended, 22 machine lost, 23 machine found again, 24 machine given up.</param>
/// <param name="Cluster">The job's cluster.</param>
/// <param name="Proc">The job's process.</param>
/// <param name="At">When.</param>
/// <param name="Title">The rest of its first line.</param>
/// <param name="Body">Its other lines, without their indent.</param>
public sealed record LogEvent(int Number, int Cluster, int Proc, DateTimeOffset At, string Title, IReadOnlyList<string> Body)
{
    /// <summary>Its DAG node: submit events and those of scripts name it.</summary>
    public string? Node => Body.FirstOrDefault(l => l.StartsWith("DAG Node: ", StringComparison.Ordinal))?["DAG Node: ".Length..].Trim();
}

/// <summary>Reads HTCondor's job event logs (<c>NAME.dag.nodes.log</c>, which DAGMan itself uses) as streams.</summary>
public static class UserLog
{
    /// <summary>The events in order. An incomplete event, and text that is not an event, is skipped.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The log.</param>
    /// <param name="zone">The submit host's time zone: the log's times are local.</param>
    /// <param name="newest">No event is later; gives the year to times of old logs that have none.</param>
    public static IEnumerable<LogEvent> Read(IFileSystem disk, string path, TimeZoneInfo zone, DateTimeOffset newest)
    {
        using var log = new EventReader(disk, path, new EventTime(zone, newest));
        while (log.Next())
        {
            yield return new LogEvent(log.Number, log.Cluster, log.Proc, new DateTimeOffset(log.At, TimeSpan.Zero), log.Title, log.Lines());
        }
    }

    /// <summary>The greatest cluster that a log says was submitted; -1: none was.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The log.</param>
    /// <param name="zone">The submit host's time zone.</param>
    /// <param name="newest">No event is later.</param>
    public static int LastSubmitted(IFileSystem disk, string path, TimeZoneInfo zone, DateTimeOffset newest)
    {
        using var log = new EventReader(disk, path, new EventTime(zone, newest));
        var last = -1;
        while (log.Next())
        {
            last = log.Number == 0 ? Math.Max(last, log.Cluster) : last;
        }

        return last;
    }

    /// <summary>Reads a time: <c>2026-11-22 16:41:24</c>, with or without fraction and zone, or the older <c>11/22 16:41:24</c>.</summary>
    public static DateTimeOffset? TimeOf(string text, TimeZoneInfo zone, DateTimeOffset newest)
    {
        if (text.Length > 2 && text[2] == '/')
        {
            if (
                !DateTime.TryParseExact(
                    $"{newest.Year}/{text}",
                    "yyyy/MM/dd HH:mm:ss",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out var guess
                )
            )
            {
                return null;
            }

            var time = Local(guess, zone);
            return time > newest.AddDays(1) ? Local(guess.AddYears(-1), zone) : time;
        }

        if (text.Length > 19 && text.AsSpan(19).ContainsAny('Z', '+', '-'))
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var exact)
                ? exact
                : null;
        }

        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? Local(local, zone) : null;
    }

    private static DateTimeOffset Local(DateTime time, TimeZoneInfo zone)
    {
        var plain = DateTime.SpecifyKind(time, DateTimeKind.Unspecified);
        return new DateTimeOffset(plain, zone.GetUtcOffset(plain)).ToUniversalTime();
    }
}
