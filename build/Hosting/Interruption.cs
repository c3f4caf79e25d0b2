using System.Runtime.InteropServices;
using Outsource.Foundation.Errors;

namespace Outsource.Build.Hosting;

/// <summary>Handles Ctrl-C and similar signals: the tasks are asked to stop; after a second the process is killed.</summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>Time for the tasks to stop. Artifacts are renamed into place, so a later kill damages none.</summary>
    private static readonly TimeSpan KillDelay = TimeSpan.FromMilliseconds(700);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Screen _screen;
    private readonly CommandOutcome _outcome;
    private Timer? _end;

    public Interruption(Screen screen, CommandOutcome outcome)
    {
        (_screen, _outcome) = (screen, outcome);
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM }.Select(signal => PosixSignalRegistration.Create(signal, Stop)),
        ];
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _end?.Dispose();
        _source.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            End();
        }

        _end = new Timer(_ => End(), null, KillDelay, Timeout.InfiniteTimeSpan);
        _source.CancelAsync();
    }

    private void End()
    {
        _screen.Error(_outcome.Stopped);
        Environment.Exit(ExitCodes.Cancelled);
    }
}
