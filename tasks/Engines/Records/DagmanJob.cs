using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;

namespace Outsource.Engines.Records;

/// <summary>
/// The history of DAGMan's own job in the schedd's log (<c>NAME.dag.dagman.log</c>). It also shows a DAGMan that could not write a log.
/// </summary>
/// <param name="Clusters">All jobs ever submitted, in order.</param>
/// <param name="Alive">Those that have not ended.</param>
/// <param name="Started">When the last one was submitted, UTC, or null.</param>
/// <param name="ReturnValue">Of the last one, when it ended by itself, or null.</param>
/// <param name="Removed">Whether the last one was removed from the queue.</param>
public sealed record DagmanJob(
    ImmutableArray<int> Clusters,
    ImmutableArray<int> Alive,
    DateTimeOffset? Started,
    int? ReturnValue,
    bool Removed
)
{
    private const string Return = "(1) Normal termination (return value ";

    /// <summary>The periods in which a DAGMan ran, in order; the last one may not have ended. Between them nothing could run.</summary>
    public ImmutableArray<(DateTimeOffset From, DateTimeOffset? To)> Spells { get; init; } = [];

    /// <summary>How long DAGMans have run since a time, in total.</summary>
    /// <param name="since">UTC.</param>
    /// <param name="until">UTC; where the period of a running one is cut.</param>
    public TimeSpan RanFor(DateTimeOffset since, DateTimeOffset until) =>
        Spells.Aggregate(
            TimeSpan.Zero,
            (sum, spell) =>
                sum
                + (
                    ((spell.To is { } end && end < until ? end : until) - (spell.From > since ? spell.From : since)) is { Ticks: > 0 } ran
                        ? ran
                        : TimeSpan.Zero
                )
        );

    /// <summary>The value for a DAG that was never submitted.</summary>
    public static DagmanJob Unborn { get; } = new([], [], null, null, false);

    /// <summary>Whether there was one, and none is left.</summary>
    public bool Ended => !Clusters.IsEmpty && Alive.IsEmpty;

    /// <summary>Cluster of the last one, or null.</summary>
    public int? Last => Clusters.IsEmpty ? null : Clusters[^1];

    /// <summary>Reads the log.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The log; it need not be there.</param>
    /// <param name="zone">The submit host's time zone.</param>
    public static DagmanJob Read(IFileSystem disk, string path, TimeZoneInfo zone)
    {
        if (!disk.File.Exists(path))
        {
            return Unborn;
        }

        // No event is later than the time of the file.
        var newest = new DateTimeOffset(disk.File.GetLastWriteTimeUtc(path), TimeSpan.Zero);
        var (clusters, alive) = (new List<int>(), new List<int>());
        DateTimeOffset? started = null;
        int? returned = null;
        var removed = false;
        var spells = new List<(DateTimeOffset From, DateTimeOffset? To)>();
        foreach (var happened in UserLog.Read(disk, path, zone, newest))
        {
            switch (happened.Number)
            {
                case 0:
                    clusters.Add(happened.Cluster);
                    alive.Add(happened.Cluster);
                    (started, returned, removed) = (happened.At, null, false);
                    break;
                case 1 when spells is [] or [.., { To: not null }]:
                    spells.Add((happened.At, null));
                    break;
                case 4 or 12 when spells is [.., { To: null } stopped]:
                    spells[^1] = (stopped.From, happened.At);
                    break;
                case 5 or 9:
                    if (spells is [.., { To: null } last])
                    {
                        spells[^1] = (last.From, happened.At);
                    }

                    _ = alive.Remove(happened.Cluster);
                    (returned, removed) = (ReturnOf(happened), happened.Number == 9);
                    break;
                default:
                    break;
            }
        }

        return new DagmanJob([.. clusters], [.. alive], started, returned, removed) { Spells = [.. spells] };
    }

    private static int? ReturnOf(LogEvent ended) =>
        ended.Body.FirstOrDefault(l => l.StartsWith(Return, StringComparison.Ordinal)) is { } line
        && int.TryParse(line.AsSpan(Return.Length).TrimEnd(')'), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
