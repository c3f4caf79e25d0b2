using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm;

/// <summary>
/// Submits the jobs of a plan, each after those that it depends on, several at a time. It can be killed at any moment and called again: no
/// job is submitted twice, because the journal names a job before sbatch is called, and the queue is asked for it when its number is not
/// known.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="programs">The programs of Slurm.</param>
/// <param name="machine">The clock.</param>
public sealed class SlurmSubmitter(IFileSystem disk, ISlurmPrograms programs, IMachine machine)
{
    /// <summary>Submits what is not submitted yet.</summary>
    /// <exception cref="OutsourceException">sbatch refused a job, or Slurm took none for too long; the journal keeps what was submitted.
    /// </exception>
    public SubmitResult Submit(SubmitOrder order, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(order);
        using var journal = new SlurmJournal(disk, order.Folder.Journal);
        var history = SlurmHistory.Of(journal.Read());
        var found = FindDoubtful(order, journal, history);
        using var work = new SubmitWork(disk, programs, machine, order, new SubmitRecords(journal, history), cancel);
        return work.Run() with { Found = found };
    }

    /// <summary>
    /// A command that was killed, or whose question was not answered, may have submitted a job without knowing its number. The comment of
    /// each job says which it is.
    /// </summary>
    private long FindDoubtful(SubmitOrder order, SlurmJournal journal, SlurmHistory history)
    {
        var doubtful = history.Doubtful.ToImmutableArray();
        if (doubtful.IsEmpty)
        {
            return 0;
        }

        var queue = new Squeue(programs).All();
        var jobs =
            queue.Jobs
            ?? throw new OutsourceException(
                $"{queue.Silence}. Nothing was submitted: an earlier command may have submitted {doubtful[0]}, which only the queue "
                    + "knows. Try again when squeue answers."
            );
        var known = jobs.Select(j => (Node: j.NodeIn(order.Workflow), Job: j))
            .Where(j => j.Node is not null)
            .ToLookup(j => j.Node!, j => j.Job, StringComparer.Ordinal);
        var found = 0L;
        foreach (var name in doubtful)
        {
            var last = history.Last(name)!;
            var id = Taken(order, history, name, last, known[name]);
            journal.Append(
                new SlurmEntry(machine.UtcNow, id is null ? SlurmStep.Refused : SlurmStep.Found, name, last.Attempt)
                {
                    Id = id,
                    Words = id is null ? "not in the queue" : null,
                }
            );
            if (id is null)
            {
                history.Forget(name);
            }
            else
            {
                last.Id = id;
                found++;
            }
        }

        return found;
    }

    /// <summary>The number of a job that was submitted and not written down: by the queue, or by the marks that it left since.</summary>
    private int? Taken(SubmitOrder order, SlurmHistory history, string name, SlurmTry last, IEnumerable<SlurmJob> jobs)
    {
        var earlier = history.Of(name).Select(t => t.Id).OfType<int>().ToHashSet();
        return jobs.Where(j => !earlier.Contains(j.Id) && IsOf(j, last.At)).Select(j => (int?)j.Id).Max()
            ?? (
                (JobMark.Read(disk, order.Folder.EndMark(name)) ?? JobMark.Read(disk, order.Folder.StartMark(name))) is { } mark
                && !earlier.Contains(mark.Id)
                && mark.At >= last.At.AddSeconds(-1)
                    ? mark.Id
                    : null
            );
    }

    /// <summary>
    /// Whether a job may be of a call that began then. One that has ended may be of another plan that had the same name. Slurm counts whole
    /// seconds.
    /// </summary>
    internal static bool IsOf(SlurmJob job, DateTimeOffset began) => job.IsQueued || job.Submitted >= began.AddSeconds(-1);
}
