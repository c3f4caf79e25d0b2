using Outsource.Foundation.Machine;

namespace Outsource.Tests.Fixtures;

/// <summary>A machine whose clock stands still, where others hold every lock, and which has as much room as it is told.</summary>
internal sealed class FakeMachine(DateTimeOffset now) : IMachine
{
    public FreeSpace? Free { get; set; }

    public DateTimeOffset UtcNow => now;

    public int Process => 1;

    public IDisposable? TryLock(string path) => null;

    /// <summary>Whether whatever process is asked for runs.</summary>
    public bool Running { get; set; }

    public long? User { get; set; }

    /// <summary>Whose paths are; others are nobody's.</summary>
    public Dictionary<string, Ownership> Ownerships { get; } = [];

    public Ownership? OwnershipOf(string path) => Ownerships.GetValueOrDefault(path);

    /// <summary>How long was waited.</summary>
    public TimeSpan Waited { get; private set; }

    public bool Runs(int process) => Running;

    public FreeSpace? FreeAt(string path) => Free;

    public void Wait(TimeSpan time, CancellationToken cancel) => Waited += time;
}
