using System.Collections.Immutable;
using System.IO.Abstractions;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm;

/// <summary>
/// Which jobs a job still has to wait for. Slurm takes a dependency on a job that it knows no more for fulfilled, whether that job
/// succeeded or not; so a job that has ended is judged by its end mark, and only those in the queue are waited for. Safe to call from
/// several threads.
/// </summary>
internal sealed class ParentCheck(IFileSystem disk, ISlurmPrograms programs, IMachine machine, SubmitOrder order, SlurmHistory history)
{
    /// <summary>Slurm knows a job for at least so long after its end (MinJobAge is 300 s unless a site changes it).</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private readonly Squeue _squeue = new(programs);
    private readonly DateTimeOffset _began = machine.UtcNow;
    private readonly Lock _gate = new();
    private HashSet<int>? _queued;
    private DateTimeOffset _asked;
    private int _highest;

    /// <summary>Numbers of the jobs to wait for; null: one has failed, is lost or was not submitted, so the job cannot run.</summary>
    /// <param name="parents">The jobs that it depends on, with their numbers; without a number it was not submitted.</param>
    public ImmutableArray<int>? Find(IReadOnlyDictionary<string, int?> parents)
    {
        var waitsFor = ImmutableArray.CreateBuilder<int>();
        foreach (var (name, id) in parents)
        {
            var mark = JobMark.Read(disk, order.Folder.EndMark(name));
            if (mark is { ExitCode: 0 } && (id is null || mark.Id == id))
            {
                continue;
            }

            if (id is not { } number)
            {
                // Data that came on another way needs no job.
                if (order.IsThere(name))
                {
                    continue;
                }

                return null;
            }

            // One that was stopped may have been put back into the queue.
            var failed = mark?.Id == number && !(mark.Stopped && IsQueued(number));
            if (failed || (IsOld(name, number) && !IsQueued(number)))
            {
                // It may have ended between the two questions.
                if (JobMark.Read(disk, order.Folder.EndMark(name)) is { ExitCode: 0 } late && late.Id == number)
                {
                    continue;
                }

                return null;
            }

            waitsFor.Add(number);
        }

        return waitsFor.ToImmutable();
    }

    /// <summary>Whether it was submitted so long ago that Slurm may have forgotten its end.</summary>
    private bool IsOld(string name, int id) =>
        (history.Last(name) is { } last && last.Id == id ? machine.UtcNow - last.At : machine.UtcNow - _began) > Remembered;

    private bool IsQueued(int id)
    {
        lock (_gate)
        {
            if (_queued is null || machine.UtcNow - _asked > Remembered / 2)
            {
                // Without an answer nothing is known, and Slurm decides.
                var jobs = _squeue.All().Jobs;
                _queued = jobs?.Where(j => j.IsQueued).Select(j => j.Id).ToHashSet();
                _highest = jobs?.Select(j => j.Id).DefaultIfEmpty().Max() ?? 0;
                _asked = machine.UtcNow;
            }

            // Numbers ascend: a greater one was submitted after the question.
            return id > _highest || (_queued?.Contains(id) ?? true);
        }
    }
}
