using System.Collections.Immutable;
using Outsource.Model.Ledger;
using Outsource.Model.Planning;
using Outsource.Model.Runs;

namespace Outsource.Operator.Explain;

/// <summary>What became of a data type of a run, and why.</summary>
/// <param name="Line">Its line of the ledger.</param>
/// <param name="Decisions">What was asked about the type, in order; empty where the run as a whole was out.</param>
/// <param name="Jobs">Its jobs, or null.</param>
/// <param name="Remedies">What would have to change for it to be processed, in order; empty when it is, or when nothing would.</param>
public sealed record ExplainedType(LedgerLine Line, ImmutableArray<Decision> Decisions, JobGroup? Jobs, ImmutableArray<Remedy> Remedies);

/// <summary>All that bears on a run.</summary>
/// <param name="Workflow">Name of the workflow.</param>
/// <param name="Document">The run document as it was asked for.</param>
/// <param name="OfRun">What was asked about the run as a whole, in order.</param>
/// <param name="Types">The data types asked for, in the order of the ledger.</param>
public sealed record ExplainedRun(
    string Workflow,
    RunDocument Document,
    ImmutableArray<Decision> OfRun,
    ImmutableArray<ExplainedType> Types
)
{
    /// <summary>Whether the run as a whole is out, so that its data types share one reason.</summary>
    public bool Whole => OfRun.Any(d => !d.Yes);
}
