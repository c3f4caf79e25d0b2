using System.Diagnostics;

namespace Outsource.Engines.Local;

/// <summary>An attempt of a job, from its admission to its end.</summary>
/// <param name="node">Its node.</param>
/// <param name="ask">What it asks for.</param>
internal sealed class JobRun(LocalNode node, JobAsk ask)
{
    private Process? _process;

    public LocalNode Node => node;

    public JobAsk Ask => ask;

    /// <summary>Cores and MB that are set aside for it.</summary>
    public (int Cores, long MemoryMb) Taken { get; init; }

    /// <summary>The fault that hits it, or null.</summary>
    public FaultKind? Fault { get; init; }

    /// <summary>When its program started, UTC.</summary>
    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    /// <summary>The session of its processes; 0: not started.</summary>
    public int Session { get; private set; }

    /// <summary>Its control group, or null.</summary>
    public string? Group { get; set; }

    /// <summary>KB now, over all its processes.</summary>
    public long MemoryKb { get; set; }

    /// <summary>Most KB, or null: it was not measured.</summary>
    public long? PeakMemoryKb { get; set; }

    public long? PeakDiskKb { get; set; }

    public DateTimeOffset NextDisk { get; set; }

    /// <summary>Why it is ended to be held, or null.</summary>
    public HoldCause? Hold { get; set; }

    /// <summary>Why it is ended for good, or null.</summary>
    public string? Removed { get; set; }

    /// <summary>Why it could not be started, or null.</summary>
    public string? Trouble { get; set; }

    /// <summary>Whether its program is running.</summary>
    public bool IsRunning => _process is not null;

    /// <summary>What it used.</summary>
    /// <param name="saidMb">Most memory that the payload itself says, MB: a short job ends before it is measured. Or null.</param>
    public JobUsage UsageWith(long? saidMb)
    {
        var measured = (PeakMemoryKb + 1023) / 1024;
        return new JobUsage(measured > saidMb ? measured : saidMb ?? measured, ask.MemoryMb, PeakDiskKb, ask.DiskKb, ask.Cores);
    }

    /// <summary>Takes the process that was started.</summary>
    public void Begin(Process process)
    {
        _process = process;
        Session = process.Id;
    }

    /// <summary>Ends it, with all that it started: its supervisor sees that our pipe has ended.</summary>
    public void Kill()
    {
        try
        {
            _process?.StandardInput.Close();
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // It has ended.
        }
    }

    /// <summary>It ended.</summary>
    public void Release()
    {
        Kill();
        _process?.Dispose();
        _process = null;
    }
}
