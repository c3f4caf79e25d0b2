using System.Collections.Immutable;
using Outsource.Engines.Records;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Engines.Local;

/// <summary>
/// Runs the jobs of a planned workflow on this machine, as DAGMan and HTCondor do on the grid, with their records. It may be killed at any
/// moment: its jobs end with it, and the next runner goes on.
/// </summary>
public sealed class LocalRunner : IDisposable
{
    private readonly HostEnvironment _host;
    private readonly IMachine _machine;
    private readonly LocalDirectory _directory;
    private readonly IDisposable _lock;
    private readonly LocalOrder _order;
    private LocalDag _dag = null!;
    private LocalRoom _room = null!;
    private LocalNotes _notes = null!;
    private ContainerChoice? _container;

    private LocalRunner(HostEnvironment host, IMachine machine, LocalDirectory directory, (IDisposable Lock, LocalOrder Order) begun)
    {
        (_host, _machine, _directory) = (host, machine, directory);
        (_lock, _order) = begun;
    }

    /// <summary>What the operator should know of how the jobs are run: sentences.</summary>
    public ImmutableArray<string> Notes { get; private set; } = [];

    /// <summary>Takes the workflow, and checks everything that can be checked before the first job starts.</summary>
    /// <param name="host">This machine: disk, variables, user.</param>
    /// <param name="machine">Locks and the clock.</param>
    /// <param name="submitDirectory">Absolute.</param>
    /// <param name="order">How the jobs are run.</param>
    /// <returns>The runner, or null: another one runs it.</returns>
    /// <exception cref="UsageException">It is not planned for this engine, a job has no room, or the container is missing.</exception>
    /// <exception cref="OutsourceException">A record is damaged.</exception>
    public static LocalRunner? Begin(HostEnvironment host, IMachine machine, string submitDirectory, LocalOrder order)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(order);
        var directory = new LocalDirectory(host.Disk, submitDirectory);
        if (!directory.Submit.IsPlanned || !directory.IsOurs)
        {
            throw new UsageException(
                $"'{submitDirectory}' is not planned for the local engine, or its planning did not finish. Plan it again."
            );
        }

        if (Taken(machine, directory.Lock) is not { } held)
        {
            return null;
        }

        var runner = new LocalRunner(host, machine, directory, (held, order));
        try
        {
            runner.Prepare();
            return runner;
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    /// <summary>Runs the jobs to the end.</summary>
    /// <param name="progress">Is told of changes, a few times a second at most; or null.</param>
    /// <param name="cancel">Ends the jobs; what is done stays done.</param>
    public LocalOutcome Run(IProgress<LocalProgress>? progress, CancellationToken cancel)
    {
        var (disk, submit) = (_host.Disk, _directory.Submit);
        var (begun, cluster) = (_machine.UtcNow, _dag.LastCluster + 1);
        using var records = new DagmanRecords(disk, submit, cluster, _machine.Process);
        Continue(records, begun);
        using var log = new EventLog(disk, submit.NodesLog, submit.JobLog);
        var folder = new JobFolder(disk, _directory, _notes.Outputs);
        JobDesk? jobs = null;
        var board = new NodeBoard(
            _dag with { LastCluster = cluster },
            log,
            () => _machine.UtcNow,
            node => jobs!.Forget(node)
        );
        var parts = new RunnerParts(_host, _machine, _directory, _order)
        {
            Board = board,
            Records = records,
            Room = _room,
            Folder = folder,
            Attempts = new AttemptRecord(disk, _host.HostName),
            Starter = new JobStarter(_host, _directory, _container),
            Fence = MemoryFence.Of(disk, _machine.Process),
            Meter = new SessionMeter(disk),
            Cluster = cluster,
            Begun = begun,
        };
        using (jobs = new JobDesk(parts))
        {
            records.Started(begun);
            records.Note(begun, parts.Fence.Description);
            board.Begin();
            return new RunnerLoop(parts, jobs).Run(progress, cancel);
        }
    }

    /// <summary>Closes the records of the runner before: one that was killed could not, and one that ended left a rescue file.</summary>
    private void Continue(DagmanRecords records, DateTimeOffset at)
    {
        var submit = _directory.Submit;
        if (submit.Dagman is { Alive: [.., var killed] })
        {
            records.WasKilled(killed, _dag.LastAt ?? at);
        }

        if (_dag.Interrupted || !_host.Disk.File.Exists(submit.NodesLog))
        {
            return;
        }

        var rescue = submit.Rescue;
        if (_dag.Nodes.Any(n => n.State == NodeState.Done && rescue?.Done.Contains(n.Name) != true))
        {
            records.Rescue(_dag.Nodes);
        }

        _host.Disk.File.Delete(submit.NodesLog);
    }

    public void Dispose() => _lock.Dispose();

    private static IDisposable? Taken(IMachine machine, string path)
    {
        // Another process may only look whether it is taken.
        for (var tried = 0; ; tried++)
        {
            if (machine.TryLock(path) is { } held)
            {
                return held;
            }

            if (tried == 4)
            {
                return null;
            }

            machine.Wait(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }
    }

    private void Prepare()
    {
        var disk = _host.Disk;
        _notes = _directory.Notes();
        _dag = LocalDag.Read(disk, _directory.Submit);
        _room = LocalRoom.Of(disk, _order);
        AtomicFile.WriteText(disk, _directory.Supervisor, Supervisor.Script);
        var open = _dag.Nodes.Where(n => n.State is not (NodeState.Done or NodeState.Failed) && !n.LeftAlone);
        var asks = open.Select(n => (n.Name, JobAsk.Of(disk, _directory.In(n.SubmitFile), n.Retry)));
        if (asks.FirstOrDefault(a => !a.Item2.Description.OnSubmitHost) is { Item2: { IsCanary: false } })
        {
            _room.Check(asks);
            _container = ContainerChoice.Of(_order.Container, _notes.Image, _host) with
            {
                Binds = [.. _order.Data.Where(_host.Disk.Directory.Exists)],
            };
            AtomicFile.WriteText(disk, _directory.In("outsource-setup.sh"), "# The environment is that of the shell that started us.\n");
            Notes = [_container.Description];
        }
    }
}
