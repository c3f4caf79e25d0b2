namespace Outsource.Engines;

/// <summary>How a run on this machine ended.</summary>
public enum RunEnding
{
    /// <summary>It goes on.</summary>
    Open,

    /// <summary>All jobs are done.</summary>
    Succeeded,

    /// <summary>Jobs failed, and all that does not wait for them is done.</summary>
    Failed,

    /// <summary>Somebody removed it, or this command was stopped.</summary>
    Removed,
}

/// <summary>How far the jobs of a workflow are that run on this machine.</summary>
/// <param name="Done">Jobs that are done.</param>
/// <param name="Failed">Jobs that failed and are not retried.</param>
/// <param name="Held">Jobs that are held.</param>
/// <param name="Running">Jobs that run.</param>
/// <param name="Ready">Jobs that wait for cores or memory.</param>
/// <param name="Waiting">Jobs that wait for other jobs.</param>
public sealed record RunProgress(int Done, int Failed, int Held, int Running, int Ready, int Waiting)
{
    /// <summary>How often jobs were tried again.</summary>
    public int Retried { get; init; }

    /// <summary>Cores in use.</summary>
    public int CoresInUse { get; init; }

    /// <summary>Cores that may be used.</summary>
    public int Cores { get; init; }

    /// <summary>MB that running jobs use now.</summary>
    public long MemoryInUse { get; init; }

    /// <summary>MB that they may use together.</summary>
    public long Memory { get; init; }

    /// <summary>Time that is left at the pace so far; null while that is unknown.</summary>
    public TimeSpan? Left { get; init; }

    /// <summary>Whether the runner is held, so that no new jobs start.</summary>
    public bool RunnerHeld { get; init; }

    public RunEnding Ending { get; init; }

    public int Total => Done + Failed + Held + Running + Ready + Waiting;
}
