using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm;

/// <summary>Holds back while as many jobs of ours are queued as <c>rcc_max_jobs</c> allows. Safe to call from several threads.</summary>
/// <param name="queue">Asks how many there are.</param>
/// <param name="order">The limit.</param>
/// <param name="machine">The clock.</param>
internal sealed class QueueRoom(Squeue queue, SubmitOrder order, IMachine machine)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private int _free;

    /// <summary>Waits until there is room for one more job. Other jobs end, so this has no limit of its own.</summary>
    public void Take(CancellationToken cancel)
    {
        if (order.Choice.MaxJobs is not { } most)
        {
            return;
        }

        lock (_gate)
        {
            var pause = order.Choice.Pause;
            var told = false;
            while (_free <= 0)
            {
                cancel.ThrowIfCancellationRequested();
                _free = queue.CountOf(order.User, order.Choice.Partition) is { } there ? most - there : 0;
                if (_free > 0)
                {
                    break;
                }

                if (!told)
                {
                    order.Said?.Invoke($"rcc_max_jobs ({most}) jobs are queued: waiting for some of them to end.");
                    told = true;
                }

                machine.Wait(pause, cancel);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }

            _free--;
        }
    }
}
