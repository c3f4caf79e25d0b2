using Outsource.Environs;

namespace Outsource.Tests.Fixtures;

/// <summary>A machine whose clock stands still, and which has as much room as it is told.</summary>
internal sealed class FakeMachine(DateTimeOffset now) : IMachine
{
    public FreeSpace? Free { get; set; }

    public DateTimeOffset UtcNow => now;

    public int Process => 1;

    public IDisposable? TryLock(string path) => null;

    public bool Runs(int process) => false;

    public FreeSpace? FreeAt(string path) => Free;

    public void Wait(TimeSpan time, CancellationToken cancel)
    {
    }
}
