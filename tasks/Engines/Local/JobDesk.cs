using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Outsource.Foundation.Errors;

namespace Outsource.Engines.Local;

/// <summary>
/// The jobs that are started, run or end. Files are moved, and ends of programs are noticed, by other threads, which hand in what happened.
/// </summary>
/// <param name="parts">What the parts of the runner share.</param>
internal sealed class JobDesk(RunnerParts parts) : IDisposable
{
    private const int Tries = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits no longer for files to be deleted; they do no harm.</summary>
    private static readonly TimeSpan LongestDeletion = TimeSpan.FromMinutes(1);

    private readonly BlockingCollection<Action> _happened = [];

    /// <summary>Deletions under way, and one more until the end.</summary>
    private readonly CountdownEvent _deletions = new(1);
    private readonly HashSet<JobRun> _runs = [];

    public IReadOnlyCollection<JobRun> Runs => _runs;

    public void Dispose()
    {
        _deletions.Signal();
        if (_deletions.Wait(LongestDeletion))
        {
            _deletions.Dispose();
        }

        _happened.Dispose();
    }

    /// <summary>Deletes what a job made for others, in another thread; the desk is not left before that is done.</summary>
    public void Forget(LocalNode node)
    {
        _deletions.AddCount();
        Away(() =>
        {
            try
            {
                parts.Folder.Forget(node);
            }
            finally
            {
                _deletions.Signal();
            }
        });
    }

    /// <summary>Waits until something happened, and does what follows.</summary>
    /// <param name="longest">How long.</param>
    /// <returns>Whether something happened.</returns>
    public bool Wait(TimeSpan longest)
    {
        if (!_happened.TryTake(out var act, longest))
        {
            return false;
        }

        do
        {
            act();
        } while (_happened.TryTake(out act));
        return true;
    }

    /// <summary>Does something that may take long in another thread. If it fails, so does the runner.</summary>
    private void Away(Action act) =>
        _ = Task.Run(() =>
        {
            try
            {
                act();
            }
            catch (Exception error)
            {
                Happen(() => ExceptionDispatchInfo.Throw(error));
            }
        });

    /// <summary>Starts an attempt of a node, for which there is room.</summary>
    public void Admit(LocalNode node)
    {
        var ask = parts.AskOf(node);
        var run = new JobRun(node, ask)
        {
            Taken = parts.Room.Needs(ask),
            Fault = parts.Order.Faults.FirstOrDefault(f => f.Hits(node.Name, ask.Description.Arguments, node.Retry))?.Kind,
        };
        parts.Room.Take(run.Taken);
        node.Run = run;
        _ = _runs.Add(run);
        parts.Board.Submit(node);
        Away(() =>
        {
            var free = IsFree(parts.Folder.LockOf(node));
            var trouble = free ? parts.Folder.Fill(run, DiskOfAd(run)) : [];
            Happen(() => Begin(run, free ? trouble : null));
        });
    }

    /// <summary>Ends all jobs.</summary>
    public void KillAll()
    {
        foreach (var run in _runs)
        {
            run.Kill();
        }
    }

    private void Happen(Action act)
    {
        try
        {
            _happened.Add(act);
        }
        catch (ObjectDisposedException)
        {
            // The runner has ended.
        }
    }

    /// <summary>
    /// A canary needs no disk, so it is not told to look for more than half of what there is; a disk that is full is one that has less than
    /// is asked for.
    /// </summary>
    private long? DiskOfAd(JobRun run) =>
        run.Fault == FaultKind.DiskFull ? 1L << 50
        : run.Ask is { IsCanary: true, DiskKb: { } asked } && parts.Machine.FreeAt(parts.Directory.Path) is { } free
            ? Math.Min(asked, free.Bytes / 2048)
        : run.Ask.DiskKb;

    /// <summary>Whether nothing of an attempt runs any more; what still does is ended.</summary>
    private bool IsFree(string path)
    {
        for (var tried = 0; parts.Disk.File.Exists(path); tried++)
        {
            try
            {
                using var held = parts.Disk.FileStream.New(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                return true;
            }
            catch (IOException) when (tried < Tries)
            {
                SessionMeter.Kill(parts.Meter.HoldersOf(path));
                Thread.Sleep(50);
            }
            catch (IOException)
            {
                return false;
            }
        }

        return true;
    }

    /// <param name="run">The attempt.</param>
    /// <param name="trouble">Why it cannot start; null: an earlier attempt still runs.</param>
    private void Begin(JobRun run, IReadOnlyList<string>? trouble)
    {
        var at = parts.Now;
        run.StartedAt = at;
        run.NextDisk = at + parts.Order.Pace.Disk;
        if (trouble is null)
        {
            Drop(run);
            parts.Board.Postpone(run.Node, at + Patience);
            return;
        }

        if (run.Hold is not null || run.Removed is not null || parts.Stopping is not null)
        {
            Settle(run, new JobEnd(JobFolder.WrapperFailed, []), null);
            return;
        }

        parts.Board.Execute(run.Node, at);
        if (trouble.Count > 0)
        {
            Settle(run, new JobEnd(JobFolder.WrapperFailed, trouble), null);
            return;
        }

        run.Group = parts.Fence.GroupOf(run.Node.Name, run.Ask.MemoryMb);
        try
        {
            var job = parts.Starter.Job(run, parts.Folder.FilesOf(run.Node), parts.Fence);
            JobStarter.Start(run, (parts.Directory.Supervisor, job), code => Happen(() => Ended(run, code)));
        }
        catch (OutsourceException error)
        {
            Settle(run, new JobEnd(JobFolder.WrapperFailed, [error.Message]), null);
        }
    }

    /// <summary>A program ended. What it made is brought to its place by another thread.</summary>
    private void Ended(JobRun run, int status)
    {
        run.EndedAt = parts.Now;
        run.Release();
        if (parts.Fence.WasExceeded(run.Group))
        {
            run.Hold ??= HoldCause.Memory(run.Ask.MemoryMb ?? 0, run.Ask.MemoryMb ?? 0);
        }

        if (status == Supervisor.NoGroup)
        {
            // This machine does not let us, whatever it looked like: the attempt did not begin.
            parts.Fence.GiveUp();
            Drop(run);
            parts.Board.Evict(run.Node);
            return;
        }

        // A shell says of a program that a signal ended: 128 and its number; these are no exit codes of any payload.
        var code = status is 134 or 135 or 136 or 137 or 139 or 152 or 153 ? 128 - status : status;
        var ended = run.Hold is not null || run.Removed is not null || parts.Stopping is not null;
        Away(() =>
        {
            _ = IsFree(parts.Folder.LockOf(run.Node));
            run.PeakDiskKb = Math.Max(run.PeakDiskKb ?? 0, parts.Folder.UsedKb(run.Node));
            var end = parts.Folder.Conclude(run, ended ? JobFolder.WrapperFailed : code);
            end = Supervisor.Trouble(status) is { } trouble ? new JobEnd(JobFolder.WrapperFailed, [trouble]) : end;
            Happen(() => Settle(run, end, code));
        });
    }

    /// <summary>Decides what the end of an attempt means.</summary>
    private void Settle(JobRun run, JobEnd end, int? code)
    {
        if (run.EndedAt == default)
        {
            run.EndedAt = parts.Now;
        }

        Drop(run);
        var node = run.Node;
        if (run.Removed is { } reason)
        {
            _ = parts.Record(run, end, code);
            parts.Board.Abort(node, reason);
        }
        else if (parts.Stopping is { } stopping)
        {
            _ = parts.Record(run, end, code);
            parts.Board.Withdraw(node, stopping);
        }
        else if (run.Hold is { } cause)
        {
            // What it printed stays beside its name without a number: the attempt has no result yet.
            parts.Board.Hold(node, cause);
        }
        else
        {
            var said = parts.Record(run, end, code);
            parts.Board.Ended(node, end.Code, run.UsageWith(said));
        }
    }

    private void Drop(JobRun run)
    {
        run.Release();
        run.Node.Run = null;
        _ = _runs.Remove(run);
        parts.Room.Give(run.Taken);
    }
}
