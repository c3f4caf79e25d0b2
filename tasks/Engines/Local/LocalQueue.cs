using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Local;

/// <summary>
/// The queue of this machine: which workflows a runner runs, and their jobs. A runner is known by its lock; it writes its jobs into a small
/// file.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="machine">Locks.</param>
public sealed class LocalQueue(IFileSystem disk, IMachine machine)
{
    private const int Tries = 3;

    /// <summary>The runners and their jobs: a runner stands for DAGMan, and has no node.</summary>
    /// <param name="submitDirectories">Submit directories; those of other engines have nothing here. Absolute.</param>
    public QueueAnswer Of(IEnumerable<string> submitDirectories)
    {
        ArgumentNullException.ThrowIfNull(submitDirectories);
        var jobs = new List<QueueJob>();
        foreach (var path in submitDirectories)
        {
            var directory = new LocalDirectory(disk, path);
            if (Runs(directory))
            {
                try
                {
                    jobs.AddRange(JobsOf(directory));
                }
                catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
                {
                    return new QueueAnswer(null, $"'{directory.State}' cannot be read ({error.Message.TrimEnd('.')})", ExitCodes.Failed);
                }
            }
        }

        return new QueueAnswer([.. jobs.OrderBy(j => j.Cluster)]);
    }

    /// <summary>Whether a runner works in a submit directory, or a job of one that was killed has not ended yet.</summary>
    public bool Runs(LocalDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (!disk.File.Exists(directory.Lock))
        {
            return false;
        }

        // Another process may only have looked, as we do.
        for (var tried = 0; tried < Tries; tried++)
        {
            if (machine.TryLock(directory.Lock) is { } free)
            {
                free.Dispose();
                return false;
            }

            machine.Wait(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        return true;
    }

    private IReadOnlyList<QueueJob> JobsOf(LocalDirectory directory)
    {
        var root = directory.Submit.Braindump?.RootUuid;
        var jobs = disk.File.Exists(directory.State) ? Parse(BoundedText.ReadAll(disk, directory.State)) : [];
        if (!jobs.Any(j => j.Node is null))
        {
            // It is about to write the file, or the last jobs of one that was killed are ending.
            jobs = [.. jobs, new QueueJob(directory.Submit.Dagman.Last ?? 0, 0, QueueJob.Running)];
        }

        return [.. jobs.Select(j => j with { RootId = root })];
    }

    /// <summary>
    /// Writes the jobs, for <see cref="Of"/>. It is done several times a second and nothing depends on it after a loss of power, so nobody
    /// waits for the disk.
    /// </summary>
    internal static void Write(IFileSystem disk, string path, IEnumerable<QueueJob> jobs)
    {
        var partial = path + ".partial";
        using (var stream = OwnedFile.Open(disk, partial, FileMode.Create))
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            foreach (var job in jobs)
            {
                Write(json, job);
            }

            json.WriteEndArray();
        }

        disk.File.Move(partial, path, overwrite: true);
    }

    private static void Write(Utf8JsonWriter json, QueueJob job)
    {
        json.WriteStartObject();
        json.WriteNumber("ClusterId", job.Cluster);
        json.WriteNumber("ProcId", job.Proc);
        json.WriteNumber("JobStatus", job.Status);
        Text(json, "DAGNodeName", job.Node);
        Text(json, "Owner", job.Owner);
        Text(json, "HoldReason", job.HoldReason);
        Number(json, "HoldReasonCode", job.HoldCode);
        Number(json, "HoldReasonSubCode", job.HoldSubcode);
        Number(json, "ResidentSetSize", job.MemoryMb * 1024);
        Number(json, "DiskUsage", job.DiskKb);
        json.WriteEndObject();
    }

    /// <summary>The file has the form that condor_q prints.</summary>
    private static IReadOnlyList<QueueJob> Parse(string text) => QueueJob.Parse(text);

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
