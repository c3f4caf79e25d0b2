namespace Outsource.Operator.Explain;

/// <summary>That runs were asked for anew, by themselves.</summary>
/// <param name="MaxDaily">The bound that could not be applied, as other runs were not asked for.</param>
/// <param name="Earlier">What a workflow had decided, or null: none was named.</param>
public sealed record Freshness(int MaxDaily, EarlierLines? Earlier);
