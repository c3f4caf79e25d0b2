namespace Outsource.Model.Ledger;

/// <summary>One rule as it was asked about a run or a data type.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Yes">Whether the run or type passed.</param>
/// <param name="Value">The value that decided, in a few words; of a "no" the ledger's detail.</param>
/// <param name="Reason">The reason of a "no"; null otherwise.</param>
public sealed record Decision(Rule Rule, bool Yes, string Value, Reason? Reason = null);
