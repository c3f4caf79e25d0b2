using System.Collections.Immutable;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;

namespace Outsource.Operator.Reconcile;

/// <summary>What became of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="State">Its state.</param>
/// <param name="Detail">Why it was not done, a main clause; null: it was.</param>
/// <param name="Entries">The entries of its run and type afterwards; null: not known.</param>
public sealed record DoneStep(RepairStep Step, RepairState State, string? Detail, ImmutableArray<DataEntry>? Entries);
