using System.Collections.Immutable;
using Outsource.Settings.Keys;

namespace Outsource.Engines.Local;

/// <summary>How the jobs of a workflow are run on this machine.</summary>
public sealed record LocalOrder
{
    /// <summary>How many cores jobs may use; null: those of this machine.</summary>
    public int? Slots { get; init; }

    /// <summary>How much memory jobs may use, MB; null: what is free now, less a tenth.</summary>
    public long? MemoryMb { get; init; }

    /// <summary>Faults on purpose.</summary>
    public ImmutableArray<LocalFault> Faults { get; init; } = [];

    /// <summary>In what the real payload runs.</summary>
    public LocalContainer Container { get; init; } = LocalContainer.Auto;

    /// <summary>Folders of data that jobs read (<c>no_remote</c>). Absolute.</summary>
    public ImmutableArray<string> Data { get; init; } = [];

    /// <summary>Times.</summary>
    public LocalPace Pace { get; init; } = new();
}

/// <summary>How often the runner looks, and how long it waits.</summary>
public sealed record LocalPace
{
    /// <summary>How soon a request of another process is seen.</summary>
    public TimeSpan Requests { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>How often memory and time limits are looked at.</summary>
    public TimeSpan Limits { get; init; } = TimeSpan.FromSeconds(0.4);

    /// <summary>How often the disk that a job uses is counted.</summary>
    public TimeSpan Disk { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long after a hold by a limit the job is removed, so that it is tried again. The grid waits 30 s, for which nothing speaks here.
    /// </summary>
    public TimeSpan Removal { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often counts are written into the log.</summary>
    public TimeSpan Counts { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How far the runner has come.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Total">All jobs.</param>
/// <param name="Done">Done.</param>
/// <param name="Failed">Failed, and not tried again.</param>
/// <param name="Running">Running.</param>
public sealed record LocalProgress(DateTimeOffset At, int Total, int Done, int Failed, int Running)
{
    public int Held { get; init; }

    /// <summary>Could start, but there is no slot or memory for it.</summary>
    public int Ready { get; init; }

    /// <summary>Waits for other jobs.</summary>
    public int Waiting { get; init; }

    /// <summary>Waits for a job that failed.</summary>
    public int Futile { get; init; }

    public int Slots { get; init; }

    public int SlotsInUse { get; init; }

    /// <summary>MB that jobs may use.</summary>
    public long MemoryMb { get; init; }

    /// <summary>MB that is set aside for the running jobs.</summary>
    public long MemoryInUseMb { get; init; }

    /// <summary>Jobs done an hour since this runner started, or null.</summary>
    public double? JobsPerHour { get; init; }

    /// <summary>When all is done at this pace, or null.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Whether no new jobs are started, on request.</summary>
    public bool Paused { get; init; }

    /// <summary>Whether only held jobs are left, so that nothing goes on until they are released or removed.</summary>
    public bool WaitsForRelease { get; init; }
}

/// <summary>How a run ended.</summary>
/// <param name="Status">As DAGMan's: 0 all done, 1 jobs failed, 2 it was told to end.</param>
/// <param name="Last">The last counts.</param>
public sealed record LocalOutcome(int Status, LocalProgress Last);
