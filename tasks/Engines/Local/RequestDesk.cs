using Outsource.Engines.Records;

namespace Outsource.Engines.Local;

/// <summary>Does what other processes ask for.</summary>
/// <param name="parts">What the parts of the runner share.</param>
/// <param name="jobs">The running jobs.</param>
internal sealed class RequestDesk(RunnerParts parts, JobDesk jobs)
{
    /// <summary>Requests that are done when these attempts have ended.</summary>
    private readonly Dictionary<string, List<JobRun>> _underWay = new(StringComparer.Ordinal);

    /// <summary>Does what is asked for by now. A request is deleted when the log says that it is done.</summary>
    /// <returns>Whether something was asked for.</returns>
    public bool Look()
    {
        var any = false;
        foreach (var (path, request) in LocalControl.Waiting(parts.Disk, parts.Directory))
        {
            any = true;
            if (!_underWay.TryGetValue(path, out var ending))
            {
                _underWay[path] = ending = Do(request);
            }

            if (!ending.Exists(r => jobs.Runs.Contains(r)))
            {
                parts.Disk.File.Delete(path);
                _ = _underWay.Remove(path);
            }
        }

        return any;
    }

    /// <summary>Ends everything: what is done stays done.</summary>
    public void Stop(string reason)
    {
        if (parts.Stopping is not null)
        {
            return;
        }

        parts.Stopping = reason;
        parts.Records.Removed(parts.Now);
        jobs.KillAll();
        parts.Board.Held.ToList().ForEach(n => parts.Board.Withdraw(n, reason));
    }

    /// <returns>The attempts that end because of it.</returns>
    private List<JobRun> Do(LocalRequest request)
    {
        if (request.Nodes is { } names)
        {
            var nodes = names.Select(parts.Board.Find).OfType<LocalNode>().ToList();
            var ending = request.Action == LocalAction.Release ? [] : nodes.Select(n => n.Run).OfType<JobRun>().ToList();
            nodes.ForEach(n => Do(request, n));
            return ending;
        }

        switch (request.Action)
        {
            case LocalAction.Hold when !parts.Paused:
                parts.PausedBecause = request.Reason;
                parts.Records.Paused(parts.Now, request.Reason);
                break;
            case LocalAction.Release:
                Continue(request.Reason);
                break;
            case LocalAction.Remove:
                Stop(request.Reason);
                break;
            default:
                break;
        }

        return [];
    }

    private void Continue(string reason)
    {
        if (parts.Paused)
        {
            parts.PausedBecause = null;
            parts.Records.Continued(parts.Now, reason);
        }

        parts.Board.Held.ToList().ForEach(n => parts.Board.Release(n, reason));
    }

    private void Do(LocalRequest request, LocalNode node)
    {
        switch (request.Action)
        {
            case LocalAction.Hold when node.Run is { } run:
                run.Hold ??= new HoldCause(request.Reason, HoldCause.ByUser, 0);
                run.Kill();
                break;
            case LocalAction.Hold when node.State is NodeState.Ready:
                parts.Board.Hold(node, new HoldCause(request.Reason, HoldCause.ByUser, 0));
                break;
            case LocalAction.Release when node.State == NodeState.Held:
                parts.Board.Release(node, request.Reason);
                break;
            case LocalAction.Remove when node.Run is { } run:
                run.Removed ??= request.Reason;
                run.Kill();
                break;
            case LocalAction.Remove when node.State == NodeState.Held:
                parts.Abort(node, request.Reason);
                break;
            default:
                break;
        }
    }
}
