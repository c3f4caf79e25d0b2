using System.IO.Abstractions;

namespace Outsource.DagMan;

/// <summary>The end of DAGMan's own job, as the schedd logged it (<c>NAME.dag.dagman.log</c>): it knows also of a DAGMan that could not say so itself.</summary>
/// <param name="Ended">Whether the last of them ended.</param>
/// <param name="Removed">Whether it was taken out of the queue.</param>
public sealed record DagmanJob(bool Ended, bool Removed)
{
    /// <summary>Reads the log; null where there is none.</summary>
    public static DagmanJob? Read(IFileSystem disk, string path, TimeZoneInfo zone, DateTimeOffset newest)
    {
        if (!disk.File.Exists(path))
        {
            return null;
        }

        var alive = new HashSet<int>();
        var removed = false;
        foreach (var happened in UserLog.Read(disk, path, zone, newest))
        {
            switch (happened.Number)
            {
                case 0:
                    alive.Add(happened.Cluster);
                    removed = false;
                    break;
                case 5 or 9:
                    alive.Remove(happened.Cluster);
                    removed = happened.Number == 9;
                    break;
                default:
                    break;
            }
        }

        return new DagmanJob(alive.Count == 0, removed);
    }
}
