using Outsource.Foundation.Machine;

namespace Outsource.Engines.Slurm;

/// <summary>What is to be submitted, and how patiently.</summary>
/// <param name="Workflow">The workflow's name.</param>
/// <param name="Folder">Where it is planned.</param>
/// <param name="Choice">Partition, limits, pauses.</param>
/// <param name="User">Login name, whose jobs count for the limit.</param>
public sealed record SubmitOrder(string Workflow, SlurmFolder Folder, SlurmChoice Choice, string User)
{
    /// <summary>The attempt of a job, from 0; null: it is not submitted now. By default every job is, for the first time.</summary>
    public Func<SlurmPlanJob, int?> Attempt { get; init; } = _ => 0;

    /// <summary>Whether what a job makes is there although no job made it here: it came on another way, or a job made it before.</summary>
    public Func<string, bool> IsThere { get; init; } = _ => false;

    /// <summary>Most calls of sbatch at the same time.</summary>
    public int AtOnce { get; init; } = 4;

    /// <summary>Longest that one job waits for Slurm to take it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets what the operator should know, a line each; or null.</summary>
    public Action<string>? Said { get; init; }

    /// <summary>Counts submitted jobs; or null.</summary>
    public IProgressDisplay? Progress { get; init; }
}

/// <summary>What was submitted.</summary>
/// <param name="Submitted">Jobs that were submitted now.</param>
/// <param name="Found">Jobs that an earlier command had submitted, and whose numbers it could not write down.</param>
/// <param name="Kept">Jobs that an earlier command had submitted.</param>
/// <param name="LeftOut">Jobs that were not submitted since one that they depend on has failed meanwhile.</param>
public sealed record SubmitResult(long Submitted, long Found, long Kept, long LeftOut);
