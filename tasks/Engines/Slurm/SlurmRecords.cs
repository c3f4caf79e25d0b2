using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Slurm;

/// <summary>
/// The records of a workflow that Slurm runs, as DAGMan and HTCondor write them: the log of the jobs, that of the job that stands for the
/// whole workflow, and DAGMan's own. They are made anew from Slurm's answers at each look, so that every command reads one form.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="directory">The submit directory.</param>
public sealed class SlurmRecords(IFileSystem disk, SubmitDirectory directory)
{
    /// <summary>Number of the job that stands for the whole workflow; Slurm's own numbers are greater.</summary>
    public const int Cluster = 1;

    /// <summary>More bytes than a text in memory can have.</summary>
    private const long LongestLog = int.MaxValue;

    private const int Terminated = 5,
        Aborted = 9;

    /// <summary>Whether jobs of the workflow are in the queue.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Writes them. A colleague who may not write reads those of the last look.</summary>
    /// <param name="events">What happened to the jobs, in the order of time.</param>
    public void Write(IReadOnlyList<LogEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        try
        {
            Write(directory.NodesLog, Text(events));
            Write(directory.DagmanOut, Course(events));
            Write(directory.DagmanLog, Text(Whole(events)));
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's workflow.
        }
    }

    /// <summary>A file that stays the same is left: what was read of it is still right.</summary>
    private void Write(string path, string text)
    {
        if (!disk.File.Exists(path) || BoundedText.ReadAll(disk, path, LongestLog) != text)
        {
            AtomicFile.WriteText(disk, path, text);
        }
    }

    private static string Text(IEnumerable<LogEvent> events)
    {
        var text = new StringBuilder();
        foreach (var happened in events)
        {
            _ = text.Append(
                CultureInfo.InvariantCulture,
                $"{happened.Number:D3} ({happened.Cluster:D3}.{happened.Proc:D3}.000) {Time(happened.At)} {happened.Title}\n"
            );
            foreach (var line in happened.Body)
            {
                _ = text.Append(line.StartsWith("DAG Node", StringComparison.Ordinal) ? "    " : "\t").Append(line).Append('\n');
            }

            _ = text.Append("...\n");
        }

        return text.ToString();
    }

    private List<LogEvent> Whole(IReadOnlyList<LogEvent> events)
    {
        var began = events is [var first, ..] ? first.At : new DateTimeOffset(disk.File.GetLastWriteTimeUtc(directory.Dag), TimeSpan.Zero);
        List<LogEvent> whole =
        [
            new(0, Cluster, 0, began, "Job submitted from host: <slurm>", []),
            new(1, Cluster, 0, began, "Job executing on host: <slurm>", []),
        ];
        if (!IsOpen)
        {
            var status = Status(events).ToString(CultureInfo.InvariantCulture);
            whole.Add(
                new(Terminated, Cluster, 0, events is [.., var last] ? last.At : began, "Job terminated.", [
                    $"(1) Normal termination (return value {status})",
                ])
            );
        }

        return whole;
    }

    /// <summary>DAGMan's log: how it began, and how it ended.</summary>
    private string Course(IReadOnlyList<LogEvent> events)
    {
        var began = events is [var first, ..] ? first.At : DateTimeOffset.UnixEpoch;
        var ended = events is [.., var last] ? last.At : began;
        var text = new StringBuilder();
        void Line(DateTimeOffset at, string words) =>
            text.Append(CultureInfo.InvariantCulture, $"{at.LocalDateTime:MM/dd/yy HH:mm:ss} {words}\n");
        Line(began, $"** condor_scheduniv_exec.{Cluster}.0 (CONDOR_DAGMAN) STARTING UP");
        if (!IsOpen)
        {
            if (events.Any(IsCancelled) && !events.Any(IsFailure))
            {
                Line(ended, "Received SIGUSR1");
            }

            Line(ended, $"**** condor_scheduniv_exec.{Cluster}.0 (condor_DAGMAN) pid 0 EXITING WITH STATUS {Status(events)}");
        }

        return text.ToString();
    }

    private int Status(IReadOnlyList<LogEvent> events)
    {
        var nodes = events.Where(e => e.Node is not null).ToDictionary(e => e.Cluster, e => e.Node!);
        var done = events
            .Where(e => e.Number == Terminated && !IsFailure(e))
            .Select(e => nodes.GetValueOrDefault(e.Cluster))
            .Distinct(StringComparer.Ordinal)
            .Count();
        return done == DagFile.Read(disk, directory.Dag).Count ? 0 : 1;
    }

    private static bool IsFailure(LogEvent happened) =>
        happened.Number == Terminated && !happened.Body.Any(l => l.Contains("(return value 0)", StringComparison.Ordinal));

    private static bool IsCancelled(LogEvent happened) =>
        happened.Number == Aborted && happened.Body.Any(l => l.Contains("CANCELLED", StringComparison.Ordinal));

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
