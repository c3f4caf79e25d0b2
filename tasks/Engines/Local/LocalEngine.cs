using System.Collections.Immutable;
using Outsource.Engines.Pegasus;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Local;

/// <summary>The engine that runs jobs on this machine. It plans, runs and changes workflows without any program but bash.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
/// <param name="machine">Locks and the clock.</param>
/// <param name="order">How the jobs are run; asked for when they start.</param>
public sealed class LocalEngine(HostEnvironment host, IMachine machine, Func<LocalOrder> order) : IRunsHere
{
    private LocalRunner? _runner;

    public EngineKind Kind => EngineKind.Local;

    /// <summary>What the operator should know of how the jobs are run: sentences; known after the start.</summary>
    public ImmutableArray<string> Notes => _runner?.Notes ?? [];

    public ImmutableArray<InstalledProgram> Programs() => [];

    public ImmutableArray<string> PlanCommand(PlanOrder order) =>
        [ProgramCommand.Program, "--target=PegasusPlan", "--exclusive", $"--name={NameOf(order.SubmitDirectory)}"];

    public ImmutableArray<string> StartCommand(string submitDirectory) =>
        [ProgramCommand.Program, "--target=PegasusRun", "--exclusive", $"--name={NameOf(submitDirectory)}"];

    public CommandOutput Plan(PlanOrder order, string folder, Action<string> said)
    {
        ArgumentNullException.ThrowIfNull(said);
        var plan = new LocalPlanner(host.Disk).Plan(order, planned: null, CancellationToken.None);
        var line = FormattableString.Invariant($"{plan.Jobs} jobs planned.");
        said(line);
        return new CommandOutput(0, [line], []);
    }

    /// <inheritdoc/>
    /// <exception cref="UsageException">Another process runs it, a job has no room here, or the container is missing.</exception>
    public CommandOutput Start(string submitDirectory)
    {
        _runner?.Dispose();
        _runner =
            LocalRunner.Begin(host, machine, submitDirectory, order())
            ?? throw new UsageException($"'{submitDirectory}' is being run by another process. --target=Status shows it.");
        return new CommandOutput(0, [], []);
    }

    public RunProgress Run(SubmitDirectory directory, Action<RunProgress> changed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(changed);
        using var runner = _runner ?? throw new InvalidOperationException("Nothing was started.");
        _runner = null;
        var outcome = runner.Run(new Told(changed), cancel);
        return Progress(outcome.Last) with
        {
            Ending = outcome.Status switch
            {
                0 => RunEnding.Succeeded,
                1 => RunEnding.Failed,
                _ => RunEnding.Removed,
            },
        };
    }

    public QueueAnswer ManagersOf(SubmitDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return new LocalQueue(host.Disk, machine).Of([directory.Path]);
    }

    public QueueAnswer JobsOf(IReadOnlyList<SubmitDirectory> directories) =>
        new LocalQueue(host.Disk, machine).Of(directories.Select(d => d.Path));

    public void Hold(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) =>
        Ask(directory, LocalAction.Hold, jobs, reason);

    public void Release(SubmitDirectory directory, IReadOnlyList<QueueJob> jobs, string reason) =>
        Ask(directory, LocalAction.Release, jobs, reason);

    public IReadOnlyList<string> Remove(SubmitDirectory directory, IReadOnlyList<QueueJob> managers, IReadOnlyList<QueueJob> jobs)
    {
        Ask(directory, LocalAction.Remove, managers.Count > 0 ? managers : jobs, "removed by the operator");
        return [];
    }

    private static string NameOf(string submitDirectory) => Path.GetFileName(submitDirectory);

    private static RunProgress Progress(LocalProgress from) =>
        new(from.Done, from.Failed, from.Held, from.Running, from.Ready, from.Waiting + from.Futile)
        {
            CoresInUse = from.SlotsInUse,
            Cores = from.Slots,
            MemoryInUse = from.MemoryInUseMb,
            Memory = from.MemoryMb,
            Left = from.ReadyAt - from.At,
            RunnerHeld = from.Paused,
        };

    /// <summary>The workflow's own job is asked for by no node: then it is the whole workflow.</summary>
    private void Ask(SubmitDirectory directory, LocalAction action, IReadOnlyList<QueueJob> jobs, string reason)
    {
        var control = new LocalControl(host.Disk, machine, directory.Path);
        var nodes = jobs.Select(j => j.Node).OfType<string>().ToList();
        if (jobs.Any(j => j.Node is null))
        {
            Answered(control.Ask(action, null, reason, CancellationToken.None), directory);
        }

        if (nodes.Count > 0)
        {
            Answered(control.Ask(action, nodes, reason, CancellationToken.None), directory);
        }
    }

    private static void Answered(LocalReply reply, SubmitDirectory directory)
    {
        if (reply == LocalReply.NoRunner)
        {
            throw new OutsourceException($"no process runs '{directory.Path}' any more. --target=Status shows how it ended.");
        }

        if (reply == LocalReply.Pending)
        {
            throw new OutsourceException(
                $"the process that runs '{directory.Path}' has not answered yet; it will still do it. --target=Status shows when."
            );
        }
    }

    private sealed class Told(Action<RunProgress> changed) : IProgress<LocalProgress>
    {
        public void Report(LocalProgress value) => changed(Progress(value));
    }
}
