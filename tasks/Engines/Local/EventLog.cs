using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>What a job used and asked for.</summary>
/// <param name="MemoryMb">Most memory, MB; null: it ended before it was measured.</param>
/// <param name="MemoryAsked">MB, or null.</param>
/// <param name="DiskKb">Most disk, KB, or null.</param>
/// <param name="DiskAsked">KB, or null.</param>
/// <param name="Cores">Cores.</param>
internal sealed record JobUsage(long? MemoryMb, long? MemoryAsked, long? DiskKb, long? DiskAsked, int Cores);

/// <summary>
/// Appends events of HTCondor's job event log to one or more files, so that they are in the files when the call returns. Times are UTC,
/// with a Z, as HTCondor writes them with EVENT_LOG_FORMAT_OPTIONS = UTC ISO_DATE.
/// </summary>
internal sealed class EventLog : IDisposable
{
    private const string Host = "<127.0.0.1:0?alias=local>";

    private readonly List<FileSystemStream> _files = [];

    /// <param name="disk">The disk.</param>
    /// <param name="paths">The files; created when they are not there.</param>
    public EventLog(IFileSystem disk, params IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var file = OwnedFile.Open(disk, path, FileMode.OpenOrCreate);
            _files.Add(file);
            // A writer that was killed may have left a part of a line; the next event begins a line.
            var torn = file.Length > 0 && file.Seek(-1, SeekOrigin.End) >= 0 && file.ReadByte() != '\n';
            _ = file.Seek(0, SeekOrigin.End);
            if (torn)
            {
                file.Write("\n...\n"u8);
            }
        }
    }

    /// <summary>000.</summary>
    public void Submitted(int cluster, DateTimeOffset at, string? node) =>
        Write(0, cluster, at, $"Job submitted from host: {Host}", node is null ? [] : [$"    DAG Node: {node}"]);

    /// <summary>001.</summary>
    public void Executing(int cluster, DateTimeOffset at, string slot) =>
        Write(1, cluster, at, $"Job executing on host: {Host}", $"\tSlotName: {slot}");

    /// <summary>004.</summary>
    public void Evicted(int cluster, DateTimeOffset at) =>
        Write(4, cluster, at, "Job was evicted.", "\t(0) CPU times", "\t\tUsr 0 00:00:00, Sys 0 00:00:00  -  Run Remote Usage");

    /// <summary>005.</summary>
    /// <param name="cluster">The job.</param>
    /// <param name="at">When.</param>
    /// <param name="code">Exit code; negative: ended by that signal.</param>
    /// <param name="usage">What it used; null for the runner's own job.</param>
    public void Terminated(int cluster, DateTimeOffset at, int code, JobUsage? usage)
    {
        List<string> body =
        [
            code < 0
                ? string.Create(CultureInfo.InvariantCulture, $"\t(0) Abnormal termination (signal {-code})")
                : string.Create(CultureInfo.InvariantCulture, $"\t(1) Normal termination (return value {code})"),
        ];
        if (usage is not null)
        {
            body.Add("\tPartitionable Resources :    Usage  Request Allocated ");
            body.Add(Row("Cpus", null, usage.Cores));
            body.Add(Row("Disk (KB)", usage.DiskKb, usage.DiskAsked));
            body.Add(Row("Memory (MB)", usage.MemoryMb, usage.MemoryAsked));
        }

        Write(5, cluster, at, "Job terminated.", [.. body]);
    }

    /// <summary>009.</summary>
    public void Aborted(int cluster, DateTimeOffset at, string reason) => Write(9, cluster, at, "Job was aborted.", $"\t{reason}");

    /// <summary>012.</summary>
    public void Held(int cluster, DateTimeOffset at, HoldCause cause) =>
        Write(
            12,
            cluster,
            at,
            "Job was held.",
            $"\t{cause.Reason}",
            string.Create(CultureInfo.InvariantCulture, $"\tCode {cause.Code} Subcode {cause.Subcode}")
        );

    /// <summary>013.</summary>
    public void Released(int cluster, DateTimeOffset at, string reason) => Write(13, cluster, at, "Job was released.", $"\t{reason}");

    /// <summary>016.</summary>
    public void NodeEnded(int cluster, DateTimeOffset at, string node, int code) =>
        Write(
            16,
            cluster,
            at,
            "POST Script terminated.",
            string.Create(CultureInfo.InvariantCulture, $"\t(1) Normal termination (return value {code})"),
            $"    DAG Node: {node}"
        );

    public void Dispose() => _files.ForEach(f => f.Dispose());

    private static string Row(string name, long? used, long? asked) =>
        string.Create(CultureInfo.InvariantCulture, $"\t   {name,-20} : {used,8} {asked,8} {asked,9} ");

    private void Write(int number, int cluster, DateTimeOffset at, string title, params string[] body)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{number:D3} ({cluster:D3}.000.000) {at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {title}\n"
        );
        foreach (var line in body)
        {
            text.Append(line).Append('\n');
        }

        var bytes = Encoding.UTF8.GetBytes(text.Append("...\n").ToString());
        foreach (var file in _files)
        {
            file.Write(bytes);
            file.Flush();
        }
    }
}

/// <summary>Why a job is held, as HTCondor says it.</summary>
/// <param name="Reason">In words, one line.</param>
/// <param name="Code">HoldReasonCode.</param>
/// <param name="Subcode">HoldReasonSubCode.</param>
internal sealed record HoldCause(string Reason, int Code, int Subcode)
{
    /// <summary>HTCondor's codes: by a user, by the job's own periodic_hold, memory above the request.</summary>
    public const int ByUser = 1,
        ByPolicy = 3,
        BySite = 26,
        ByMemory = 34;

    /// <summary>Memory above the request, in HTCondor's words.</summary>
    public static HoldCause Memory(long usedMb, long askedMb) =>
        new(
            FormattableString.Invariant($"Error from slot1@local: memory usage exceeded request_memory ({usedMb} MB of {askedMb} MB)"),
            ByMemory,
            0
        );

    /// <summary>Disk above the request, in HTCondor's words.</summary>
    public static HoldCause Disk(long usedKb, long askedKb) =>
        new(
            FormattableString.Invariant($"Error from slot1@local: disk usage exceeded request_disk ({usedKb} KB of {askedKb} KB)"),
            ByMemory,
            0
        );

    /// <summary>Whether a limit caused it, so that it is removed soon and tried again.</summary>
    public bool IsLimit => Code is ByPolicy or BySite or ByMemory;
}
