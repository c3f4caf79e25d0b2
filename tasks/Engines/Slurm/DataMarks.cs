using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Files;
using Outsource.Model.Runs;

namespace Outsource.Engines.Slurm;

/// <summary>
/// Marks jobs as done whose data is there already, and those whose results nobody needs any more because what is made of them is there.
/// Everything else then takes them for done, as if a job had ended well. A job that was tried before keeps its own mark.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">Where the workflow is planned.</param>
/// <param name="data">What is there.</param>
public sealed class DataMarks(IFileSystem disk, SlurmFolder folder, DoneData data)
{
    /// <summary>The number of a mark that no job made.</summary>
    public const int NoJob = 0;

    /// <summary>Marks them.</summary>
    /// <param name="now">The time, UTC.</param>
    /// <returns>How many jobs are done by their data, or are not needed.</returns>
    public int Write(DateTimeOffset now)
    {
        using var journal = new SlurmJournal(disk, folder.Journal);
        var history = SlurmHistory.Of(journal.Read());
        var (read, needed) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var marked = 0;
        foreach (var job in SlurmPlanFile.Read(disk, folder.Plan).Reverse())
        {
            var isNeeded = !read.Contains(job.Name) || needed.Contains(job.Name);
            var known = JobMark.Read(disk, folder.EndMark(job.Name));
            var done = known is { ExitCode: 0, Id: not NoJob } && known.Plan == job.Digest;
            if (!done && history.Last(job.Name) is null)
            {
                var folders = data.FoldersOf(job);
                done = folders is not null || !isNeeded;
                if (done)
                {
                    Mark(job, folders ?? [], now);
                    marked++;
                }
                else if (known is { Id: NoJob })
                {
                    // What it stood for is gone.
                    disk.File.Delete(folder.EndMark(job.Name));
                }
            }

            read.UnionWith(job.Dependencies);
            if (!done && isNeeded)
            {
                needed.UnionWith(job.Dependencies);
            }
        }

        return marked;
    }

    /// <summary>Whether any job is marked so.</summary>
    public static bool Any(IFileSystem disk, SlurmFolder folder)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(folder);
        return SlurmPlanFile.Read(disk, folder.Plan).Any(j => JobMark.Read(disk, folder.EndMark(j.Name)) is { Id: NoJob });
    }

    private void Mark(SlurmPlanJob job, IReadOnlyList<string> folders, DateTimeOffset now)
    {
        // Jobs that read what is there as folders find them by a list.
        foreach (var output in job.Outputs.Where(o => folders.Count > 0 && o.Name.EndsWith(".tar.gz", StringComparison.Ordinal)))
        {
            AtomicFile.WriteText(disk, folder.ReadyList(output.Name), string.Join('\n', folders.Concat(RawBeside(job, folders))) + "\n");
        }

        AtomicFile.WriteText(
            disk,
            folder.EndMark(job.Name),
            JsonSerializer.Serialize(
                new Dictionary<string, object>
                {
                    ["job"] = job.Name,
                    ["id"] = NoJob,
                    ["attempt"] = 0,
                    ["node"] = "",
                    ["exit"] = 0,
                    ["at"] = now.ToUnixTimeSeconds(),
                    ["seconds"] = 0,
                    ["plan"] = job.Digest,
                }
            ) + "\n"
        );
    }

    /// <summary>Raw data's metadata, which parts bring along: combine counts its chunks.</summary>
    private IEnumerable<string> RawBeside(SlurmPlanJob job, IReadOnlyList<string> folders) =>
        job.Level == "lower"
            ? folders
                .Select(f => Path.GetDirectoryName(f)!)
                .Distinct(StringComparer.Ordinal)
                .SelectMany(p => disk.Directory.EnumerateDirectories(p, $"{RunDocument.Padded(job.Run)}-raw_records*"))
                .DistinctBy(f => Path.GetFileName(f), StringComparer.Ordinal)
            : [];
}
