using System.Globalization;
using System.IO.Abstractions;
using System.Text.RegularExpressions;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Records;

/// <summary>DAGMan's log (<c>NAME.dag.dagman.out</c>), read from the end of the file: it grows to hundreds of MB.</summary>
/// <param name="ClusterId">Cluster of the DAGMan job that wrote last, or null.</param>
/// <param name="ExitStatus">Its exit status: 0 all done, 1 nodes failed, 2 stopped; null while the log does not say that it ended for
/// good.</param>
/// <param name="LastLineAt">Time of its last line, or null.</param>
/// <param name="Counts">Its last count of nodes by state (<c>Done</c>, <c>Failed</c>, …), or null.</param>
/// <param name="Removed">Whether it was stopped by <c>condor_rm</c>.</param>
/// <param name="Interrupted">Whether it stopped and will be started again: HTCondor was shut down, or it was held. Its job stays in the
/// queue.</param>
public sealed partial record DagmanOut(
    int? ClusterId,
    int? ExitStatus,
    DateTimeOffset? LastLineAt,
    IReadOnlyDictionary<string, int>? Counts,
    bool Removed,
    bool Interrupted
)
{
    /// <summary>
    /// With a greater exit status the schedd starts it again (<c>on_exit_remove</c> of the job of every DAG, HTCondor's
    /// <c>condor_submit_dag</c>).
    /// </summary>
    private const int GreatestForGood = 2;

    private const int TailBytes = 1 << 20;

    /// <summary>Whether it ended because it was halted (<c>pegasus-halt</c>) and nothing ran any more.</summary>
    public bool Halted { get; init; }

    /// <summary>Reads the end of the file.</summary>
    public static DagmanOut Read(IFileSystem disk, string path, TimeZoneInfo zone)
    {
        var course = new Course();
        DateTimeOffset? last = null;
        foreach (var line in BoundedText.Tail(disk, path, TailBytes))
        {
            if (Line().Match(line) is { Success: true } match)
            {
                last = TimeOf(match.Groups["time"].Value, zone) ?? last;
                course.Add(match.Groups["text"].Value);
            }
        }

        return new DagmanOut(course.Cluster, course.Exit, last, course.Counts, course.Removed, course.Interrupted)
        {
            Halted = course.Halted,
        };
    }

    private static DateTimeOffset? TimeOf(string text, TimeZoneInfo zone)
    {
        foreach (var format in new[] { "MM/dd/yy HH:mm:ss", "yyyy-MM-dd HH:mm:ss" })
        {
            if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            {
                return new DateTimeOffset(time, zone.GetUtcOffset(time)).ToUniversalTime();
            }
        }

        return null;
    }

    [GeneratedRegex(
        @"^(?<time>[0-9]{2}/[0-9]{2}/[0-9]{2} [0-9:]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})(?:\.[0-9]+)? ?(?<text>.*)",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Line();

    [GeneratedRegex(@"condor_scheduniv_exec\.(?<cluster>[0-9]{1,9})\.0", RegexOptions.CultureInvariant)]
    private static partial Regex Cluster();

    [GeneratedRegex(@"EXITING WITH STATUS (?<status>[0-9]{1,3})", RegexOptions.CultureInvariant)]
    private static partial Regex Ended();

    /// <summary>What the lines read so far contain.</summary>
    private sealed class Course
    {
        /// <summary>The header of a table of counts whose numbers are still to come.</summary>
        private string[]? _heads;

        public int? Cluster { get; private set; }

        public int? Exit { get; private set; }

        public Dictionary<string, int>? Counts { get; private set; }

        public bool Removed { get; private set; }

        public bool Interrupted { get; private set; }

        public bool Halted { get; private set; }

        public void Add(string text)
        {
            if (text.Contains("(CONDOR_DAGMAN) STARTING UP", StringComparison.Ordinal))
            {
                // The counts of the DAGMan before it do not apply to this one.
                (Exit, Counts, Removed, Interrupted, Halted) = (null, null, false, false, false);
            }
            else if (Ended().Match(text) is { Success: true } end)
            {
                var status = int.Parse(end.Groups["status"].ValueSpan, CultureInfo.InvariantCulture);
                (Exit, Interrupted) = (status <= GreatestForGood ? status : null, status > GreatestForGood);
            }
            else if (text.Contains("Received SIGUSR1", StringComparison.Ordinal) || text.Contains("Got SIGUSR1", StringComparison.Ordinal))
            {
                Removed = true;
            }
            else if (text.Contains("Exiting because DAG is halted", StringComparison.Ordinal))
            {
                Halted = true;
            }
            else
            {
                Count(text);
            }

            if (DagmanOut.Cluster().Match(text) is { Success: true } own)
            {
                Cluster = int.Parse(own.Groups["cluster"].ValueSpan, CultureInfo.InvariantCulture);
            }
        }

        private void Count(string text)
        {
            if (text.TrimStart().StartsWith("Done ", StringComparison.Ordinal) && text.Contains("Un-Ready", StringComparison.Ordinal))
            {
                _heads = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
            else if (
                _heads is not null
                && text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is var cells
                && cells.Length == _heads.Length
                && cells.All(c => int.TryParse(c, out _))
            )
            {
                Counts = _heads
                    .Zip(cells)
                    .ToDictionary(c => c.First, c => int.Parse(c.Second, CultureInfo.InvariantCulture), StringComparer.Ordinal);
                _heads = null;
            }
        }
    }
}
