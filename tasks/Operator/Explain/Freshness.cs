namespace Outsource.Operator.Explain;

/// <summary>Set if runs were requested again, alone.</summary>
/// <param name="MaxDaily">The limit that could not be applied, because other runs were not requested.</param>
/// <param name="Earlier">What a workflow had decided, or null: none was named.</param>
public sealed record Freshness(int MaxDaily, EarlierLines? Earlier);
