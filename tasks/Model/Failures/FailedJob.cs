using System.Collections.Immutable;

namespace Outsource.Model.Failures;

/// <summary>The part of Pegasus' wrapper in which a job failed.</summary>
public enum JobPhase
{
    StageIn,
    StageOut,

    /// <summary>The checksum of an input was compared.</summary>
    Integrity,
}

/// <summary>An end of a job that its exit code does not tell.</summary>
public enum JobEnd
{
    /// <summary>It was removed from the queue.</summary>
    Removed,

    /// <summary>It was never in the queue.</summary>
    NeverSubmitted,

    /// <summary>Its job succeeded, and the check of it afterwards did not.</summary>
    Check,

    /// <summary>An earlier Resubmit did not try it, and no log of an earlier try is left.</summary>
    Skipped,
}

/// <summary>What a job used and what it had asked for.</summary>
/// <param name="Used">The most that was seen, or null.</param>
/// <param name="Asked">What it had asked for, or null.</param>
public readonly record struct ResourceUse(long? Used, long? Asked)
{
    /// <summary>Whether it used more; false where either is unknown.</summary>
    public bool IsOver => Used > Asked;
}

/// <summary>What is known of a failed or held job, whatever engine ran it.</summary>
public sealed record FailedJob
{
    /// <summary>HTCondor's HoldReasonCode of a held job, or of one that was removed while it was held; else null.</summary>
    public int? HoldCode { get; init; }

    /// <summary>HoldReasonSubCode, or null.</summary>
    public int? HoldSubcode { get; init; }

    /// <summary>Exit code of its program, not 0; 128 + N: ended by signal N; null: unknown.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The state in which Slurm ended it, or null.</summary>
    public string? SlurmState { get; init; }

    public JobPhase? Phase { get; init; }

    public JobEnd? End { get; init; }

    /// <summary>MB.</summary>
    public ResourceUse Memory { get; init; }

    /// <summary>KB.</summary>
    public ResourceUse Disk { get; init; }

    /// <summary>What was said of it, the most exact first: hold reason, the payload's cause, the last lines of output.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];
}
