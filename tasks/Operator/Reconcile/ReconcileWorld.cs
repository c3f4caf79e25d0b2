using System.Collections.Immutable;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;

namespace Outsource.Operator.Reconcile;

/// <summary>What is compared, and where that is written.</summary>
/// <param name="Title">For people: <c>workflow 'x'</c>, or the runs.</param>
/// <param name="Folder">Where the comparison is kept. Absolute.</param>
/// <param name="WorkDir">The work_dir. Absolute.</param>
public sealed record ReconcileWorld(string Title, string Folder, string WorkDir)
{
    /// <summary>The workflow; null: runs are audited.</summary>
    public string? Workflow { get; init; }

    /// <summary>The runs and types that the run database is asked about.</summary>
    public required RunScope Scope { get; init; }

    /// <summary>What should be loadable, once the entries of the runs are known.</summary>
    public required Func<EnteredRuns, ImmutableArray<ExpectedData>> Expect { get; init; }

    /// <summary>Whether data of which nobody has anything is left out: it was not asked for by name.</summary>
    public bool LeavesOutNowhere { get; init; }
}
