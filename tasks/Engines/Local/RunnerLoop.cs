namespace Outsource.Engines.Local;

/// <summary>The loop of a runner: one thread that decides everything.</summary>
/// <param name="parts">What the parts of the runner share.</param>
/// <param name="jobs">The running jobs.</param>
internal sealed class RunnerLoop(RunnerParts parts, JobDesk jobs)
{
    /// <summary>How many ready nodes are looked at for one that fits.</summary>
    private const int Window = 32;

    /// <summary>How often smaller jobs may pass the first ready one, before nothing starts until that fits.</summary>
    private const int MostPassed = 20;

    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(0.2);

    private readonly LimitWatch _limits = new(parts);
    private readonly RequestDesk _requests = new(parts, jobs);
    private readonly RunnerView _view = new(parts, jobs);
    private DateTimeOffset _nextLimits,
        _nextRequests,
        _nextCounts,
        _nextRefresh;
    private int _passed;
    private bool _changed = true;

    /// <summary>Runs to the end.</summary>
    public LocalOutcome Run(IProgress<LocalProgress>? progress, CancellationToken cancel)
    {
        try
        {
            Loop(progress, cancel);
        }
        catch
        {
            jobs.KillAll();
            throw;
        }

        return End(progress);
    }

    private void Loop(IProgress<LocalProgress>? progress, CancellationToken cancel)
    {
        var pace = parts.Order.Pace;
        var longest = pace.Requests < pace.Limits ? pace.Requests : pace.Limits;
        while (true)
        {
            var now = parts.Now;
            if (cancel.IsCancellationRequested)
            {
                _requests.Stop("the program was told to end");
            }

            Look(now);
            StartWhatFits(now);
            if (_changed && now >= _nextRefresh)
            {
                (_changed, _nextRefresh) = (false, now + Refresh);
                LocalQueue.Write(parts.Disk, parts.Directory.State, _view.Queue());
                progress?.Report(_view.Progress(now));
            }

            if (jobs.Runs.Count == 0 && (parts.Stopping is not null || parts.Board is { Held.Count: 0, Counts.Ready: 0 }))
            {
                return;
            }

            _changed |= jobs.Wait(longest);
        }
    }

    private void Look(DateTimeOffset now)
    {
        var pace = parts.Order.Pace;
        if (now >= _nextRequests)
        {
            _nextRequests = now + pace.Requests;
            _changed |= _requests.Look();
        }

        if (now >= _nextLimits)
        {
            _nextLimits = now + pace.Limits;
            _limits.Look(jobs.Runs);
            _changed |= _limits.RemoveHeld();
        }

        if (now >= _nextCounts)
        {
            _nextCounts = now + pace.Counts;
            parts.Records.Counts(now, parts.Board.Counts);
        }
    }

    private void StartWhatFits(DateTimeOffset now)
    {
        while (!parts.Paused && parts.Stopping is null && parts.Room.SlotsInUse < parts.Room.Slots && NextFitting(now) is { } node)
        {
            jobs.Admit(node);
            _changed = true;
        }
    }

    /// <summary>
    /// The first ready node that fits, in the order of the DAG, so that early runs are done first. A large one is not passed for ever.
    /// </summary>
    private LocalNode? NextFitting(DateTimeOffset now)
    {
        LocalNode? first = null;
        foreach (var node in parts.Board.Ready.Where(n => n.NotBefore <= now).Take(_passed >= MostPassed ? 1 : Window))
        {
            first ??= node;
            if (parts.Room.Has(parts.Room.Needs(parts.AskOf(node))))
            {
                _passed = node == first ? 0 : _passed + 1;
                return node;
            }
        }

        return null;
    }

    private LocalOutcome End(IProgress<LocalProgress>? progress)
    {
        var (at, counts) = (parts.Now, parts.Board.Counts);
        var status =
            counts.Done == counts.Total ? 0
            : parts.Stopping is not null ? 2
            : 1;
        parts.Records.Counts(at, counts);
        if (status != 0)
        {
            parts.Records.Rescue(parts.Board.Nodes);
        }

        parts.Records.Ended(at, status);
        parts.Fence.End();
        parts.Disk.File.Delete(parts.Directory.State);
        var last = _view.Progress(at);
        progress?.Report(last);
        return new LocalOutcome(status, last);
    }
}
