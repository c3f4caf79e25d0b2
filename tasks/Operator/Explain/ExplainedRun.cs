using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Runs;

namespace Outsource.Operator.Explain;

/// <summary>The decision about a data type of a run, and its reasons.</summary>
/// <param name="Line">Its line of the ledger.</param>
/// <param name="Decisions">The decisions about the type, in order; empty if the run was left out as a whole.</param>
/// <param name="Jobs">Its jobs, or null.</param>
/// <param name="Remedies">The changes needed to process it, in order; empty if it is processed, or if no change helps.</param>
public sealed record ExplainedType(LedgerLine Line, ImmutableArray<Decision> Decisions, JobGroup? Jobs, ImmutableArray<Remedy> Remedies);

/// <summary>Everything about a run.</summary>
/// <param name="Workflow">Name of the workflow.</param>
/// <param name="Document">The run document as it was received.</param>
/// <param name="OfRun">The decisions about the run as a whole, in order.</param>
/// <param name="Types">The requested data types, in the order of the ledger.</param>
public sealed record ExplainedRun(
    string Workflow,
    RunDocument Document,
    ImmutableArray<Decision> OfRun,
    ImmutableArray<ExplainedType> Types
)
{
    /// <summary>Whether the run is left out as a whole, so that its data types have one reason.</summary>
    public bool Whole => OfRun.Any(d => !d.Yes);
}
