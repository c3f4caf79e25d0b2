namespace Outsource.Model.Ledger;

/// <summary>One rule as it was asked about a run or a data type.</summary>
/// <param name="Rule">Name of the rule, the same in all artifacts: <c>mode</c>, <c>raw-rse</c>.</param>
/// <param name="Yes">Whether the run or type passed.</param>
/// <param name="Value">The value that decided, in a few words; of a "no" the ledger's detail.</param>
/// <param name="Code">The reason code of a "no"; null otherwise.</param>
public sealed record Decision(string Rule, bool Yes, string Value, string? Code = null);
