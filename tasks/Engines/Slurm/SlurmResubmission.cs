using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Slurm;

/// <summary>What is done, what is queued, and what has to be submitted.</summary>
/// <param name="Attempts">The jobs to submit, each with its attempt, from 0.</param>
/// <param name="Done">Jobs that are done: by their end marks, or by their data on disk.</param>
/// <param name="Queued">Jobs in the queue.</param>
/// <param name="Spared">Jobs whose results nobody needs any more, because what is made of them is done.</param>
/// <param name="ToCancel">Numbers of jobs that wait for ones that failed: they will never run.</param>
public sealed record Resubmission(
    ImmutableDictionary<string, int> Attempts,
    long Done,
    long Queued,
    long Spared,
    ImmutableArray<int> ToCancel
)
{
    /// <summary>The jobs that are done although no job here made it.</summary>
    public ImmutableHashSet<string> There { get; init; } = [];
}

/// <summary>
/// Decides what a workflow still lacks: the jobs without a good end mark that are not in the queue, and those that depend on them; nothing
/// else (today's program submits all again).
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">Where it is planned.</param>
/// <param name="data">What is done by its data; null: only end marks count.</param>
public sealed class SlurmResubmission(IFileSystem disk, SlurmFolder folder, DoneData? data)
{
    private enum Fate
    {
        Done,
        Queued,
        Missing,
    }

    private sealed record Known(SlurmPlanJob Job, Fate Fate, bool ByData)
    {
        public bool Needed { get; set; }
    }

    /// <summary>Decides.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="queue">Slurm's queue.</param>
    /// <exception cref="OutsourceException">The queue did not answer: what is in it would be submitted twice.</exception>
    public Resubmission Decide(string workflow, SlurmQueue queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        var jobs =
            queue.Jobs ?? throw new OutsourceException($"{queue.Silence}. Nothing was changed. Try again when squeue answers.");
        var ours = jobs.Select(j => (Node: j.NodeIn(workflow), Job: j)).Where(j => j.Node is not null).ToList();
        var queued = ours.Where(j => j.Job.IsQueued).Select(j => j.Node!).ToHashSet(StringComparer.Ordinal);
        using var journal = new SlurmJournal(disk, folder.Journal);
        var history = SlurmHistory.Of(journal.Read());
        var known = SlurmPlanFile.Read(disk, folder.Plan).Select(j => Judge(j, queued)).ToList();
        MarkNeeded(known);
        var lacking = known.Where(k => k is { Fate: Fate.Missing, Needed: true }).ToList();
        foreach (var job in known.Where(k => k.ByData))
        {
            List(job.Job);
        }

        return new Resubmission(
            lacking.ToImmutableDictionary(k => k.Job.Name, k => NextAttempt(k.Job, history), StringComparer.Ordinal),
            known.LongCount(k => k.Fate == Fate.Done),
            known.LongCount(k => k.Fate == Fate.Queued),
            known.LongCount(k => k is { Fate: Fate.Missing, Needed: false }),
            [.. ours.Where(j => j.Job.WaitsForNothing && j.Job.State == "PENDING").Select(j => j.Job.Id)]
        )
        {
            There = [.. known.Where(k => k.Fate == Fate.Done).Select(k => k.Job.Name)],
        };
    }

    /// <summary>Writes down how the last tries of jobs ended that are submitted again: their end marks are replaced then.</summary>
    /// <param name="journal">Where.</param>
    /// <param name="decided">What is submitted again.</param>
    /// <param name="ended">What Slurm knows of ended jobs.</param>
    /// <param name="now">The time, UTC.</param>
    public void RecordEnds(SlurmJournal journal, Resubmission decided, EndedJobs ended, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(decided);
        ArgumentNullException.ThrowIfNull(ended);
        var history = SlurmHistory.Of(journal.Read());
        var last = decided
            .Attempts.Keys.Select(name => (Name: name, Try: history.Last(name)))
            .Where(t => t.Try is { Id: not null, End: null })
            .ToDictionary(t => t.Name, t => t.Try!, StringComparer.Ordinal);
        var unmarked = last.Where(t => JobMark.Read(disk, folder.EndMark(t.Key))?.Id != t.Value.Id)
            .Select(t => t.Value.Id!.Value)
            .ToHashSet();
        var slurm = ended.Of(unmarked);
        foreach (var (name, tried) in last)
        {
            journal.Append(EndOf(name, tried, slurm.GetValueOrDefault(tried.Id!.Value), now));
        }
    }

    private SlurmEntry EndOf(string name, SlurmTry tried, SlurmJob? slurm, DateTimeOffset now)
    {
        var entry = new SlurmEntry(now, SlurmStep.Ended, name, tried.Attempt) { Id = tried.Id };
        var start = JobMark.Read(disk, folder.StartMark(name));
        var started = start?.Id == tried.Id ? start!.At : slurm?.Started;
        return JobMark.Read(disk, folder.EndMark(name)) is { } mark && mark.Id == tried.Id
            ? entry with
            {
                Started = mark.At.AddSeconds(-mark.Seconds),
                Ended = mark.At,
                Exit = mark.ExitCode,
                PeakMb = mark.PeakMb,
                Words = mark.Stopped ? "stopped by Slurm" : null,
            }
            : entry with
            {
                Started = started,
                Ended = slurm?.Ended,
                Exit = slurm?.ExitCode,
                PeakMb = slurm?.PeakMb,
                Words = slurm is null ? null : SlurmEvents.WordsOf(slurm),
            };
    }

    /// <summary>
    /// The attempt grows with each try that ran and failed. One that never ran, because a job before it failed, or because somebody removed
    /// it, needs no more than before.
    /// </summary>
    private int NextAttempt(SlurmPlanJob job, SlurmHistory history)
    {
        var last = history.Last(job.Name);
        if (last is null)
        {
            return 0;
        }

        var end = JobMark.Read(disk, folder.EndMark(job.Name));
        var start = JobMark.Read(disk, folder.StartMark(job.Name));
        var ran = last.End is { } written ? written.Started is not null : end?.Id == last.Id || start?.Id == last.Id;
        return Math.Min(ran ? last.Attempt + 1 : last.Attempt, Math.Max(last.Attempt, job.Attempts.Length - 1));
    }

    private Known Judge(SlurmPlanJob job, HashSet<string> queued)
    {
        if (queued.Contains(job.Name))
        {
            return new Known(job, Fate.Queued, false);
        }

        // Another plan makes other data under the same name.
        var mark = JobMark.Read(disk, folder.EndMark(job.Name));
        if (mark is { ExitCode: 0 } && mark.Plan == job.Digest && mark.Outputs.All(IsThere) && AreThere(job))
        {
            return new Known(job, Fate.Done, false);
        }

        return data?.FoldersOf(job) is not null ? new Known(job, Fate.Done, true) : new Known(job, Fate.Missing, false);
    }

    /// <summary>Whether the folders are there by which a job hands its results on; where a tarball does, there is no list.</summary>
    private bool AreThere(SlurmPlanJob job) =>
        job.Outputs.Select(o => folder.ReadyList(o.Name))
            .Where(disk.File.Exists)
            .All(list => BoundedText.Statements(disk, list).Where(l => l.Length > 0).All(disk.Directory.Exists));

    private bool IsThere(MadeData made)
    {
        var file = disk.FileInfo.New(Path.Combine(folder.Scratch, made.Name));
        return file.Exists && file.Length == made.Bytes;
    }

    /// <summary>From the end: a job is needed if it is a last one, or if one that reads it is to be submitted or is queued.</summary>
    private static void MarkNeeded(List<Known> known)
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        for (var i = known.Count - 1; i >= 0; i--)
        {
            var job = known[i];
            job.Needed = !read.Contains(job.Job.Name) || needed.Contains(job.Job.Name);
            foreach (var parent in job.Job.Dependencies)
            {
                _ = read.Add(parent);
                if (job.Fate == Fate.Queued || (job.Fate == Fate.Missing && job.Needed))
                {
                    _ = needed.Add(parent);
                }
            }
        }
    }

    /// <summary>Jobs that read what is there as folders only find them by a list.</summary>
    private void List(SlurmPlanJob job)
    {
        var folders = data!.FoldersOf(job)!;
        foreach (var output in job.Outputs.Where(o => o.Name.EndsWith(".tar.gz", StringComparison.Ordinal)))
        {
            AtomicFile.WriteText(disk, folder.ReadyList(output.Name), string.Join('\n', folders) + "\n");
        }
    }
}
