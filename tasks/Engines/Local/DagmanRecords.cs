using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Records;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>What DAGMan writes of itself: its log, the log of its own job, and the file from which the next one starts.</summary>
internal sealed class DagmanRecords : IDisposable
{
    private readonly IFileSystem _disk;
    private readonly SubmitDirectory _directory;
    private readonly EventLog _job;
    private readonly FileSystemStream _out;
    private readonly int _cluster;
    private readonly int _process;

    /// <param name="disk">The disk.</param>
    /// <param name="directory">The submit directory.</param>
    /// <param name="cluster">The runner's own job.</param>
    /// <param name="process">The runner's process.</param>
    public DagmanRecords(IFileSystem disk, SubmitDirectory directory, int cluster, int process)
    {
        (_disk, _directory, _cluster, _process) = (disk, directory, cluster, process);
        _job = new EventLog(disk, directory.DagmanLog);
        _out = OwnedFile.Open(disk, directory.DagmanOut, FileMode.OpenOrCreate);
        _ = _out.Seek(0, SeekOrigin.End);
    }

    /// <summary>A runner that was killed could not say so.</summary>
    /// <param name="last">Its job.</param>
    /// <param name="at">When something was last heard of it.</param>
    public void WasKilled(int last, DateTimeOffset at) => _job.Aborted(last, at, "the program that ran the jobs ended without a word");

    /// <summary>The runner starts.</summary>
    public void Started(DateTimeOffset at)
    {
        _job.Submitted(_cluster, at, null);
        _job.Executing(_cluster, at, "slot1@local");
        Line(at, "******************************************************");
        Line(at, $"** condor_scheduniv_exec.{_cluster}.0 (CONDOR_DAGMAN) STARTING UP");
        Line(at, "** the local engine of Outsource");
        Line(at, $"** PID = {_process}");
        Line(at, "******************************************************");
    }

    /// <summary>No more jobs are started, on request.</summary>
    public void Paused(DateTimeOffset at, string reason) => _job.Held(_cluster, at, new HoldCause(reason, HoldCause.ByUser, 0));

    /// <summary>Jobs are started again.</summary>
    public void Continued(DateTimeOffset at, string reason)
    {
        _job.Released(_cluster, at, reason);
        _job.Executing(_cluster, at, "slot1@local");
    }

    /// <summary>Whatever happens, in words.</summary>
    public void Note(DateTimeOffset at, string text) => Line(at, text);

    /// <summary>Counts of nodes.</summary>
    public void Counts(DateTimeOffset at, NodeCounts counts)
    {
        Line(at, $"Of {counts.Total} nodes total:");
        Line(at, " Done     Pre   Queued    Post   Ready   Un-Ready   Failed   Futile");
        Line(at, "  ===     ===      ===     ===     ===        ===      ===      ===");
        Line(
            at,
            $"{counts.Done,5} {0,7} {counts.Queued,8} {0,7} {counts.Ready,7} {counts.Waiting,10} {counts.Failed,8} {counts.Futile,8}"
        );
    }

    /// <summary>It was told to remove everything.</summary>
    public void Removed(DateTimeOffset at) => Line(at, "Received SIGUSR1");

    /// <summary>The runner ends.</summary>
    /// <param name="at">When.</param>
    /// <param name="status">0 all done, 1 nodes failed, 2 stopped.</param>
    public void Ended(DateTimeOffset at, int status)
    {
        Line(at, $"**** condor_scheduniv_exec.{_cluster}.0 (condor_DAGMAN) pid {_process} EXITING WITH STATUS {status}");
        if (status == 2)
        {
            _job.Aborted(_cluster, at, "the program was told to end");
        }
        else
        {
            _job.Terminated(_cluster, at, status, null);
        }
    }

    /// <summary>Writes the next rescue file.</summary>
    public void Rescue(IReadOnlyList<LocalNode> nodes)
    {
        var number = (RescueFile.Newest(_disk, _directory.Dag)?.Number ?? 0) + 1;
        AtomicFile.Write(
            _disk,
            string.Create(CultureInfo.InvariantCulture, $"{_directory.Dag}.rescue{number:D3}"),
            stream =>
            {
                using var text = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
                var failed = nodes.Where(n => n.State == NodeState.Failed).ToList();
                text.WriteLine($"# Rescue DAG file, created after running\n#   the {SubmitDirectory.DagName} DAG file\n#");
                text.WriteLine($"# Total number of Nodes: {nodes.Count}");
                text.WriteLine($"# Nodes premarked DONE: {nodes.Count(n => n.State == NodeState.Done)}");
                text.WriteLine($"# Nodes that failed: {failed.Count}");
                text.Write("#   ");
                failed.ForEach(n => text.Write($"{n.Name},"));
                text.WriteLine("<ENDLIST>\n");
                foreach (var done in nodes.Where(n => n.State == NodeState.Done))
                {
                    text.WriteLine($"DONE {done.Name}");
                }
            }
        );
    }

    public void Dispose()
    {
        _job.Dispose();
        _out.Dispose();
    }

    private void Line(DateTimeOffset at, string text)
    {
        // DAGMan writes local time, and its readers expect it.
        var local = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.Local);
        _out.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{local:MM/dd/yy HH:mm:ss} {text}\n")));
        _out.Flush();
    }
}
