using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Files;

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
public static partial class UserLog
{
    /// <summary>Maximum lines of an event; a longer one is skipped.</summary>
    private const int LongestEvent = 1000;

    /// <summary>The events in order. An incomplete event, and text that is not an event, is skipped.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The log.</param>
    /// <param name="zone">The submit host's time zone: the log's times are local.</param>
    /// <param name="newest">No event is later; gives the year to times of old logs that have none.</param>
    public static IEnumerable<LogEvent> Read(IFileSystem disk, string path, TimeZoneInfo zone, DateTimeOffset newest)
    {
        LogEvent? open = null;
        var body = new List<string>();
        foreach (var line in BoundedText.Statements(disk, path))
        {
            if (line == "...")
            {
                if (open is not null)
                {
                    yield return open;
                }

                open = null;
                continue;
            }

            if (
                line.Length > 20
                && line[3] == ' '
                && line[4] == '('
                && Header().Match(line) is { Success: true } match
                && TimeOf(match.Groups["time"].Value, zone, newest) is { } at
            )
            {
                // A writer that died left its event open; the next event starts here.
                body = [];
                open = new LogEvent(
                    Number(match.Groups["number"]),
                    Number(match.Groups["cluster"]),
                    Number(match.Groups["proc"]),
                    at,
                    match.Groups["title"].Value,
                    body
                );
            }
            else if (open is not null && line.Length > 0 && body.Count < LongestEvent)
            {
                body.Add(line.Trim());
            }
        }
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

    private static int Number(Group group) => int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<number>[0-9]{3}) \((?<cluster>[0-9]{1,9})\.(?<proc>[0-9]{1,9})\.[0-9]+\) "
            + @"(?<time>[0-9]{2}/[0-9]{2} [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9:]{8}(?:\.[0-9]+)?(?:Z|[+-][0-9:]{4,5})?)"
            + @" ?(?<title>.*)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Header();
}
