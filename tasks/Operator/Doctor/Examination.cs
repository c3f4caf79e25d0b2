using System.Collections.Immutable;
using Outsource.Model.Failures;
using Outsource.Operator.Diagnosis;
using Outsource.Workflows.State;

namespace Outsource.Operator.Doctor;

/// <summary>A group of jobs, and the command that mends them.</summary>
/// <param name="Jobs">The group.</param>
/// <param name="Command">The command.</param>
public sealed record TreatedGroup(CauseGroup Jobs, TreatmentCommand Command);

/// <summary>What Doctor found.</summary>
/// <param name="Status">The workflow.</param>
/// <param name="Groups">Each failed or held job is in exactly one.</param>
public sealed record Examination(WorkflowStatus Status, ImmutableArray<TreatedGroup> Groups)
{
    /// <summary>Jobs that failed so far and are retried without a command.</summary>
    public int Retried { get; init; }

    /// <summary>Finished attempts by site, as far as that is known.</summary>
    public ImmutableArray<SiteCount> Sites { get; init; } = [];

    /// <summary>The sites where too many failed.</summary>
    public ImmutableArray<SiteCount> BadSites { get; init; } = [];

    /// <summary>The command that keeps the workflow away from them, or null.</summary>
    public TreatmentCommand? AwayFromSites { get; init; }

    /// <summary>The failed or held jobs of all groups.</summary>
    public int Jobs => Groups.Sum(g => g.Jobs.Jobs.Length);
}
